import { asHearthError } from '../codec/error.ts'
import type { Timer } from '../env/env.ts'
import { firstRetry, nextRetry, type RetryInterval, type RetryState } from '../env/retry.ts'
import { type RouterAddress, routerKey } from '../smp/address.ts'
import type { ConnId } from './api.ts'
import type { AgentContext } from './context.ts'
import { type Outcome, recordOutcomes } from './outcome.ts'
import { loadOutgoing, sealOutgoing } from './outgoing.ts'

/**
 * Sends what is enqueued (agent §7.6). Every connection has at most one message in flight, so its order is kept; a
 * router's connections take turns within the bounded flight of its session. A full queue parks its connection, an
 * unreachable router its lane, and neither delays anybody else. What routers took is recorded a little later, many
 * messages in one transaction: a process that dies in between sends them again, and their recipients recognise them.
 */
export interface Deliveries {
  /** Continues with everything that is pending. */
  start(): Promise<void>
  wake(conn: ConnId, router: number): void
  /** The peer drained its queue. */
  resume(conn: ConnId): void
  /** The router can be reached again. */
  reachable(address: RouterAddress): void
  /** Sends nothing more; resolves when what was answered is recorded. */
  stop(): Promise<void>
}

const NETWORK_RETRY: RetryInterval = { initial: 2_000, increaseAfter: 10_000, max: 120_000 }
const QUOTA_RETRY: RetryInterval = { initial: 300_000, increaseAfter: 60_000, max: 21_600_000 }

/** Messages recorded together, and how many milliseconds the first of them waits where nobody waits for it. */
const RECORDED = 256
const RECORD_DELAY = 15

interface Lane {
  readonly router: number
  readonly ready: ConnId[]
  pumping: boolean
  /** Set while the router cannot be reached. */
  pause: { readonly retry: RetryState; readonly timer: Timer } | undefined
  retry: RetryState | undefined
}

interface Parked {
  readonly lane: Lane
  readonly timer: Timer
  readonly retry: RetryState
}

export function createDeliveries(context: AgentContext): Deliveries {
  const { store, client, env } = context
  const lanes = new Map<number, Lane>()
  /** Connections that are ready, in flight or parked. */
  const busy = new Set<ConnId>()
  /** Woken, or resumed, since their head was read: what was found then may have changed. */
  const woken = new Set<ConnId>()
  const resumed = new Set<ConnId>()
  const parked = new Map<ConnId, Parked>()
  const quotaRetries = new Map<ConnId, RetryState>()
  /** The last message that the router took, until that is recorded. */
  const taken = new Map<ConnId, number>()
  const outcomes: Outcome[] = []
  let recordSoon: Timer | undefined
  let recording: Promise<void> | undefined
  let inFlight = 0
  let stopped = false
  let idle: (() => void) | undefined

  function laneOf(router: number): Lane {
    let lane = lanes.get(router)
    if (lane === undefined) {
      lane = { router, ready: [], pumping: false, pause: undefined, retry: undefined }
      lanes.set(router, lane)
    }
    return lane
  }

  function wake(conn: ConnId, router: number): void {
    if (stopped) return
    if (busy.has(conn)) {
      woken.add(conn)
      return
    }
    busy.add(conn)
    const lane = laneOf(router)
    lane.ready.push(conn)
    pump(lane)
  }

  function pump(lane: Lane): void {
    if (lane.pumping || lane.pause !== undefined || stopped) return
    lane.pumping = true
    run(lane)
      .catch((error: unknown) => {
        if (stopped) return
        env.log.error('delivery stopped', { code: asHearthError(error, 'store', 'delivery').code })
        pauseLane(lane)
      })
      .finally(() => {
        lane.pumping = false
        if (lane.ready.length > 0) pump(lane)
      })
  }

  async function run(lane: Lane): Promise<void> {
    while (lane.ready.length > 0 && lane.pause === undefined && !stopped) {
      const address =
        context.records.known(lane.router) ?? (await store.read((tx) => context.records.get(tx, lane.router)))
      const room = client.room(address)
      if (room <= 0) {
        await client.whenRoom(address)
        continue
      }
      const conns = lane.ready.splice(0, Math.min(room, context.settings.deliveryBatch))
      try {
        await sendHeads(lane, address, conns)
      } catch (error) {
        lane.ready.unshift(...conns)
        throw error
      }
    }
  }

  async function sendHeads(lane: Lane, address: RouterAddress, conns: readonly ConnId[]): Promise<void> {
    for (const conn of conns) {
      woken.delete(conn)
      resumed.delete(conn)
    }
    const heads = await store.read((tx) => loadOutgoing(context, tx, conns, taken))
    const bodies = await sealOutgoing(context, heads)
    // Nothing has left yet, and whoever stops us is about to close what the answers would be recorded in.
    if (stopped) return
    const waiting = new Set(conns)
    for (const [index, message] of heads.entries()) {
      waiting.delete(message.conn)
      inFlight++
      client
        .request(address, {
          entityId: message.queue.senderId,
          command: { type: 'SEND', flags: { notification: message.notify }, body: bodies[index]! },
          ...(message.authorised ? { key: message.queue.key } : {}),
        })
        .then(
          () => settle({ lane: lane.router, message, error: undefined }),
          (error: unknown) => settle({ lane: lane.router, message, error: asHearthError(error, 'network', 'send') }),
        )
    }
    for (const conn of waiting) release(lane, conn)
  }

  /** Nothing more to send was found, unless it came in the meantime. */
  function release(lane: Lane, conn: ConnId): void {
    if (woken.has(conn)) {
      again(lane, conn)
      return
    }
    busy.delete(conn)
    resumed.delete(conn)
  }

  function settle(outcome: Outcome): void {
    inFlight--
    outcomes.push(outcome)
    const { lane: router, message, error } = outcome
    if (error === undefined) {
      const lane = laneOf(router)
      lane.retry = undefined
      quotaRetries.delete(message.conn)
      taken.set(message.conn, message.sndId)
      again(lane, message.conn)
    }
    const waitedFor = error !== undefined || message.report || message.kind !== 'message'
    if (waitedFor || stopped || outcomes.length >= RECORDED) startRecording()
    else recordSoon ??= env.clock.timer(RECORD_DELAY, startRecording)
  }

  function startRecording(): void {
    recordSoon?.cancel()
    recordSoon = undefined
    recording ??= Promise.resolve()
      .then(record)
      .catch((error: unknown) => {
        env.log.error('delivery not recorded', { code: asHearthError(error, 'store', 'delivery').code })
      })
      .finally(() => {
        recording = undefined
        // What was settled after `record` had looked for the last time would wait for the next answer otherwise.
        if (outcomes.length > 0) startRecording()
        else if (stopped && inFlight === 0) idle?.()
      })
  }

  async function record(): Promise<void> {
    while (outcomes.length > 0) {
      const batch = outcomes.splice(0, RECORDED)
      let results: Awaited<ReturnType<typeof recordOutcomes>>
      try {
        results = await store.write((tx) => recordOutcomes(context, tx, batch))
      } catch (error) {
        // Nothing is lost: the messages are still stored, and the peer recognises what it gets twice.
        for (const outcome of batch) {
          forgetTaken(outcome)
          if (outcome.error !== undefined) again(laneOf(outcome.lane), outcome.message.conn)
          else wake(outcome.message.conn, outcome.lane)
        }
        for (const lane of new Set(batch.map((outcome) => outcome.lane))) pauseLane(laneOf(lane))
        throw error
      }
      for (const [index, result] of results.entries()) {
        const outcome = batch[index]!
        forgetTaken(outcome)
        if (outcome.error === undefined) continue
        const { conn } = outcome.message
        const lane = laneOf(outcome.lane)
        if (result === 'more') again(lane, conn)
        else if (result === 'done') release(lane, conn)
        else if (result === 'quota' && !resumed.has(conn)) park(lane, conn)
        else if (result === 'quota') again(lane, conn)
        else {
          lane.ready.unshift(conn)
          pauseLane(lane)
        }
      }
    }
  }

  function forgetTaken({ message, error }: Outcome): void {
    if (error === undefined && taken.get(message.conn) === message.sndId) taken.delete(message.conn)
  }

  function again(lane: Lane, conn: ConnId): void {
    lane.ready.push(conn)
    pump(lane)
  }

  function pauseLane(lane: Lane): void {
    if (lane.pause !== undefined || stopped) return
    const retry = lane.retry === undefined ? firstRetry(NETWORK_RETRY) : nextRetry(NETWORK_RETRY, lane.retry)
    lane.retry = retry
    lane.pause = { retry, timer: env.clock.timer(retry.delay, () => continueLane(lane)) }
  }

  function continueLane(lane: Lane): void {
    lane.pause?.timer.cancel()
    lane.pause = undefined
    pump(lane)
  }

  function park(lane: Lane, conn: ConnId): void {
    if (stopped) return
    const before = quotaRetries.get(conn)
    const retry = before === undefined ? firstRetry(QUOTA_RETRY) : nextRetry(QUOTA_RETRY, before)
    quotaRetries.set(conn, retry)
    parked.set(conn, { lane, retry, timer: env.clock.timer(retry.delay, () => unpark(conn)) })
  }

  function unpark(conn: ConnId): void {
    const place = parked.get(conn)
    if (place === undefined) return
    place.timer.cancel()
    parked.delete(conn)
    again(place.lane, conn)
  }

  return {
    async start() {
      const rows = await store.write(async (tx) => {
        await tx.run(
          'DELETE FROM snd_bodies WHERE NOT EXISTS (SELECT 1 FROM snd_messages m WHERE m.body = snd_bodies.body)',
        )
        const full = await tx.all<{ conn: ConnId }>('SELECT conn FROM snd_queues WHERE quota_since IS NOT NULL')
        for (const { conn } of full) context.full.add(conn)
        return tx.all<{ conn: number; router: number }>(
          'SELECT q.conn, q.router FROM snd_queues q WHERE EXISTS (SELECT 1 FROM snd_messages m WHERE m.conn = q.conn)',
        )
      })
      for (const { conn, router } of rows) wake(conn, router)
    },
    wake,
    resume(conn) {
      quotaRetries.delete(conn)
      if (parked.has(conn)) unpark(conn)
      else if (busy.has(conn)) resumed.add(conn)
    },
    reachable(address) {
      const key = routerKey(address)
      for (const lane of lanes.values()) {
        if (lane.pause === undefined) continue
        void store
          .read((tx) => context.records.get(tx, lane.router))
          .then((own) => {
            if (routerKey(own) === key) continueLane(lane)
          })
      }
    },
    async stop() {
      stopped = true
      for (const lane of lanes.values()) lane.pause?.timer.cancel()
      for (const { timer } of parked.values()) timer.cancel()
      if (inFlight > 0) await new Promise<void>((resolve) => (idle = resolve))
      if (outcomes.length > 0) startRecording()
      while (recording !== undefined) await recording
    },
  }
}
