import { join } from 'node:path'
import { createAgent } from '../../../core/agent/agent.ts'
import type { Agent, AgentEvent, ConnId } from '../../../core/agent/api.ts'
import { fromUtf8, utf8 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import type { Env } from '../../../core/env/env.ts'
import { wait } from '../../../core/env/wait.ts'
import type { RouterAddress } from '../../../core/smp/address.ts'
import { openStore, type Store, type Tx } from '../../../core/store/database.ts'
import { askHost, mustHold, type Scenario } from '../scenario.ts'
import { makeTrouble, type Supervised, supervise } from '../supervise.ts'
import type { World } from '../world.ts'
import { routerHost } from './router-host.ts'

/**
 * Agents that connect to each other, by invitations and by addresses, full links and short ones, over two routers, and
 * talk while routers and agents crash and connections break. What an application writes in an event's transaction must
 * be all messages of every connection, once and in order.
 */
export const agents: Scenario = {
  name: 'agents',
  steps: 240,
  world: { link: { split: 0.05 } },
  play,
}

const QUOTA = 16
const TROUBLE = 180_000
const SETTLE = 3 * 3_600_000

/** One connection that is to be: who makes the link, who joins by it. */
interface Pair {
  readonly id: number
  readonly inviter: string
  readonly joiner: string
  readonly by: 'invitation' | 'address'
  readonly form: 'full' | 'short'
}

const PAIRS: readonly Pair[] = [
  { id: 1, inviter: 'anna', joiner: 'boris', by: 'invitation', form: 'full' },
  { id: 2, inviter: 'boris', joiner: 'clara', by: 'invitation', form: 'short' },
  { id: 3, inviter: 'clara', joiner: 'anna', by: 'address', form: 'short' },
  { id: 4, inviter: 'clara', joiner: 'dora', by: 'address', form: 'full' },
  { id: 5, inviter: 'dora', joiner: 'anna', by: 'invitation', form: 'short' },
]
const NAMES = ['anna', 'boris', 'clara', 'dora']

/** What this application keeps, in the agent's own database. */
const TABLES = [
  'CREATE TABLE IF NOT EXISTS app_links (pair INTEGER PRIMARY KEY, conn INTEGER NOT NULL, link TEXT)',
  'CREATE TABLE IF NOT EXISTS app_pairs (pair INTEGER PRIMARY KEY, conn INTEGER NOT NULL UNIQUE, ready INTEGER NOT NULL, sent INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS app_received (id INTEGER PRIMARY KEY, conn INTEGER NOT NULL, body TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS app_troubles (id INTEGER PRIMARY KEY, what TEXT NOT NULL)',
]

interface PairRow {
  readonly pair: number
  readonly conn: ConnId
  readonly ready: number
  readonly sent: number
}

interface Party {
  readonly host: Supervised
  /** Of the present life. */
  store: Store | undefined
}

async function play(world: World, steps: number): Promise<Record<string, number>> {
  const routers = [await routerHost(world, 'router-1', QUOTA), await routerHost(world, 'router-2', QUOTA)]
  /** How links travel: out of band. */
  const board = new Map<number, string>()
  const count = Math.ceil(steps / PAIRS.length / 2)
  const parties = new Map<string, Party>()
  for (const [index, name] of NAMES.entries()) {
    const own = [routers[index % 2]!.address]
    const host = supervise(world, name, (env, dir) => live(env, dir, name, own))
    parties.set(name, { host, store: undefined })
  }

  async function live(env: Env, dir: string, name: string, own: readonly RouterAddress[]): Promise<void> {
    const party = parties.get(name)
    if (party !== undefined) party.store = undefined
    const store = await openStore(join(dir, 'agent.db'), env.clock)
    await store.write(async (tx) => {
      for (const table of TABLES) await tx.run(table)
    })
    const agent: Agent = createAgent({
      env,
      store,
      routers: own,
      settings: { threads: 0 },
      handler: { handle: (tx, event) => handle(agent, tx, event) },
    })
    parties.get(name)!.store = store
    await agent.start()
    await Promise.all([connectAll(env, agent, store, name), talk(env, agent, store)])
  }

  async function connectAll(env: Env, agent: Agent, store: Store, name: string): Promise<void> {
    for (const pair of PAIRS.filter(({ inviter }) => inviter === name)) await offer(env, agent, store, pair)
    for (const pair of PAIRS.filter(({ joiner }) => joiner === name)) {
      while (!board.has(pair.id)) await wait(env.clock, 500)
      await store.write(async (tx) => {
        if ((await tx.get('SELECT 1 FROM app_pairs WHERE pair = ?', pair.id)) !== undefined) return
        const conn = await agent.join(tx, board.get(pair.id)!, utf8(`pair ${pair.id}`))
        await tx.run('INSERT INTO app_pairs VALUES (?, ?, 0, 0)', pair.id, conn)
      })
    }
  }

  /** Makes the link, once: an attempt that crashed before it was written down leaves an unused queue behind. */
  async function offer(env: Env, agent: Agent, store: Store, pair: Pair): Promise<void> {
    const known = await store.read((tx) =>
      tx.get<{ link: string }>('SELECT link FROM app_links WHERE pair = ?', pair.id),
    )
    if (known !== undefined) return void board.set(pair.id, known.link)
    for (;;) {
      try {
        const { conn, full, short } =
          pair.by === 'invitation'
            ? await agent.createInvitation()
            : await agent.createAddress({ type: 'a', userData: utf8('{}') })
        const link = pair.form === 'full' ? full : short!
        await store.write(async (tx) => {
          await tx.run('INSERT INTO app_links VALUES (?, ?, ?)', pair.id, conn, link)
          if (pair.by === 'invitation') await tx.run('INSERT INTO app_pairs VALUES (?, ?, 0, 0)', pair.id, conn)
        })
        return void board.set(pair.id, link)
      } catch (error) {
        if (!(error instanceof HearthError) || !error.temporary) throw error
        await wait(env.clock, 1000)
      }
    }
  }

  /** Sends the numbers 1, 2, 3, … over every connection, each with the fact that it was sent. */
  async function talk(env: Env, agent: Agent, store: Store): Promise<void> {
    for (;;) {
      const more = await store.write(async (tx) => {
        const rows = await tx.all<PairRow>('SELECT * FROM app_pairs WHERE ready = 1 AND sent < ?', count)
        for (const { pair, conn, sent } of rows) {
          await agent.send(tx, conn, utf8(String(sent + 1)))
          await tx.run('UPDATE app_pairs SET sent = sent + 1 WHERE pair = ?', pair)
        }
        const left = await tx.get<{ n: number }>('SELECT count(*) AS n FROM app_pairs WHERE sent = ?', count)
        return left!.n < PAIRS.length
      })
      if (!more) return
      await wait(env.clock, 20 * env.random(1)[0]!)
    }
  }

  makeTrouble(world, {
    hosts: [...routers.map(({ host }) => host), ...[...parties.values()].map(({ host }) => host)],
    links: NAMES.flatMap((name) => [[name, 'router-1'] as const, [name, 'router-2'] as const]),
    every: 2000,
    until: world.now + TROUBLE,
  })
  const deadline = world.now + TROUBLE + SETTLE
  for (let left = await missing(); left > 0; left = await missing()) {
    if (world.now > deadline) throw new Error(await report())
    await world.runFor(5000)
  }
  await world.runFor(60_000)
  const wrong = await differences()
  mustHold(wrong.length === 0, () => wrong.join('\n'))
  const hosts = [...parties.values(), ...routers].map(({ host }) => host)
  return {
    messages: count * PAIRS.length * 2,
    crashes: hosts.reduce((sum, { crashes }) => sum + crashes, 0),
  }

  async function ofAll<T>(work: (name: string, store: Store) => Promise<T>): Promise<T[]> {
    const results: T[] = []
    for (const [name, { store }] of parties) {
      const result = store && (await askHost(world, name, () => work(name, store)))
      if (result !== undefined) results.push(result)
    }
    return results
  }

  /** How many messages have not arrived. */
  async function missing(): Promise<number> {
    let total = count * PAIRS.length * 2
    const received = await ofAll((_, store) =>
      store.read((tx) => tx.get<{ n: number }>('SELECT count(*) AS n FROM app_received')),
    )
    for (const row of received) total -= row!.n
    return total
  }

  async function differences(): Promise<string[]> {
    const expected = Array.from({ length: count }, (_, index) => String(index + 1)).join(' ')
    const found = await ofAll((name, store) =>
      store.read(async (tx) => {
        const wrong: string[] = []
        for (const { pair, conn } of await tx.all<PairRow>('SELECT * FROM app_pairs')) {
          const rows = await tx.all<{ body: string }>('SELECT body FROM app_received WHERE conn = ? ORDER BY id', conn)
          const bodies = rows.map((row) => row.body).join(' ')
          if (bodies !== expected) wrong.push(`${name}, pair ${pair}: received ${bodies}`)
        }
        for (const { what } of await tx.all<{ what: string }>('SELECT what FROM app_troubles')) {
          wrong.push(`${name}: ${what}`)
        }
        return wrong
      }),
    )
    return found.flat()
  }

  async function report(): Promise<string> {
    const states = await ofAll(async (name, store) => {
      const rows = await store.read((tx) => tx.all<PairRow>('SELECT * FROM app_pairs'))
      return `${name} ${JSON.stringify(rows)}`
    })
    return [`${await missing()} messages are missing`, ...states, ...(await differences())].join('\n')
  }
}

async function handle(agent: Agent, tx: Tx, event: AgentEvent): Promise<undefined> {
  switch (event.type) {
    case 'CONF':
      await agent.allow(tx, event.conn, event.confirmation, utf8('welcome'))
      return
    case 'REQ': {
      const pair = Number(fromUtf8(event.info)!.slice('pair '.length))
      const conn = await agent.accept(tx, event.request, utf8('accepted'))
      await tx.run('INSERT INTO app_pairs VALUES (?, ?, 0, 0)', pair, conn)
      return
    }
    case 'CON':
      await tx.run('UPDATE app_pairs SET ready = ready + 1 WHERE conn = ?', event.conn)
      return
    case 'MSG':
      await tx.run('INSERT INTO app_received (conn, body) VALUES (?, ?)', event.conn, fromUtf8(event.body)!)
      if (event.integrity.type !== 'ok') await trouble(tx, `integrity ${event.integrity.type}`)
      return
    case 'ERR':
    case 'MERR':
      await trouble(tx, `${event.type} ${event.error.kind} ${event.error.code} ${event.error.message}`)
      return
    case 'END':
    case 'DELD':
    case 'DELETED':
      await trouble(tx, event.type)
  }
}

async function trouble(tx: Tx, what: string): Promise<void> {
  await tx.run('INSERT INTO app_troubles (what) VALUES (?)', what)
}
