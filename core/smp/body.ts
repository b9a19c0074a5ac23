import { CodecError } from '../codec/error.ts'
import { Reader } from '../codec/reader.ts'
import { Writer } from '../codec/writer.ts'
import { openPadded, sealPadded, toNonce } from '../crypto/box.ts'
import { type MessageFlags, readMessageFlags } from './commands.ts'
import { readSpace } from './words.ts'

/** What a router delivers to the recipient, encrypted with the secret of the queue (smp §2.9). */
export type ReceivedBody =
  | { readonly type: 'message'; readonly time: bigint; readonly flags: MessageFlags; readonly body: Uint8Array }
  /** The queue was full after the messages before this one. */
  | { readonly type: 'quota'; readonly time: bigint }

/** The same for every version, whatever `SEND` allows. */
const RECEIVED_BODY_PADDING = 16106

/** `time` is in seconds since 1970. */
export function encodeReceivedBody(body: ReceivedBody): Uint8Array {
  if (body.type === 'quota') return new Writer(16).literal('QUOTA ').i64(body.time).done()
  const writer = new Writer(body.body.length + 16)
  return writer
    .i64(body.time)
    .literal(body.flags.notification ? 'T ' : 'F ')
    .raw(body.body)
    .done()
}

export function decodeReceivedBody(bytes: Uint8Array): ReceivedBody {
  const reader = new Reader(bytes)
  if (reader.accept('QUOTA ')) {
    const time = reader.i64()
    reader.end()
    return { type: 'quota', time }
  }
  const time = reader.i64()
  const flags = readMessageFlags(reader)
  readSpace(reader)
  return { type: 'message', time, flags, body: reader.tail() }
}

/** `secret` is `boxKey` of the queue's agreement; the message id is the nonce. */
export function sealReceivedBody(secret: Uint8Array, msgId: Uint8Array, body: ReceivedBody): Uint8Array {
  return sealPadded(secret, toNonce(msgId), encodeReceivedBody(body), RECEIVED_BODY_PADDING)
}

/** Errors: crypto `box`; CodecError where the plaintext is not of the form. */
export function openReceivedBody(secret: Uint8Array, msgId: Uint8Array, sealed: Uint8Array): ReceivedBody {
  return decodeReceivedBody(openPadded(secret, toNonce(msgId), sealed))
}

/** The plaintext of `NMSG`. */
export interface NotificationMeta {
  readonly msgId: Uint8Array
  readonly time: bigint
}

const NOTIFICATION_META_PADDING = 128

export function encodeNotificationMeta(meta: NotificationMeta): Uint8Array {
  return new Writer(64).short(meta.msgId).i64(meta.time).done()
}

/** Bytes after the known fields are ignored. */
export function decodeNotificationMeta(bytes: Uint8Array): NotificationMeta {
  const reader = new Reader(bytes)
  return { msgId: reader.short(), time: reader.i64() }
}

export function sealNotificationMeta(secret: Uint8Array, nonce: Uint8Array, meta: NotificationMeta): Uint8Array {
  return sealPadded(secret, nonce, encodeNotificationMeta(meta), NOTIFICATION_META_PADDING)
}

export function openNotificationMeta(secret: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): NotificationMeta {
  if (nonce.length !== 24) throw new CodecError('range', 'nonce must have 24 bytes')
  return decodeNotificationMeta(openPadded(secret, nonce, sealed))
}
