import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Agent, AgentEvent } from '../../../core/agent/api.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { silentLog } from '../../../core/env/silent.ts'
import { type Console, createConsole } from '../../../core/host/console/console.ts'
import { openStore, type Store } from '../../../core/store/database.ts'
import { env } from '../../support/agents.ts'

/** Requests whose answer waits for an event of the agent, and requests that come again after a kill. */

let store: Store
let lines: { id?: unknown; ok?: unknown; error?: { code: string }; event?: string }[]

beforeEach(async () => {
  store = await openStore(':memory:', env.clock)
  lines = []
})

afterEach(() => store.close())

function open(agent: Partial<Agent>): Console {
  return createConsole({
    store,
    log: silentLog,
    shown: { has: () => false, add: () => {}, close: () => {} },
    output: { line: (value) => void lines.push(value) },
    agent: () => agent as Agent,
    quit: () => {},
  })
}

function happens(console: Console, event: AgentEvent): Promise<unknown> {
  return store.write((tx) => console.handler.handle(tx, event))
}

function answers(): typeof lines {
  return lines.filter((line) => line.id !== undefined)
}

describe('link data', () => {
  const data = { direct: true, owners: [], relays: [], userData: utf8('x') }
  const request = (id: number) => `{"id":${id},"do":"set-link-data","conn":1,"userData":"eA"}`
  let next: number
  let console: Console

  beforeEach(() => {
    next = 7
    console = open({ setLinkData: async () => next++, remove: async () => {} })
  })

  test('are answered for when the router has these, not those of an earlier run', async () => {
    const answered = console.request(request(1))
    await store.read(async () => {})
    await happens(console, { type: 'LINK', conn: 1, data, write: 3 })
    await store.read(async () => {})
    expect(answers()).toEqual([])
    await happens(console, { type: 'LINK', conn: 1, data, write: 7 })
    await answered
    expect(answers()).toEqual([{ id: 1, ok: { conn: 1 } }])
  })

  test('that the router refuses are an error of their request', async () => {
    const both = [console.request(request(1)), console.request(request(2))]
    await store.read(async () => {})
    const error = new HearthError('router', 'AUTH')
    await happens(console, { type: 'ERR', conn: 1, operation: 'link', write: 7, error })
    await happens(console, { type: 'LINK', conn: 1, data, write: 8 })
    await Promise.all(both)
    expect(answers()).toMatchObject([
      { id: 1, error: { code: 'AUTH' } },
      { id: 2, ok: { conn: 1 } },
    ])
  })

  test('of a connection that is deleted are not waited for', async () => {
    const answered = console.request(request(1))
    await store.read(async () => {})
    await happens(console, { type: 'DELETED', conn: 2 })
    await happens(console, { type: 'DELETED', conn: 1 })
    await answered
    expect(answers()).toMatchObject([{ id: 1, error: { kind: 'usage', code: 'deleted' } }])
  })
})

test('a link that this console joins already keeps its connection', async () => {
  const joins: string[] = []
  const console = open({
    joined: async (_, link) => (link === 'known' ? 4 : undefined),
    join: async (_, link) => joins.push(link),
  })
  await console.request('{"id":1,"do":"join","link":"known"}')
  await console.request('{"id":2,"do":"join","link":"new"}')
  expect(answers()).toEqual([
    { id: 1, ok: { conn: 4 } },
    { id: 2, ok: { conn: 1 } },
  ])
  expect(joins).toEqual(['new'])
})
