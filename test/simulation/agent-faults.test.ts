import { expect, test } from 'vitest'
import type { Agent, AgentEvent } from '../../core/agent/api.ts'
import { fromUtf8, utf8 } from '../../core/codec/bytes.ts'
import type { Env } from '../../core/env/env.ts'
import { wait } from '../../core/env/wait.ts'
import type { Store, Tx } from '../../core/store/database.ts'
import { count, party } from './party.ts'
import { routerHost } from './scenarios/router-host.ts'
import { createWorld } from './world.ts'

/** Faults at chosen moments; the scenarios strike at random ones. */

test.each([1, 2, 3, 4, 5, 6])(
  'a contact request is one, whatever comes of the router’s answer (seed %i)',
  async (seed) => {
    const world = createWorld(seed)
    try {
      const { address } = await routerHost(world, 'router', 128)
      const owner = await party(world, 'owner', [address], async (agent, event, tx) => {
        if (event.type === 'REQ') {
          world.cut('asker', 'router')
          world.links.set('asker', 'router', { latency: 5 })
          await agent.accept(tx, event.request, utf8('yes'))
        }
      })
      const asker = await party(world, 'asker', [address], async (agent, event, tx) => {
        if (event.type === 'CONF') await agent.allow(tx, event.conn, event.confirmation, utf8('thanks'))
      })
      // The router's answers take long to reach the asker, so that the cut comes before them.
      world.links.set('asker', 'router', { latency: 2000 })
      world.links.set('owner', 'router', { latency: 1, jitter: 0 })
      const link = await world.wait(owner.agent.createAddress({ type: 'a', userData: utf8('{}') }))
      await world.wait(asker.store.write((tx) => asker.agent.join(tx, link.full, utf8('may I?'))))
      await world.runUntil(
        () => [owner, asker].every(({ events }) => events.some(({ type }) => type === 'CON')),
        900_000,
      )
      await world.runFor(300_000)
      expect(owner.events.filter(({ type }) => type === 'REQ')).toHaveLength(1)
      expect(asker.events.filter(({ type }) => type === 'ERR')).toEqual([])
    } finally {
      world.dispose()
    }
  },
)

test('what is enqueued while the outcome before it is recorded is sent', async () => {
  const world = createWorld(1)
  try {
    const { address } = await routerHost(world, 'router', 128)
    const listener = await party(world, 'listener', [address], async (agent, event, tx) => {
      if (event.type === 'REQ') await agent.accept(tx, event.request, utf8('yes'))
    })
    const speaker = await party(
      world,
      'speaker',
      [address],
      async (agent, event, tx) => {
        if (event.type === 'CONF') await agent.allow(tx, event.conn, event.confirmation, utf8('thanks'))
      },
      inSteps,
    )
    const { clock } = world.host('speaker')
    const link = await world.wait(listener.agent.createAddress({ type: 'a', userData: utf8('{}') }))
    const conn = await world.wait(speaker.store.write((tx) => speaker.agent.join(tx, link.full, utf8('me'))))
    await world.runUntil(() => [listener, speaker].every((each) => count(each, 'CON') === 1))
    const say = () => speaker.store.write((tx) => speaker.agent.send(tx, conn, utf8('?')))
    const pairs = 40
    for (let i = 0; i < pairs; i++) {
      await world.wait(say())
      await world.wait(wait(clock, 20 + i))
      await world.wait(say())
      await world.runFor(1000)
      expect(await world.wait(speaker.store.read((tx) => speaker.agent.pending(tx, conn)))).toBe(0)
    }
    expect(count(listener, 'MSG')).toBe(2 * pairs)
  } finally {
    world.dispose()
  }
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])('messages repeated after a crash are recognised (seed %i)', async (seed) => {
  const world = createWorld(seed)
  try {
    const { address } = await routerHost(world, 'router', 128)
    const answer = async (agent: Agent, event: AgentEvent, tx: Tx) => {
      if (event.type === 'REQ') await agent.accept(tx, event.request, utf8('yes'))
      if (event.type === 'CONF') await agent.allow(tx, event.conn, event.confirmation, utf8('thanks'))
      // Answers make the ratchet step, so that what is repeated belongs to an older chain.
      if (event.type === 'MSG' && event.conn === 2) await agent.send(tx, event.conn, event.body)
    }
    const listener = await party(world, 'listener', [address], answer)
    const speaker = await party(world, 'speaker', [address], answer)
    const link = await world.wait(listener.agent.createAddress({ type: 'a', userData: utf8('{}') }))
    const conn = await world.wait(speaker.store.write((tx) => speaker.agent.join(tx, link.full, utf8('me'))))
    await world.runUntil(() => [listener, speaker].every((each) => count(each, 'CON') === 1))
    const messages = 30
    const said = speaker.store.write(async (tx) => {
      for (let i = 0; i < messages; i++) await speaker.agent.send(tx, conn, utf8(`${i}`))
    })
    await world.wait(said)
    world.crashAfter('speaker', 1 + world.random.below(250))
    await world.runUntil(() => !world.alive('speaker'))
    await world.runFor(2000)
    const again = await party(world, 'speaker', [address], answer)
    await world.runUntil(() => count(listener, 'MSG') >= messages, 900_000)
    await world.runFor(60_000)
    const texts = listener.events.flatMap((event) => (event.type === 'MSG' ? [Number(fromUtf8(event.body))] : []))
    expect(texts).toEqual(Array.from({ length: messages }, (_, index) => index))
    expect([...listener.events, ...again.events].filter(({ type }) => type === 'ERR')).toEqual([])
  } finally {
    world.dispose()
  }
})

/** Writes wait for the next step of the clock and are then committed together. */
function inSteps(store: Store, { now, timer }: Env['clock']): Store {
  let next: Promise<void> | undefined
  const step = () => {
    next ??= new Promise<void>((resolve) => void timer(10 - (now() % 10), resolve)).then(() => {
      next = undefined
    })
    return next
  }
  return { ...store, write: (work) => step().then(() => store.write(work)) }
}
