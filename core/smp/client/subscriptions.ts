import { fromLatin1 } from '../../codec/bytes.ts'
import type { HearthError } from '../../codec/error.ts'
import type { SubscribedQueue, SubscriptionState } from './api.ts'

/**
 * Which queues of a router are to be subscribed (smp §7.5): active ones were subscribed by the current session, pending
 * ones wait for it. A queue leaves only when it is forgotten.
 */
export interface Subscriptions {
  readonly activeCount: number
  readonly pendingCount: number
  state(recipientId: Uint8Array): SubscriptionState
  /** Adds a queue as pending; a known one only gets its key. */
  add(queue: SubscribedQueue): void
  /** Adds a queue that the current session has subscribed. */
  addActive(queue: SubscribedQueue): void
  /** True where the queue was known. */
  forget(recipientId: Uint8Array): boolean
  /** The `count` pending queues that have waited longest. */
  next(count: number): SubscribedQueue[]
  /** Makes a pending queue active; false where it is not pending any more. */
  activate(recipientId: Uint8Array): boolean
  /** Puts a pending queue behind the others. */
  postpone(recipientId: Uint8Array): void
  /** Makes every active queue pending and returns their ids. */
  suspend(): Uint8Array[]
}

/** What the result of a `SUB` says about the queue. */
export type SubscriptionOutcome = 'subscribed' | 'again' | 'refused'

export function subscriptionOutcome(error: HearthError | undefined): SubscriptionOutcome {
  if (error === undefined) return 'subscribed'
  return error.temporary ? 'again' : 'refused'
}

export function createSubscriptions(): Subscriptions {
  const active = new Map<string, SubscribedQueue>()
  const pending = new Map<string, SubscribedQueue>()
  return {
    get activeCount() {
      return active.size
    },
    get pendingCount() {
      return pending.size
    },
    state(recipientId) {
      const id = fromLatin1(recipientId)
      if (active.has(id)) return 'active'
      return pending.has(id) ? 'pending' : 'none'
    },
    add(queue) {
      const id = fromLatin1(queue.recipientId)
      ;(active.has(id) ? active : pending).set(id, queue)
    },
    addActive(queue) {
      const id = fromLatin1(queue.recipientId)
      pending.delete(id)
      active.set(id, queue)
    },
    forget(recipientId) {
      const id = fromLatin1(recipientId)
      return active.delete(id) || pending.delete(id)
    },
    next(count) {
      const queues: SubscribedQueue[] = []
      for (const queue of pending.values()) {
        if (queues.length === count) break
        queues.push(queue)
      }
      return queues
    },
    activate(recipientId) {
      const id = fromLatin1(recipientId)
      const queue = pending.get(id)
      if (queue === undefined) return false
      pending.delete(id)
      active.set(id, queue)
      return true
    },
    postpone(recipientId) {
      const id = fromLatin1(recipientId)
      const queue = pending.get(id)
      if (queue === undefined) return
      pending.delete(id)
      pending.set(id, queue)
    },
    suspend() {
      const queues = [...active.values()]
      for (const [id, queue] of active) pending.set(id, queue)
      active.clear()
      return queues.map((queue) => queue.recipientId)
    },
  }
}
