import { describe, expect, test } from 'vitest'
import type { Agent, AgentEvent } from '../../core/agent/api.ts'
import { fromUtf8, utf8 } from '../../core/codec/bytes.ts'
import type { Tx } from '../../core/store/database.ts'
import { count, type Party, party } from './party.ts'
import { routerHost } from './scenarios/router-host.ts'
import { createWorld, type World } from './world.ts'

/** Ratchets that are renewed (agent §9.2), with crashes and over long times. */

type Name = 'anna' | 'bruno'
const NAMES = ['anna', 'bruno'] as const
const MINUTE = 60_000

interface Talk {
  readonly said: Readonly<Record<Name, string[]>>
  /** In all lives. */
  readonly heard: Readonly<Record<Name, string[]>>
  party(name: Name): Party
  conn(name: Name): number
  say(name: Name): Promise<void>
  begin(name: Name): Promise<void>
  /** A new life. */
  again(name: Name): Promise<void>
  /** What the database says. */
  states(): Promise<readonly (string | undefined)[]>
}

async function talking(world: World): Promise<Talk> {
  const { address } = await routerHost(world, 'router', 128)
  const said: Record<Name, string[]> = { anna: [], bruno: [] }
  const heard: Record<Name, string[]> = { anna: [], bruno: [] }
  const open = (name: Name) =>
    party(world, name, [address], async (agent: Agent, event: AgentEvent, tx: Tx) => {
      if (event.type === 'REQ') await agent.accept(tx, event.request, utf8('yes'))
      if (event.type === 'CONF') await agent.allow(tx, event.conn, event.confirmation, utf8('thanks'))
      if (event.type === 'MSG') tx.afterCommit(() => heard[name].push(fromUtf8(event.body)!))
    })
  const parties: Record<Name, Party> = { anna: await open('anna'), bruno: await open('bruno') }
  const link = await world.wait(parties.anna.agent.createAddress({ type: 'a', userData: utf8('{}') }))
  await world.wait(parties.bruno.store.write((tx) => parties.bruno.agent.join(tx, link.full, utf8('me'))))
  await world.runUntil(() => NAMES.every((name) => count(parties[name], 'CON') === 1))
  const conns = { anna: connOf(parties.anna), bruno: connOf(parties.bruno) }
  return {
    said,
    heard,
    party: (name) => parties[name],
    conn: (name) => conns[name],
    async say(name) {
      const text = `${said[name].length}`
      const { agent, store } = parties[name]
      await world.wait(store.write((tx) => agent.send(tx, conns[name], utf8(text))))
      said[name].push(text)
    },
    async begin(name) {
      const { agent, store } = parties[name]
      await world.wait(store.write((tx) => agent.synchronise(tx, conns[name], { force: true })))
    },
    async again(name) {
      parties[name] = await open(name)
    },
    states: () => Promise.all(NAMES.map((name) => world.wait(stateOf(parties[name], conns[name])))),
  }
}

function connOf({ events }: Party): number {
  return events.find((event) => event.type === 'CON')!.conn
}

async function stateOf({ store }: Party, conn: number): Promise<string | undefined> {
  const row = await store.read((tx) => tx.get<{ sync: string }>('SELECT sync FROM connections WHERE conn = ?', conn))
  return row?.sync
}

function course({ events }: Party): string[] {
  return events.flatMap((event) => (event.type === 'RSYNC' ? [event.state] : []))
}

async function inWorld(seed: number, scenario: (world: World, talk: Talk) => Promise<void>): Promise<void> {
  const world = createWorld(seed)
  try {
    await scenario(world, await talking(world))
  } finally {
    world.dispose()
  }
}

describe.each(['one end', 'both ends'])('a ratchet renewed by %s', (who) => {
  const seeds = Array.from({ length: 14 }, (_, index) => index + 1)

  test.each(seeds)('survives a crash at any step, with all that is said (seed %i)', (seed) =>
    inWorld(seed, async (world, talk) => {
      for (const name of ['anna', 'bruno', 'anna', 'bruno'] as const) await talk.say(name)
      await talk.begin('anna')
      if (who === 'both ends') await talk.begin('bruno')
      for (const name of ['anna', 'bruno', 'anna'] as const) await talk.say(name)
      const victim = seed % 2 === 0 ? 'anna' : 'bruno'
      world.crashAfter(victim, 1 + Math.floor((seed - 1) / 2) * 8 + world.random.below(8))
      await world.runFor(2 * MINUTE)
      expect(world.alive(victim)).toBe(false)
      await talk.again(victim)
      for (const name of NAMES) await talk.say(name)
      await world.runFor(15 * MINUTE)
      expect([talk.heard.bruno, talk.heard.anna]).toEqual([talk.said.anna, talk.said.bruno])
      expect(await talk.states()).toEqual(['ok', 'ok'])
    }),
  )
})

/** Anna's ratchet is put back to where it was before it turned several times. */
async function turnBack(world: World, talk: Talk): Promise<void> {
  const { store } = talk.party('anna')
  const conn = talk.conn('anna')
  const before = await world.wait(
    store.read((tx) => tx.get<{ state: Uint8Array }>('SELECT state FROM ratchets WHERE conn = ?', conn)),
  )
  for (let round = 0; round < 3; round++) {
    for (const name of NAMES) {
      await talk.say(name)
      await world.runFor(1000)
    }
  }
  await world.wait(store.write((tx) => tx.run('UPDATE ratchets SET state = ? WHERE conn = ?', before!.state, conn)))
}

test('a ratchet that parts again soon is renewed by itself after ten minutes, a restart between or not', () =>
  inWorld(1, async (world, talk) => {
    await turnBack(world, talk)
    await talk.say('bruno')
    await world.runFor(MINUTE)
    expect(course(talk.party('anna'))).toEqual(['required', 'started', 'agreed', 'ok'])
    await turnBack(world, talk)
    await talk.say('bruno')
    await world.runFor(MINUTE)
    expect(course(talk.party('anna')).slice(4)).toEqual(['required'])
    await talk.say('anna')
    world.crashAfter('anna', 1)
    await talk.say('bruno')
    await world.runUntil(() => !world.alive('anna'))
    await talk.again('anna')
    await world.runFor(5 * MINUTE)
    expect(await talk.states()).toEqual(['required', 'ok'])
    await world.runFor(10 * MINUTE)
    expect(course(talk.party('anna'))).toEqual(['started', 'agreed', 'ok'])
    await talk.say('bruno')
    await world.runFor(MINUTE)
    expect(talk.heard.bruno).toEqual(talk.said.anna)
    // Three were said to a ratchet that could not read them.
    expect(talk.heard.anna.length).toBe(talk.said.bruno.length - 3)
    expect(talk.heard.anna.at(-1)).toBe(talk.said.bruno.at(-1))
  }))

/** As an end that lost its database once more, and goes on from a copy. */
async function forget(world: World, talk: Talk, name: Name): Promise<void> {
  const { store } = talk.party(name)
  const forgotten = async (tx: Tx) => {
    await tx.run("UPDATE connections SET sync = 'required'")
    await tx.run('DELETE FROM ratchet_syncs')
    await tx.run('DELETE FROM ratchet_key_hashes')
  }
  await world.wait(store.write(forgotten))
}

test.each([1, 2, 3, 4, 5, 6])('an end that forgets what it began, again and again, is answered (seed %i)', (seed) =>
  inWorld(seed, async (world, talk) => {
    for (const name of NAMES) await talk.say(name)
    await world.runFor(MINUTE)
    for (let round = 0; round < 3; round++) {
      await talk.begin('anna')
      await talk.say('bruno')
      await talk.say('anna')
      await world.runFor(world.random.below(40))
      await forget(world, talk, 'anna')
      if (round === 1) await world.runFor(MINUTE)
    }
    await talk.begin('anna')
    await world.runFor(15 * MINUTE)
    for (const name of NAMES) await talk.say(name)
    await world.runFor(MINUTE)
    expect(await talk.states()).toEqual(['ok', 'ok'])
    expect(talk.heard.bruno.at(-1)).toBe(talk.said.anna.at(-1))
    expect(talk.heard.anna.at(-1)).toBe(talk.said.bruno.at(-1))
  }),
)

test('one message that is copied to the other end does not renew anything', () =>
  inWorld(3, async (world, talk) => {
    for (const name of ['anna', 'bruno', 'anna'] as const) await talk.say(name)
    await world.runFor(MINUTE)
    const { store } = talk.party('anna')
    // As after a crash: the last message goes again, which bruno has.
    await talk.say('anna')
    const copy = await world.wait(store.read((tx) => tx.all('SELECT * FROM snd_messages')))
    expect(copy.length).toBe(1)
    await world.runFor(MINUTE)
    const [row] = copy as Record<string, string | number | Uint8Array | null>[]
    const columns = Object.keys(row!)
    await world.wait(
      store.write((tx) =>
        tx.run(
          `INSERT INTO snd_messages (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          ...Object.values(row!),
        ),
      ),
    )
    await talk.say('anna')
    await world.runFor(MINUTE)
    expect(talk.heard.bruno).toEqual(talk.said.anna)
    expect(NAMES.map((name) => course(talk.party(name)))).toEqual([[], []])
  }))
