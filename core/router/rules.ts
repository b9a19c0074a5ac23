import { equal } from '../codec/bytes.ts'
import { encodePublicKey } from '../codec/keys.ts'
import type { AuthKey } from '../smp/commands.ts'
import type { Queue } from './queue.ts'

/** What the state of a queue allows (smp §6.3, §6.6, §6.7): decisions without effects. */

function sameKey(a: AuthKey, b: AuthKey): boolean {
  return a.algorithm === b.algorithm && equal(encodePublicKey(a), encodePublicKey(b))
}

/** `KEY`, `SKEY`, `LKEY`: the first key stays; the same key may come again. */
export function maySecureWith(queue: Queue, key: AuthKey): boolean {
  return queue.senderKey === undefined || sameKey(queue.senderKey, key)
}

/** `SKEY` and `LKEY`. */
export function senderMaySecure(queue: Queue, key: AuthKey): boolean {
  return queue.mode === 'messaging' && maySecureWith(queue, key)
}

/** `LGET`: a contact address, or a queue without mode that nobody has secured. */
export function linkIsOpen(queue: Queue): boolean {
  return queue.mode === 'contact' || (queue.mode === undefined && queue.senderKey === undefined)
}

/** One-time link data have done their work once the sender has secured the queue. */
export function isSecuredByLink(queue: Queue): boolean {
  return queue.senderKey !== undefined && queue.mode !== 'contact'
}

export type Admission = 'message' | 'marker' | 'refused'

/** What `SEND` leaves in the queue (smp §6.6): 'marker' and 'refused' are both answered QUOTA. */
export function admit(queue: Queue, quota: number): Admission {
  if (queue.full) return 'refused'
  return queue.size < quota ? 'message' : 'marker'
}
