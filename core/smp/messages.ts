import { CodecError } from '../codec/error.ts'
import { type PublicKey, readPublicKey, writePublicKey } from '../codec/keys.ts'
import { Reader } from '../codec/reader.ts'
import { readVersionRange, type VersionRange, writeVersionRange } from '../codec/version.ts'
import { Writer } from '../codec/writer.ts'
import {
  type LinkData,
  type QueueMode,
  readLinkData,
  readQueueMode,
  writeLinkData,
  writeQueueMode,
} from './commands.ts'
import { readSmpError, type SmpError, writeSmpError } from './errors.ts'
import { formatQueueInfo, parseQueueInfo, type QueueInfo } from './queue-info.ts'
import { readSpace, readWord } from './words.ts'

/** What routers send: answers and events (smp §5.3). */
export type BrokerMessage =
  | IdsMessage
  | { readonly type: 'LNK'; readonly senderId: Uint8Array; readonly data: LinkData }
  | { readonly type: 'SOK'; readonly serviceId?: Uint8Array | undefined }
  | { readonly type: 'SOKS' | 'ENDS'; readonly queues: bigint }
  | { readonly type: 'MSG'; readonly msgId: Uint8Array; readonly body: Uint8Array }
  | { readonly type: 'NID'; readonly notifierId: Uint8Array; readonly dhKey: PublicKey<'X25519'> }
  | { readonly type: 'NMSG'; readonly nonce: Uint8Array; readonly meta: Uint8Array }
  | {
      readonly type: 'PKEY'
      readonly sessionId: Uint8Array
      readonly versions: VersionRange
      /** DER, leaf first. */
      readonly certificates: readonly [Uint8Array, ...Uint8Array[]]
      /** DER of smp §2.3. */
      readonly signedKey: Uint8Array
    }
  | { readonly type: 'RRES' | 'PRES'; readonly response: Uint8Array }
  | { readonly type: 'INFO'; readonly info: QueueInfo }
  | { readonly type: 'ERR'; readonly error: SmpError }
  | { readonly type: BareMessage }

const BARE = ['END', 'DELD', 'OK', 'PONG'] as const
type BareMessage = (typeof BARE)[number]

export interface IdsMessage {
  readonly type: 'IDS'
  readonly recipientId: Uint8Array
  readonly senderId: Uint8Array
  readonly dhKey: PublicKey<'X25519'>
  /** Sent from version 9. */
  readonly mode?: QueueMode | undefined
  /** Sent from version 15. */
  readonly linkId?: Uint8Array | undefined
  /** Sent from version 16. */
  readonly serviceId?: Uint8Array | undefined
  /** Sent from version 17. */
  readonly notifier?: { readonly notifierId: Uint8Array; readonly dhKey: PublicKey<'X25519'> } | undefined
}

const NONCE = 24

export function encodeMessage(version: number, message: BrokerMessage): Uint8Array {
  const writer = new Writer(message.type === 'MSG' ? message.body.length + 32 : 256)
  writeMessage(writer, version, message)
  return writer.done()
}

export function writeMessage(writer: Writer, version: number, message: BrokerMessage): void {
  switch (message.type) {
    case 'IDS':
      writeIds(writer, version, message)
      return
    case 'LNK':
      writer.literal('LNK ').short(message.senderId)
      writeLinkData(writer, message.data)
      return
    case 'SOK':
      if (version < 16) writer.literal('OK')
      else writer.literal('SOK ').optional(message.serviceId, (w, id) => w.short(id))
      return
    case 'SOKS':
    case 'ENDS':
      writer.literal(`${message.type} `).i64(message.queues)
      return
    case 'MSG':
      writer.literal('MSG ').short(message.msgId).raw(message.body)
      return
    case 'NID':
      writer.literal('NID ').short(message.notifierId)
      writePublicKey(writer, message.dhKey)
      return
    case 'NMSG':
      if (message.nonce.length !== NONCE) throw new CodecError('range', 'nonce must have 24 bytes')
      writer.literal('NMSG ').raw(message.nonce).short(message.meta)
      return
    case 'PKEY':
      writer.literal('PKEY ').short(message.sessionId)
      writeVersionRange(writer, message.versions)
      writer.list1(message.certificates, (w, der) => w.large(der)).large(message.signedKey)
      return
    case 'RRES':
    case 'PRES':
      writer.literal(`${message.type} `).raw(message.response)
      return
    case 'INFO':
      writer.literal('INFO ').raw(formatQueueInfo(message.info))
      return
    case 'ERR':
      writer.literal('ERR ')
      writeSmpError(writer, version, message.error)
      return
    case 'DELD':
      writer.literal(version < 10 ? 'END' : 'DELD')
      return
    default:
      writer.literal(message.type)
  }
}

/** Decodes a whole message; byte strings are views of `bytes`. */
export function decodeMessage(version: number, bytes: Uint8Array): BrokerMessage {
  const reader = new Reader(bytes)
  const message = readMessage(reader, version)
  reader.end()
  return message
}

function readMessage(reader: Reader, version: number): BrokerMessage {
  const tag = readWord(reader)
  if (isBare(tag)) return { type: tag }
  readSpace(reader)
  switch (tag) {
    case 'IDS':
      return readIds(reader, version)
    case 'LNK':
      return { type: tag, senderId: reader.short(), data: readLinkData(reader) }
    case 'SOK':
      return { type: tag, serviceId: reader.optional((r) => r.short()) }
    case 'SOKS':
    case 'ENDS':
      return { type: tag, queues: reader.i64() }
    case 'MSG':
      return { type: tag, msgId: reader.short(), body: reader.tail() }
    case 'NID':
      return { type: tag, notifierId: reader.short(), dhKey: readPublicKey(reader, 'X25519') }
    case 'NMSG':
      return { type: tag, nonce: reader.raw(NONCE), meta: reader.short() }
    case 'PKEY':
      return {
        type: tag,
        sessionId: reader.short(),
        versions: readVersionRange(reader),
        certificates: reader.list1((r) => r.large()),
        signedKey: reader.large(),
      }
    case 'RRES':
    case 'PRES':
      return { type: tag, response: reader.tail() }
    case 'INFO':
      return { type: tag, info: parseQueueInfo(reader.tail()) }
    case 'ERR':
      return { type: tag, error: readSmpError(reader) }
    default:
      throw new CodecError('syntax', 'unknown message')
  }
}

function isBare(tag: string): tag is BareMessage {
  return (BARE as readonly string[]).includes(tag)
}

/** The layouts of smp §5.4. */
function writeIds(writer: Writer, version: number, ids: IdsMessage): void {
  writer.literal('IDS ').short(ids.recipientId).short(ids.senderId)
  writePublicKey(writer, ids.dhKey)
  if (version >= 15) {
    writer.optional(ids.mode, writeQueueMode).optional(ids.linkId, (w, id) => w.short(id))
  } else if (version >= 9) {
    writer.bool(ids.mode === 'messaging')
  }
  if (version >= 16) writer.optional(ids.serviceId, (w, id) => w.short(id))
  if (version >= 17) {
    writer.optional(ids.notifier, (w, { notifierId, dhKey }) => writePublicKey(w.short(notifierId), dhKey))
  }
}

function readIds(reader: Reader, version: number): IdsMessage {
  const recipientId = reader.short().slice()
  const senderId = reader.short().slice()
  const dhKey = readPublicKey(reader, 'X25519')
  return {
    type: 'IDS',
    recipientId,
    senderId,
    dhKey,
    mode: readIdsMode(reader, version),
    linkId: version >= 15 ? reader.optional((r) => r.short().slice()) : undefined,
    serviceId: version >= 16 ? reader.optional((r) => r.short()) : undefined,
    notifier:
      version >= 17
        ? reader.optional((r) => ({ notifierId: r.short(), dhKey: readPublicKey(r, 'X25519') }))
        : undefined,
  }
}

function readIdsMode(reader: Reader, version: number): QueueMode | undefined {
  if (version >= 15) return reader.optional(readQueueMode)
  if (version >= 9) return reader.bool() ? 'messaging' : 'contact'
  return undefined
}
