import { createCipheriv, createSecretKey } from 'node:crypto'
import sodium from 'sodium-native'
import { concat } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import { BOX_NONCE, BOX_OVERHEAD } from '../../crypto/box.ts'
import { GCM_TAG } from '../../crypto/gcm.ts'
import { MESSAGE_PADDING } from '../../smp/envelope.ts'
import { AGENT_VERSIONS } from '../links/full-link.ts'
import { encryptedSize, type MessageKey } from '../ratchet/encrypt.ts'
import { E2E_KEM_VERSION } from '../ratchet/params.ts'

/** One message to one queue, ready to be encrypted: what a delivery has stored, and a fresh nonce. */
export interface BulkItem {
  readonly messageKey: MessageKey
  /** `messagePrefix` of the message; empty where `body` is a complete plaintext. */
  readonly prefix: Uint8Array
  /** The encoded content. The same object in several items of a batch travels to a thread once. */
  readonly body: Uint8Array
  /** `messageSize` of the connection. */
  readonly paddedLength: number
  /** `boxKey` of the secret shared with the queue's recipient. */
  readonly boxKey: Uint8Array
  /** 24 bytes, random for every attempt. */
  readonly nonce: Uint8Array
  /** Version of the client protocol agreed for the queue. */
  readonly clientVersion: number
}

/**
 * The body of a `SEND` that carries a message, from the inside out (agent §4.4, §6.1, §6.2), built in place:
 *
 *      0  u16 client version ‖ '0'
 *      3  nonce(24)
 *     27  box tag(16)
 *     43  boxed: u16 length ‖ '_' ‖ u16 agent version ‖ 'M' ‖ L(encHeader) ‖ GCM tag(16) ‖ ciphertext ‖ '#'…
 *
 * An envelope without a key has always this size.
 */
const BOX_AT = 3 + BOX_NONCE
const PADDED_AT = BOX_AT + BOX_OVERHEAD
export const MESSAGE_BODY_SIZE = PADDED_AT + MESSAGE_PADDING
const ENVELOPE_HEAD = 4

const ZERO = 0x30
const UNDERSCORE = 0x5f
const LETTER_M = 0x4d
const FILLER = 0x23

/** Errors: crypto `large` where the plaintext or the message does not fit. */
export function checkItem(item: BulkItem): void {
  const plaintext = item.prefix.length + item.body.length
  const message = encryptedSize(item.messageKey, item.paddedLength)
  if (plaintext + 2 > item.paddedLength || message + ENVELOPE_HEAD + 2 > MESSAGE_PADDING) {
    throw new HearthError('crypto', 'large', `${plaintext} bytes do not fit into ${item.paddedLength} padded bytes`)
  }
}

/** The complete `SEND` body of one message, 16043 bytes. Errors: crypto `large`. */
export function sealMessage(item: BulkItem): Uint8Array {
  checkItem(item)
  const out = new Uint8Array(MESSAGE_BODY_SIZE)
  sealInto(item, out)
  return out
}

/** `sealMessage` into memory of the caller, exactly `MESSAGE_BODY_SIZE` bytes, for an item that was checked. */
export function sealInto(item: BulkItem, out: Uint8Array): void {
  const { version, ad, key, iv, encHeader } = item.messageKey
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv, { authTagLength: GCM_TAG })
  cipher.setAAD(concat(ad, encHeader))
  const ciphertext = cipher.update(padded(item))
  cipher.final()

  putU16(out, 0, item.clientVersion)
  out[2] = ZERO
  out.set(item.nonce, 3)

  putU16(out, PADDED_AT, ENVELOPE_HEAD + encryptedSize(item.messageKey, item.paddedLength))
  let at = PADDED_AT + 2
  out[at] = UNDERSCORE
  putU16(out, at + 1, AGENT_VERSIONS.max)
  out[at + 3] = LETTER_M
  at += ENVELOPE_HEAD
  if (version >= E2E_KEM_VERSION) {
    putU16(out, at, encHeader.length)
    at += 2
  } else out[at++] = encHeader.length
  out.set(encHeader, at)
  at += encHeader.length
  out.set(cipher.getAuthTag(), at)
  at += GCM_TAG
  out.set(ciphertext, at)
  out.fill(FILLER, at + ciphertext.length)

  sodium.crypto_secretbox_easy(out.subarray(BOX_AT), out.subarray(PADDED_AT), item.nonce, item.boxKey)
}

let scratch = new Uint8Array(0)

/** The padded plaintext, in memory that the next call overwrites. */
function padded({ prefix, body, paddedLength }: BulkItem): Uint8Array {
  if (scratch.length !== paddedLength) scratch = new Uint8Array(paddedLength)
  const length = prefix.length + body.length
  putU16(scratch, 0, length)
  scratch.set(prefix, 2)
  scratch.set(body, 2 + prefix.length)
  scratch.fill(FILLER, 2 + length)
  return scratch
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
}
