import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AgentEvent } from '../../core/agent/api.ts'
import type { AgentSettings } from '../../core/agent/context.ts'
import { fromUtf8, utf8 } from '../../core/codec/bytes.ts'
import type { RunningRouter } from '../../core/router/server.ts'
import { localRouter, scratch, type TestAgent, testAgent } from '../support/agents.ts'

/** Ends whose ratchets have parted, over real TLS (agent §9.2). */

let folder: ReturnType<typeof scratch>
let router: RunningRouter
let second: RunningRouter
const running = new Set<TestAgent>()

beforeEach(async () => {
  folder = scratch()
  router = await localRouter(join(folder.path, 'router'))
  second = await localRouter(join(folder.path, 'second'))
})

afterEach(async () => {
  await Promise.all([...running].map(stop))
  await Promise.all([router.stop(), second.stop()])
  folder.remove()
})

async function start(name: string, settings: Partial<AgentSettings> = {}): Promise<TestAgent> {
  const agent = await testAgent({
    settings,
    // Each end receives through a router of its own.
    routers: [name === 'anna' ? router.address : second.address],
    path: join(folder.path, `${name}.db`),
    handle: async (tx, event, agent) => {
      if (event.type === 'CONF') await agent.allow(tx, event.conn, event.confirmation, utf8('yes'))
      return undefined
    },
  })
  running.add(agent)
  return agent
}

async function stop(agent: TestAgent): Promise<void> {
  running.delete(agent)
  await agent.stop()
}

interface Pair {
  anna: TestAgent
  bruno: TestAgent
  readonly atAnna: number
  readonly atBruno: number
}

async function pair(): Promise<Pair> {
  const [anna, bruno] = [await start('anna'), await start('bruno')]
  const { conn: atAnna, full } = await anna.agent.createInvitation()
  const atBruno = await bruno.store.write((tx) => bruno.agent.join(tx, full, utf8('bruno')))
  await Promise.all([anna.expect('CON'), bruno.expect('CON')])
  const both = { anna, bruno, atAnna, atBruno }
  await talk(both, 'before')
  return both
}

function say(from: TestAgent, conn: number, text: string): Promise<number> {
  return from.store.write((tx) => from.agent.send(tx, conn, utf8(text), { report: true }))
}

function hear(by: TestAgent, text: string): Promise<AgentEvent> {
  return by.expect('MSG', ({ body }) => fromUtf8(body) === text)
}

/** There and back, so that the ratchet turns. */
async function talk({ anna, bruno, atAnna, atBruno }: Pair, text: string): Promise<void> {
  await say(anna, atAnna, `${text}, anna`)
  await hear(bruno, `${text}, anna`)
  await say(bruno, atBruno, `${text}, bruno`)
  await hear(anna, `${text}, bruno`)
}

function texts({ events }: TestAgent): string[] {
  return events.flatMap((event) => (event.type === 'MSG' ? [fromUtf8(event.body)!] : []))
}

function states({ events }: TestAgent): string[] {
  return events.flatMap((event) => (event.type === 'RSYNC' ? [event.state] : []))
}

const renewed = (agent: TestAgent) => agent.expect('RSYNC', (event) => event.renewed)

/** Anna's database is replaced by a copy from before the ratchet turned several times. */
async function turnBack(both: Pair): Promise<void> {
  const path = join(folder.path, 'anna.db')
  await stop(both.anna)
  copyFileSync(path, `${path}.old`)
  both.anna = await start('anna')
  for (const round of ['one', 'two', 'three']) await talk(both, round)
  await stop(both.anna)
  copyFileSync(`${path}.old`, path)
}

test('an old copy of a database goes on talking both ways', async () => {
  const both = await pair()
  await turnBack(both)
  const { bruno, atAnna, atBruno } = both
  await say(bruno, atBruno, 'is somebody there?')
  const anna = await start('anna')
  await Promise.all([renewed(anna), renewed(bruno)])
  expect(states(anna)).toEqual(['required', 'started', 'agreed', 'ok'])
  expect(states(bruno)).toEqual(['agreed', 'ok'])
  await talk({ anna, bruno, atAnna, atBruno }, 'after')
  const codes = await Promise.all([
    anna.store.read((tx) => anna.agent.securityCode(tx, atAnna)),
    bruno.store.read((tx) => bruno.agent.securityCode(tx, atBruno)),
  ])
  expect(codes[0]).toEqual(codes[1])
})

test('what is said while the encryption is renewed waits for it, in order and under its own number', async () => {
  const both = await pair()
  await turnBack(both)
  const { bruno, atAnna, atBruno } = both
  await stop(bruno)
  const anna = await start('anna')
  await anna.store.write((tx) => anna.agent.synchronise(tx, atAnna, { force: true }))
  const said = []
  for (const text of ['one more', 'two more', 'three more']) said.push(await say(anna, atAnna, text))
  expect(await anna.store.read((tx) => anna.agent.pending(tx, atAnna))).toBeGreaterThanOrEqual(3)
  await expect(anna.store.write((tx) => anna.agent.synchronise(tx, atAnna))).rejects.toMatchObject({ code: 'sync' })
  const again = await start('bruno')
  await hear(again, 'three more')
  expect(texts(again)).toEqual(['one more', 'two more', 'three more'])
  for (const message of said) await anna.expect('SENT', (event) => event.message === message)
  await talk({ anna, bruno: again, atAnna, atBruno }, 'after')
  expect(again.events.filter((event) => event.type === 'MSG' && event.integrity.type !== 'ok')).toEqual([])
})

test('both begin at the same time: one new ratchet, and nobody begins again', async () => {
  const both = await pair()
  const { anna, bruno, atAnna, atBruno } = both
  await Promise.all([
    anna.store.write((tx) => anna.agent.synchronise(tx, atAnna, { force: true })),
    bruno.store.write((tx) => bruno.agent.synchronise(tx, atBruno, { force: true })),
  ])
  await Promise.all([say(anna, atAnna, 'from anna'), say(bruno, atBruno, 'from bruno')])
  await Promise.all([hear(anna, 'from bruno'), hear(bruno, 'from anna')])
  expect([states(anna), states(bruno)]).toEqual([
    ['started', 'agreed', 'ok'],
    ['started', 'agreed', 'ok'],
  ])
  await talk(both, 'after')
  expect([...anna.events, ...bruno.events].filter(({ type }) => type === 'ERR')).toEqual([])
})

test('messages that wait with keys of the old ratchet arrive before the new one begins', async () => {
  const both = await pair()
  const { anna, bruno, atAnna, atBruno } = both
  await second.stop()
  const waiting = ['x', 'y', 'z']
  for (const text of waiting) await say(anna, atAnna, text)
  await bruno.store.write((tx) => bruno.agent.synchronise(tx, atBruno, { force: true }))
  await anna.expect('RSYNC', ({ state }) => state === 'agreed')
  second = await localRouter(join(folder.path, 'second'), { port: Number(second.address.port) })
  await Promise.all([renewed(anna), renewed(bruno)])
  await talk(both, 'after')
  expect(texts(bruno)).toEqual(['before, anna', ...waiting, 'after, anna'])
})

test('keys that no router took in time are sent anew', async () => {
  const both = await pair()
  const { bruno, atAnna } = both
  await stop(both.anna)
  const anna = await start('anna', { expireNetwork: 0, syncInterval: 200 })
  await second.stop()
  await anna.store.write((tx) => anna.agent.synchronise(tx, atAnna, { force: true }))
  await anna.expect('RSYNC', ({ state }) => state === 'required')
  second = await localRouter(join(folder.path, 'second'), { port: Number(second.address.port) })
  await Promise.all([renewed(anna), renewed(bruno)])
  await talk({ ...both, anna }, 'after')
})

test('there is nothing to renew where all is well, nor before there is a connection', async () => {
  const { anna, atAnna } = await pair()
  await expect(anna.store.write((tx) => anna.agent.synchronise(tx, atAnna))).rejects.toMatchObject({ code: 'sync' })
  const { conn } = await anna.agent.createInvitation()
  const early = anna.store.write((tx) => anna.agent.synchronise(tx, conn, { force: true }))
  await expect(early).rejects.toMatchObject({ code: 'not-connected' })
})
