import { EMPTY, equal } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import { decodePublicKey, encodePublicKey, type PublicKey } from '../codec/keys.ts'
import { decode, type Reader } from '../codec/reader.ts'
import { encode, type Writer } from '../codec/writer.ts'
import { sha256, sha256Of } from '../crypto/hash.ts'
import {
  type QueueAddress,
  type QueueInfo,
  type QueueUri,
  readQueueAddress,
  readQueueInfo,
  readQueueUri,
  writeQueueAddress,
  writeQueueInfo,
  writeQueueUri,
} from './links/queue-address.ts'

type NonEmpty<T> = readonly [T, ...T[]]

/** What the ratchet encrypts (agent §6.3). Message numbers are counted for each connection and direction, from 1. */
export type AgentMessage =
  /** Confirmation of the initiator. */
  | { readonly type: 'connInfo'; readonly info: Uint8Array }
  /** Confirmation of the joiner; only the first queue is used. */
  | { readonly type: 'connInfoReply'; readonly queues: NonEmpty<QueueInfo>; readonly info: Uint8Array }
  /** Inside `R` envelopes, empty. */
  | { readonly type: 'ratchetInfo'; readonly info: Uint8Array }
  | {
      readonly type: 'message'
      readonly number: number
      /** SHA-256 of the plaintext sent before this one in the same direction; empty for the first. */
      readonly previousHash: Uint8Array
      readonly message: AMessage
    }

/** The content of a numbered message (agent §6.4). */
export type AMessage =
  | { readonly type: 'HELLO' }
  | { readonly type: 'A_MSG'; readonly body: Uint8Array }
  | { readonly type: 'A_RCVD'; readonly receipts: NonEmpty<Receipt> }
  | { readonly type: 'A_QCONT'; readonly queue: QueueAddress }
  | { readonly type: 'QADD'; readonly queues: NonEmpty<AddedQueue> }
  | { readonly type: 'QKEY'; readonly queues: NonEmpty<KeyedQueue> }
  | { readonly type: 'QUSE'; readonly queues: NonEmpty<UsedQueue> }
  | { readonly type: 'QTEST'; readonly queues: NonEmpty<QueueAddress> }
  | { readonly type: 'EREADY'; readonly lastNumber: number }

export interface Receipt {
  readonly number: number
  /** SHA-256 of the plaintext as it was received. */
  readonly hash: Uint8Array
  readonly info: Uint8Array
}

interface AddedQueue {
  readonly queue: QueueUri
  readonly replaces: QueueAddress | undefined
}

interface KeyedQueue {
  readonly queue: QueueInfo
  /** The sender's key for authorising commands. */
  readonly senderKey: PublicKey
}

interface UsedQueue {
  readonly queue: QueueAddress
  readonly primary: boolean
}

export function encodeAgentMessage(message: AgentMessage): Uint8Array {
  return encode((w) => {
    switch (message.type) {
      case 'connInfo':
        w.literal('I').raw(message.info)
        return
      case 'connInfoReply':
        w.literal('D').list1(message.queues, writeQueueInfo).raw(message.info)
        return
      case 'ratchetInfo':
        w.literal('R').raw(message.info)
        return
      case 'message':
        w.raw(messagePrefix(message.number, message.previousHash))
        writeAMessage(w, message.message)
    }
  })
}

export function decodeAgentMessage(bytes: Uint8Array): AgentMessage {
  return decode(bytes, (r) => {
    if (r.accept('I')) return { type: 'connInfo', info: r.tail() }
    if (r.accept('D')) return { type: 'connInfoReply', queues: r.list1(readQueueInfo), info: r.tail() }
    if (r.accept('R')) return { type: 'ratchetInfo', info: r.tail() }
    r.literal('M')
    return { type: 'message', number: readNumber(r), previousHash: r.short(), message: readAMessage(r) }
  })
}

export function encodeAMessage(message: AMessage): Uint8Array {
  return encode((w) => writeAMessage(w, message))
}

export function decodeAMessage(bytes: Uint8Array): AMessage {
  return decode(bytes, readAMessage)
}

function writeAMessage(w: Writer, message: AMessage): void {
  switch (message.type) {
    case 'HELLO':
      w.literal('H')
      return
    case 'A_MSG':
      w.literal('M').raw(message.body)
      return
    case 'A_RCVD':
      w.literal('V').list1(message.receipts, writeReceipt)
      return
    case 'A_QCONT':
      w.literal('QC')
      writeQueueAddress(w, message.queue)
      return
    case 'QADD':
      w.literal('QA').list1(message.queues, (item, { queue, replaces }) => {
        writeQueueUri(item, queue)
        item.optional(replaces, writeQueueAddress)
      })
      return
    case 'QKEY':
      w.literal('QK').list1(message.queues, (item, { queue, senderKey }) => {
        writeQueueInfo(item, queue)
        item.short(encodePublicKey(senderKey))
      })
      return
    case 'QUSE':
      w.literal('QU').list1(message.queues, (item, { queue, primary }) => {
        writeQueueAddress(item, queue)
        item.bool(primary)
      })
      return
    case 'QTEST':
      w.literal('QT').list1(message.queues, writeQueueAddress)
      return
    case 'EREADY':
      w.literal('E')
      writeNumber(w, message.lastNumber)
  }
}

function readAMessage(r: Reader): AMessage {
  if (r.accept('H')) return { type: 'HELLO' }
  if (r.accept('M')) return { type: 'A_MSG', body: r.tail() }
  if (r.accept('V')) return { type: 'A_RCVD', receipts: r.list1(readReceipt) }
  if (r.accept('QC')) return { type: 'A_QCONT', queue: readQueueAddress(r) }
  if (r.accept('QA')) return { type: 'QADD', queues: r.list1(readAddedQueue) }
  if (r.accept('QK')) return { type: 'QKEY', queues: r.list1(readKeyedQueue) }
  if (r.accept('QU')) return { type: 'QUSE', queues: r.list1(readUsedQueue) }
  if (r.accept('QT')) return { type: 'QTEST', queues: r.list1(readQueueAddress) }
  r.literal('E')
  return { type: 'EREADY', lastNumber: readNumber(r) }
}

export function writeReceipt(w: Writer, receipt: Receipt): void {
  writeNumber(w, receipt.number)
  w.short(receipt.hash).large(receipt.info)
}

export function readReceipt(r: Reader): Receipt {
  return { number: readNumber(r), hash: r.short(), info: r.large() }
}

function readAddedQueue(r: Reader): AddedQueue {
  return { queue: readQueueUri(r), replaces: r.optional(readQueueAddress) }
}

function readKeyedQueue(r: Reader): KeyedQueue {
  return { queue: readQueueInfo(r), senderKey: decodePublicKey(r.short()) }
}

function readUsedQueue(r: Reader): UsedQueue {
  return { queue: readQueueAddress(r), primary: r.bool() }
}

/** Counters are 64-bit on the wire; nobody's reaches 2^53. */
function writeNumber(w: Writer, number: number): void {
  if (!Number.isSafeInteger(number)) throw new CodecError('range', 'message number out of range')
  w.i64(BigInt(number))
}

function readNumber(r: Reader): number {
  const number = Number(r.i64())
  if (!Number.isSafeInteger(number)) throw new CodecError('range', 'message number out of range')
  return number
}

/**
 * The plaintext of a numbered message before its content. Prefix and content apart let one stored content serve many
 * connections (agent §7.6).
 */
export function messagePrefix(number: number, previousHash: Uint8Array): Uint8Array {
  return encode((w) => {
    w.literal('M')
    writeNumber(w, number)
    w.short(previousHash)
  })
}

/** The hash that chains messages: of the plaintext, given in parts, before padding and encryption (agent §6.5). */
export function messageHash(...parts: readonly Uint8Array[]): Uint8Array {
  const [first = EMPTY, ...rest] = parts
  return rest.length === 0 ? sha256(first) : sha256Of(...parts)
}

/** How a received message follows the one before; reported with it, never a reason to refuse it. */
export type Integrity =
  | { readonly type: 'ok' }
  | { readonly type: 'badNumber'; readonly number: number }
  | { readonly type: 'duplicate' }
  | { readonly type: 'skipped'; readonly from: number; readonly to: number }
  | { readonly type: 'badHash' }

export interface Received {
  readonly number: number
  readonly hash: Uint8Array
}

/** `previous` is the last received message of the connection: number and hash of its plaintext. */
export function checkIntegrity(previous: Received, number: number, previousHash: Uint8Array): Integrity {
  const sameHash = equal(previous.hash, previousHash)
  if (number === previous.number + 1 && sameHash) return { type: 'ok' }
  if (number < previous.number) return { type: 'badNumber', number }
  if (number === previous.number) return { type: 'duplicate' }
  if (number > previous.number + 1) return { type: 'skipped', from: previous.number + 1, to: number - 1 }
  return { type: 'badHash' }
}

/** As the reference shows it: `OK`, `ERR NO_ID 2 5`, `ERR ID 3`, `ERR DUPLICATE`, `ERR HASH`. */
export function formatIntegrity(integrity: Integrity): string {
  switch (integrity.type) {
    case 'ok':
      return 'OK'
    case 'badNumber':
      return `ERR ID ${integrity.number}`
    case 'duplicate':
      return 'ERR DUPLICATE'
    case 'skipped':
      return `ERR NO_ID ${integrity.from} ${integrity.to}`
    case 'badHash':
      return 'ERR HASH'
  }
}
