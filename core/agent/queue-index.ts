import { fromLatin1 } from '../codec/bytes.ts'
import type { PrivateKey } from '../codec/keys.ts'
import { type RouterAddress, routerKey } from '../smp/address.ts'
import type { ConnId } from './api.ts'

/** A queue that we receive from, as the network names it. */
export interface IndexedQueue {
  readonly conn: ConnId
  readonly router: RouterAddress
  readonly recipientId: Uint8Array
  readonly key: PrivateKey<'Ed25519'>
}

/** Finds the connection of a queue without asking the database, for every message and event that comes in. */
export interface QueueIndex {
  add(queue: IndexedQueue): void
  remove(conn: ConnId): void
  find(router: RouterAddress, recipientId: Uint8Array): IndexedQueue | undefined
  of(conn: ConnId): IndexedQueue | undefined
}

export function createQueueIndex(): QueueIndex {
  const byName = new Map<string, IndexedQueue>()
  const byConn = new Map<ConnId, IndexedQueue>()
  const keys = new WeakMap<RouterAddress, string>()

  function nameOf(router: RouterAddress, recipientId: Uint8Array): string {
    let key = keys.get(router)
    if (key === undefined) {
      key = routerKey(router)
      keys.set(router, key)
    }
    return `${key} ${fromLatin1(recipientId)}`
  }

  return {
    add(queue) {
      byName.set(nameOf(queue.router, queue.recipientId), queue)
      byConn.set(queue.conn, queue)
    },
    remove(conn) {
      const queue = byConn.get(conn)
      if (queue === undefined) return
      byConn.delete(conn)
      byName.delete(nameOf(queue.router, queue.recipientId))
    },
    find: (router, recipientId) => byName.get(nameOf(router, recipientId)),
    of: (conn) => byConn.get(conn),
  }
}
