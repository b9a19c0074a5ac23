import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Agent, AgentEvent } from '../../../core/agent/api.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { silentLog } from '../../../core/env/silent.ts'
import { type Console, createConsole } from '../../../core/host/console/console.ts'
import { standardOutput } from '../../../core/host/console/output.ts'
import { openStore, type Store } from '../../../core/store/database.ts'
import { env } from '../../support/agents.ts'

/** Requests whose answer waits for an event of the agent, and requests that come again after a kill. */

let store: Store
/** Connection, message, and how many lines there were. */
let shown: number[][]
let lines: { id?: unknown; ok?: unknown; error?: { code: string }; event?: string }[]

beforeEach(async () => {
  store = await openStore(':memory:', env.clock)
  lines = []
  shown = []
})

afterEach(() => store.close())

function open(agent: Partial<Agent>): Console {
  return createConsole({
    store,
    log: silentLog,
    shown: {
      has: () => false,
      add: (conn, message) => void shown.push([conn, message, lines.length]),
      close: () => {},
    },
    output: {
      line(value, note) {
        lines.push(value)
        note?.()
      },
    },
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

test('a message is noted as shown when it is on the screen, before its line ends', async () => {
  const acknowledged: number[] = []
  const console = open({ acknowledge: async (_, message) => void acknowledged.push(message) })
  const integrity = { type: 'ok' } as const
  const message = {
    type: 'MSG',
    conn: 3,
    message: 9,
    brokerTime: 0,
    integrity,
    body: utf8('hi'),
    repeated: false,
  } as const
  expect(await happens(console, message)).toBe('hold')
  expect([shown, acknowledged]).toEqual([[[3, 9, 1]], [9]])

  const folder = mkdtempSync(join(tmpdir(), 'hearth-'))
  const file = openSync(join(folder, 'output'), 'w')
  const text = () => readFileSync(join(folder, 'output'), 'utf8')
  try {
    const output = standardOutput(() => false, file)
    output.line({ a: 1 })
    output.line({ b: 2 }, () => expect(text()).toBe('{"a":1}\n{"b":2}'))
    expect(text()).toBe('{"a":1}\n{"b":2}\n')
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
})
