import { asHearthError, HearthError } from '../../codec/error.ts'
import type { Env, Timer } from '../../env/env.ts'
import { firstRetry, nextRetry } from '../../env/retry.ts'
import type { BrokerMessage } from '../messages.ts'
import type { SubscribedQueue } from './api.ts'
import type { Backlog } from './backlog.ts'
import { type Exchange, isSubscribed } from './exchange.ts'
import type { Link } from './link.ts'
import type { SmpClientOptions } from './options.ts'
import { type Subscriptions, subscriptionOutcome } from './subscriptions.ts'

/** Makes the pending subscriptions of one router active, as long as there are any (smp §7.4, §7.5). */
export interface Subscriber {
  /** There is something new to subscribe: somebody waits for it, whatever the back-off. */
  start(): void
  /** The session is there: what waits for a retry need not. */
  connected(): void
  /** The session is lost: everything is pending. */
  lost(): void
  stop(): void
}

export interface SubscriberEvents {
  up(recipientIds: Uint8Array[]): void
  refused(recipientId: Uint8Array, error: HearthError): void
}

/** Clients of a router that was restarted do not all come back at the same moment. */
const RECONNECT_SPREAD = 500

export function createSubscriber(
  env: Env,
  link: Link,
  subscriptions: Subscriptions,
  backlog: Backlog,
  options: SmpClientOptions,
  events: SubscriberEvents,
): Subscriber {
  const { clock } = env
  let retry = firstRetry(options.resubscribe)
  let connectedAt = Number.NEGATIVE_INFINITY
  let working = false
  let stopped = false
  let timer: Timer | undefined

  function schedule(delay: number): void {
    if (working || stopped || timer !== undefined) return
    timer = clock.timer(delay, () => {
      timer = undefined
      void work()
    })
  }

  function hasten(): void {
    timer?.cancel()
    timer = undefined
    schedule(0)
  }

  async function work(): Promise<void> {
    if (working) return
    working = true
    let complete = true
    while (complete && !stopped && subscriptions.pendingCount > 0) complete = await round()
    working = false
    if (complete) settle()
    else scheduleRetry()
  }

  /** The back-off starts anew once a session has lasted, so that a router that drops us at once is not stormed. */
  function settle(): boolean {
    const settled = clock.monotonic() - connectedAt >= options.settledAfter
    if (settled) retry = firstRetry(options.resubscribe)
    return settled
  }

  function scheduleRetry(): void {
    schedule(jittered(retry.delay))
    retry = nextRetry(options.resubscribe, retry)
  }

  /** Three quarters to five quarters of the delay. */
  function jittered(delay: number): number {
    return delay * (0.75 + env.random(1)[0]! / 512)
  }

  /** One round of `SUB`; false where something has to be tried again later. */
  async function round(): Promise<boolean> {
    let exchange: Exchange
    try {
      exchange = await link.connected('background')
    } catch {
      return false
    }
    await backlog.calm(options.maxBacklog, options.backlogPatience)
    const queues = subscriptions.next(options.subscriptionRound)
    exchange.keepAlive()
    const answers = await Promise.allSettled(
      queues.map(({ recipientId, key }) =>
        exchange.submit({ entityId: recipientId, key, command: { type: 'SUB' } }, 'background'),
      ),
    )
    return apply(exchange, queues, answers)
  }

  function apply(
    exchange: Exchange,
    queues: readonly SubscribedQueue[],
    answers: readonly PromiseSettledResult<BrokerMessage>[],
  ): boolean {
    if (link.current !== exchange) return false
    const up: Uint8Array[] = []
    let again = 0
    queues.forEach(({ recipientId }, i) => {
      const error = subscriptionError(answers[i]!)
      switch (subscriptionOutcome(error)) {
        case 'subscribed':
          if (subscriptions.activate(recipientId)) up.push(recipientId)
          break
        case 'again':
          again++
          subscriptions.postpone(recipientId)
          break
        case 'refused':
          if (subscriptions.forget(recipientId)) events.refused(recipientId, error!)
      }
    })
    if (up.length > 0) events.up(up)
    if (again > 0 && again === queues.length && subscriptions.activeCount === 0) {
      exchange.destroy(new HearthError('network', 'silent', 'no subscription was answered', true))
    }
    return again === 0
  }

  return {
    start() {
      if (subscriptions.pendingCount > 0) hasten()
    },
    connected() {
      connectedAt = clock.monotonic()
      if (subscriptions.pendingCount > 0) hasten()
    },
    lost() {
      if (working || subscriptions.pendingCount === 0) return
      if (settle()) schedule((env.random(1)[0]! / 256) * RECONNECT_SPREAD)
      else scheduleRetry()
    },
    stop() {
      stopped = true
      timer?.cancel()
    },
  }
}

function subscriptionError(answer: PromiseSettledResult<BrokerMessage>): HearthError | undefined {
  if (answer.status === 'rejected') return asHearthError(answer.reason, 'protocol', 'SUB')
  if (isSubscribed(answer.value)) return undefined
  return new HearthError('protocol', 'UNEXPECTED', `${answer.value.type} as the answer to SUB`)
}
