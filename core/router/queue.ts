import type { AuthKey, QueueMode } from '../smp/commands.ts'

/**
 * A queue as the router keeps it in memory (smp §6.2). Only the store changes one, together with its row. Message
 * bodies and link data stay in the database.
 */
export interface Queue {
  readonly id: number
  readonly recipientId: Uint8Array
  readonly senderId: Uint8Array
  readonly recipientKeys: readonly AuthKey[]
  /** `boxKey` of the agreement with the recipient (smp §2.9). */
  readonly secret: Uint8Array
  readonly senderKey: AuthKey | undefined
  readonly mode: QueueMode | undefined
  readonly linkId: Uint8Array | undefined
  /** Suspended: takes no messages any more. */
  readonly off: boolean
  /** Day of last use, counted from 1970. */
  readonly usedDay: number
  /** Messages, a quota marker included. */
  readonly size: number
  /** A quota marker stands at the end: nothing is taken until the queue is empty. */
  readonly full: boolean
  /** The first message, where it is known. */
  readonly head: MessageHead | undefined
}

export interface MessageHead {
  /** Place in the database; grows. */
  readonly seq: number
  readonly msgId: Uint8Array
  /** Seconds since 1970. */
  readonly time: number
}

export interface QueueMessage extends MessageHead {
  /** Absent: a quota marker. */
  readonly content: { readonly notification: boolean; readonly body: Uint8Array } | undefined
}
