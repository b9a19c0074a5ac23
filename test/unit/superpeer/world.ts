import { HearthError } from '../../../core/codec/error.ts'
import { openStore, type Store, type Tx } from '../../../core/store/database.ts'
import type { SuperPeer, SuperPeerEvent, SuperPeerSettings } from '../../../core/superpeer/api.ts'
import { createSuperPeer } from '../../../core/superpeer/superpeer.ts'
import { createFakeNetwork, type FakeAgent, type FakeNetwork } from '../../support/fake-agent.ts'
import { type VirtualTime, virtualEnv, virtualTime } from './virtual.ts'

/** Hosts on one fake network and one virtual clock. */
export interface World {
  readonly network: FakeNetwork
  readonly time: VirtualTime
  superPeer(name: string, settings?: Partial<SuperPeerSettings>): Promise<SuperPeerHost>
  /** The agent of a host with a database of its own. */
  host(name: string): Promise<{ readonly store: Store; readonly agent: FakeAgent }>
}

export function createWorld(): World {
  const time = virtualTime()
  const network = createFakeNetwork()
  return {
    network,
    time,
    host: async (name) => {
      const store = await openStore(':memory:', time.clock)
      return { store, agent: network.agent(name, virtualEnv(time.clock, name), store) }
    },
    superPeer: async (name, settings) => {
      const store = await openStore(':memory:', time.clock)
      return createHost(name, store, network, time, { firstCheck: 1000, pausedCheck: 2000, ...settings })
    },
  }
}

/** A super-peer's host, which can crash and start again on the same database. */
export interface SuperPeerHost {
  readonly name: string
  readonly superPeer: SuperPeer
  readonly events: SuperPeerEvent[]
  start(): Promise<void>
  /** Nothing of this life has an effect any more. */
  crash(): void
  /** Crashes at the `count`-th write from now: before its commit, or right after it. */
  crashAt(count: number, committed: boolean): void
  readonly crashed: boolean
  query<Row>(sql: string, ...parameters: (string | number)[]): Promise<Row[]>
}

async function createHost(
  name: string,
  store: Store,
  network: FakeNetwork,
  time: VirtualTime,
  settings: Partial<SuperPeerSettings>,
): Promise<SuperPeerHost> {
  const events: SuperPeerEvent[] = []
  let life: Life | undefined
  let lives = 0
  async function start(): Promise<void> {
    life = beginLife(`${name}.${++lives}`)
    await life.superPeer.start()
    await life.agent.start()
  }

  function beginLife(seed: string): Life {
    const env = virtualEnv(time.clock, seed)
    const gate = mortal(store)
    const agent = network.agent(name, env, gate.store)
    const superPeer = createSuperPeer({
      env,
      store: gate.store,
      agent,
      notify: (event) => events.push(event),
      settings,
    })
    agent.setHandler({ handle: (tx, event) => superPeer.handle(tx, event) })
    gate.died = () => agent.kill()
    return { agent, superPeer, gate }
  }

  await start()
  return {
    name,
    get superPeer() {
      return life!.superPeer
    },
    events,
    start,
    crash: () => life!.gate.die(),
    crashAt: (count, committed) => life!.gate.dieAt(count, committed),
    get crashed() {
      return life!.gate.dead
    },
    query: (sql, ...parameters) => store.read((tx) => tx.all(sql, ...parameters)),
  }
}

interface Life {
  readonly agent: FakeAgent
  readonly superPeer: SuperPeer
  readonly gate: Mortal
}

export interface Mortal {
  readonly store: Store
  readonly dead: boolean
  died: () => void
  die(): void
  dieAt(count: number, committed: boolean): void
}

const NEVER = new Promise<never>(() => {})

/** A database that one life of a host uses until it dies; the rows outlive it. */
export function mortal(store: Store): Mortal {
  let dead = false
  let left = Number.POSITIVE_INFINITY
  let commits = false
  const gate: Mortal = {
    get dead() {
      return dead
    },
    died: () => {},
    die: () => {
      dead = true
      gate.died()
    },
    dieAt: (count, committed) => {
      left = count
      commits = committed
    },
    store: {
      write: <T>(work: (tx: Tx) => Promise<T>) => (dead ? NEVER : attempt(work)),
      read: <T>(work: (tx: Tx) => Promise<T>) => (dead ? NEVER : store.read(work)),
      snapshot: (path) => store.snapshot(path),
      close: () => store.close(),
    },
  }

  async function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const last = --left === 0
    try {
      const result = await store.write(async (tx) => {
        if (dead) throw new HearthError('usage', 'dead')
        const effects: (() => void)[] = []
        const value = await work({ ...tx, afterCommit: (task) => void effects.push(task) })
        if (last && !commits) throw new HearthError('usage', 'dead')
        tx.afterCommit(() => {
          if (last) gate.die()
          else if (!dead) for (const effect of effects) effect()
        })
        return value
      })
      return last || dead ? NEVER : result
    } catch (error) {
      if (last && !dead) gate.die()
      if (dead) return NEVER
      throw error
    }
  }

  return gate
}
