import type { Clock, Timer } from '../env/env.ts'
import type { Queue } from './queue.ts'

/** What a connection does with a queue (smp §6.5). */
export interface Subscription {
  readonly recipientId: Uint8Array
  /** `get`: read with GET, gets nothing pushed. */
  readonly mode: 'subscribed' | 'get'
  /** Id of the message that was delivered and is not acknowledged yet. */
  delivered: Uint8Array | undefined
}

/** A connection as far as subscriptions go. */
export interface Subscriber {
  /** By queue id. */
  readonly subscriptions: Map<number, Subscription>
  event(recipientId: Uint8Array, message: 'END' | 'DELD'): void
}

/** Who is subscribed to what. A queue has one subscriber at the most. */
export interface Subscriptions {
  /** Subscribed queues over all connections. */
  readonly size: number
  /** Makes `subscriber` the only one; the previous one gets END. */
  subscribe(subscriber: Subscriber, queue: Queue): Subscription
  /** The connection that messages of this queue are pushed to. */
  subscriberOf(queue: Queue): Subscriber | undefined
  /** The queue is gone; its subscriber gets DELD unless it is `by`, who deleted it. */
  removed(queue: Queue, by: Subscriber): void
  /** The connection is gone. */
  drop(subscriber: Subscriber): void
  stop(): void
}

/** END and DELD are collected for `interval` milliseconds; subscriptions themselves end at once. */
export function subscriptions(clock: Clock, interval: number): Subscriptions {
  const owners = new Map<number, Subscriber>()
  let events: { to: Subscriber; recipientId: Uint8Array; message: 'END' | 'DELD' }[] = []
  const gone = new WeakSet<Subscriber>()
  let timer: Timer | undefined

  function flush(): void {
    timer = undefined
    const due = events
    events = []
    for (const { to, recipientId, message } of due) if (!gone.has(to)) to.event(recipientId, message)
  }

  function end(owner: Subscriber, queue: Queue, message: 'END' | 'DELD'): void {
    owner.subscriptions.delete(queue.id)
    events.push({ to: owner, recipientId: queue.recipientId, message })
    timer ??= clock.timer(interval, flush)
  }

  return {
    get size() {
      return owners.size
    },
    subscribe(subscriber, queue) {
      const owner = owners.get(queue.id)
      if (owner !== undefined && owner !== subscriber) end(owner, queue, 'END')
      owners.set(queue.id, subscriber)
      const subscription: Subscription = { recipientId: queue.recipientId, mode: 'subscribed', delivered: undefined }
      subscriber.subscriptions.set(queue.id, subscription)
      return subscription
    },
    subscriberOf: (queue) => owners.get(queue.id),
    removed(queue, by) {
      const owner = owners.get(queue.id)
      owners.delete(queue.id)
      if (owner !== undefined && owner !== by) end(owner, queue, 'DELD')
      by.subscriptions.delete(queue.id)
    },
    drop(subscriber) {
      gone.add(subscriber)
      for (const [queue, { mode }] of subscriber.subscriptions) if (mode === 'subscribed') owners.delete(queue)
      subscriber.subscriptions.clear()
    },
    stop: () => timer?.cancel(),
  }
}
