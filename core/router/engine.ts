import { asHearthError } from '../codec/error.ts'
import type { Env, Timer } from '../env/env.ts'
import { BLOCK_SIZE } from '../transport/block.ts'
import type { Session } from '../transport/session.ts'
import { type Client, type ClientHooks, createClient } from './client.ts'
import type { Counters, Workbench } from './execute.ts'
import type { RouterLimits } from './limits.ts'
import type { RouterStore } from './store.ts'
import { subscriptions } from './subscriptions.ts'

/** The router without its sockets: sessions come in, everything else happens here. */
export interface Engine {
  add(session: Session): void
  statistics(): RouterStatistics
  /** Ends all sessions and the work on them; the store stays open. */
  stop(): void
}

export interface RouterStatistics extends Counters {
  readonly connections: number
  readonly subscriptions: number
  readonly queues: number
  /** Messages that wait for their recipients. */
  readonly messages: number
  readonly blocksIn: number
  readonly blocksOut: number
  readonly commits: number
  /** Milliseconds of the longest commit. */
  readonly longestCommit: number
}

export interface EngineOptions {
  readonly limits: RouterLimits
  readonly newQueues: Workbench['newQueues']
}

/** A turn may grow to this many times the last commit, so that a slow disk is asked less often. */
const TURN_PER_COMMIT = 4
const LONGEST_TURN = 50
/** How long a client waits that has used up its allowance of blocks. */
const REST = 20

/**
 * Work goes in turns. Each turn takes blocks of the waiting clients, one from each in rotation, within one transaction;
 * after the commit the answers go out. Nothing is said before it is durable, and one commit serves all clients.
 */
export function startEngine(env: Env, store: RouterStore, { limits, newQueues }: EngineOptions): Engine {
  const { clock } = env
  const bench: Workbench = {
    env,
    store,
    subscriptions: subscriptions(clock, limits.eventInterval),
    limits,
    newQueues,
    count: { accepted: 0, delivered: 0, acknowledged: 0, refusedQuota: 0, refusedAuth: 0 },
  }
  const clients = new Set<Client>()
  /** Clients with waiting blocks, in the order of their turns. */
  const rotation = new Set<Client>()
  const dirty = new Set<Client>()
  const resting = new Set<Client>()
  let restTimer: Timer | undefined
  let scheduled = false
  let stopped = false
  let inTurn = false
  let waiting = 0
  let lastCommit = 0
  const count = { blocksIn: 0, blocksOut: 0, commits: 0, longestCommit: 0 }

  const hooks: ClientHooks = {
    ready(client) {
      rotation.add(client)
      schedule()
    },
    dirty(client) {
      dirty.add(client)
      if (!inTurn) schedule()
    },
    closed(client) {
      clients.delete(client)
      rotation.delete(client)
      dirty.delete(client)
      resting.delete(client)
      bench.subscriptions.drop(client)
    },
    mayWait: () => (waiting * BLOCK_SIZE < limits.waitingBytes ? limits.waitingBlocks : FEW),
    waits(change) {
      waiting += change
      if (change > 0) count.blocksIn += change
    },
    sent(blocks) {
      count.blocksOut += blocks
    },
  }

  function schedule(): void {
    if (scheduled || stopped) return
    scheduled = true
    clock.soon(turn)
  }

  function turn(): void {
    scheduled = false
    if (stopped) return
    const worked = new Set<Client>()
    inTurn = true
    try {
      work(worked)
      commit()
    } catch (error) {
      abandon(worked, error)
    }
    inTurn = false
    const ready = [...dirty]
    dirty.clear()
    for (const client of ready) client.flush()
    store.trim(limits.cachedQueues)
    if (rotation.size > 0 || dirty.size > 0) schedule()
  }

  function work(worked: Set<Client>): void {
    const started = clock.monotonic()
    const time = Math.min(Math.max(limits.turnTime, lastCommit * TURN_PER_COMMIT), LONGEST_TURN)
    let commands = 0
    let now = started
    for (const client of rotation) {
      if (commands >= limits.commandsPerCommit || now - started >= time) return
      rotation.delete(client)
      // It comes back when its output has drained.
      if (client.waiting === 0 || !client.hasRoom) continue
      if (!client.allowed(now)) {
        rest(client)
        continue
      }
      worked.add(client)
      commands += client.work(started + time)
      if (client.waiting > 0) rotation.add(client)
      now = clock.monotonic()
    }
  }

  function commit(): void {
    if (!store.changed) return
    const started = clock.monotonic()
    store.commit()
    lastCommit = clock.monotonic() - started
    count.commits++
    count.longestCommit = Math.max(count.longestCommit, lastCommit)
  }

  /** What was done in this turn did not happen; the clients concerned must find that out, so they are cut off. */
  function abandon(worked: ReadonlySet<Client>, error: unknown): void {
    const failure = asHearthError(error, 'store', 'turn')
    env.log.error('router turn failed', { kind: failure.kind, code: failure.code, message: failure.message })
    store.rollback()
    for (const client of [...worked, ...dirty]) client.destroy()
    dirty.clear()
  }

  function rest(client: Client): void {
    resting.add(client)
    restTimer ??= clock.timer(REST, () => {
      restTimer = undefined
      for (const rested of resting) rotation.add(rested)
      resting.clear()
      schedule()
    })
  }

  function check(): void {
    const now = clock.monotonic()
    for (const client of clients) {
      const stalled = client.stalledSince !== undefined && now - client.stalledSince > limits.stallTime
      const idle = client.subscriptions.size === 0 && now - client.lastActive > limits.idleTime
      if (stalled || idle) client.destroy()
    }
    checkTimer = clock.timer(limits.checkInterval, check)
  }

  function expire(from = 0): void {
    if (stopped) return
    const before = Math.floor((clock.now() - limits.messageLifetime) / 1000)
    let next: number | undefined
    try {
      next = store.expireSome(from, before)
      commit()
    } catch (error) {
      abandon(new Set(), error)
    }
    if (next === undefined) {
      expiryTimer = clock.timer(limits.expiryInterval, expire)
      return
    }
    const on = next
    clock.soon(() => expire(on))
  }

  let checkTimer = clock.timer(limits.checkInterval, check)
  let expiryTimer: Timer | undefined
  expire()

  return {
    add(session) {
      if (stopped) session.destroy()
      else clients.add(createClient(bench, limits, session, hooks))
    },
    statistics: () => ({
      connections: clients.size,
      subscriptions: bench.subscriptions.size,
      queues: store.queues,
      messages: store.messages,
      ...bench.count,
      ...count,
    }),
    stop() {
      stopped = true
      for (const timer of [checkTimer, expiryTimer, restTimer]) timer?.cancel()
      bench.subscriptions.stop()
      for (const client of clients) client.end()
    },
  }
}

const FEW = 2
