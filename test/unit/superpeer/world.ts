import { openStore, type Store } from '../../../core/store/database.ts'
import type { SuperPeer, SuperPeerEvent, SuperPeerSettings } from '../../../core/superpeer/api.ts'
import { createSuperPeer } from '../../../core/superpeer/superpeer.ts'
import { createFakeNetwork, type FakeAgent, type FakeNetwork } from '../../support/fake-agent.ts'
import { beginLives } from './lives.ts'
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
  const lives = await beginLives({
    name,
    store,
    network,
    time,
    create: (deps) => createSuperPeer({ ...deps, notify: (event) => events.push(event), settings }),
    start: (superPeer) => superPeer.start(),
  })
  return {
    name,
    get superPeer() {
      return lives.part
    },
    events,
    start: lives.start,
    crash: lives.crash,
    crashAt: lives.crashAt,
    get crashed() {
      return lives.crashed
    },
    query: (sql, ...parameters) => store.read((tx) => tx.all(sql, ...parameters)),
  }
}
