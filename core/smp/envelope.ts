import { CodecError } from '../codec/error.ts'
import { type PublicKey, readPublicKey, writePublicKey } from '../codec/keys.ts'
import { Reader } from '../codec/reader.ts'
import { Writer } from '../codec/writer.ts'
import { BOX_NONCE, openPadded, sealPadded } from '../crypto/box.ts'
import { type AuthKey, readAuthKey } from './commands.ts'

/** Padded sizes of the client message (smp §2.10): confirmations and invitations, and any later message. */
export const CONFIRMATION_PADDING = 15904
export const MESSAGE_PADDING = 16000

/** What fits after the empty private header. */
export const MAX_CONFIRMATION_BODY = CONFIRMATION_PADDING - 3
export const MAX_MESSAGE_BODY = MESSAGE_PADDING - 3

/** Clear part of an envelope: the version of the client protocol and, in the first message, the sender's key. */
export interface PublicHeader {
  readonly version: number
  readonly key?: PublicKey<'X25519'> | undefined
}

/** Body of `SEND`, from sender to recipient, opaque for the router. */
export interface ClientEnvelope {
  readonly header: PublicHeader
  /** 24 bytes. */
  readonly nonce: Uint8Array
  readonly sealed: Uint8Array
}

/** Encrypted part: `senderKey` is there where the recipient must secure the queue with it. */
export interface ClientMessage {
  readonly senderKey?: AuthKey | undefined
  readonly body: Uint8Array
}

export function writePublicHeader(writer: Writer, header: PublicHeader): void {
  writer.u16(header.version).optional(header.key, writePublicKey)
}

export function readPublicHeader(reader: Reader): PublicHeader {
  return reader.all((r) => ({ version: r.u16(), key: r.optional((item) => readPublicKey(item, 'X25519')) }))
}

export function encodeEnvelope(envelope: ClientEnvelope): Uint8Array {
  if (envelope.nonce.length !== BOX_NONCE) throw new CodecError('range', 'nonce must have 24 bytes')
  const writer = new Writer(envelope.sealed.length + 80)
  writePublicHeader(writer, envelope.header)
  return writer.raw(envelope.nonce).raw(envelope.sealed).done()
}

export function decodeEnvelope(bytes: Uint8Array): ClientEnvelope {
  const reader = new Reader(bytes)
  return { header: readPublicHeader(reader), nonce: reader.raw(BOX_NONCE), sealed: reader.tail() }
}

export function encodeClientMessage(message: ClientMessage): Uint8Array {
  const writer = new Writer(message.body.length + 80)
  writePrivateHeader(writer, message.senderKey)
  return writer.raw(message.body).done()
}

export function decodeClientMessage(bytes: Uint8Array): ClientMessage {
  const reader = new Reader(bytes)
  return { senderKey: readPrivateHeader(reader), body: reader.tail() }
}

export function writePrivateHeader(writer: Writer, senderKey: AuthKey | undefined): void {
  if (senderKey === undefined) writer.literal('_')
  else writePublicKey(writer.literal('K'), senderKey)
}

export function readPrivateHeader(reader: Reader): AuthKey | undefined {
  return reader.all((r) => {
    if (r.accept('_')) return undefined
    r.literal('K')
    return readAuthKey(r)
  })
}

/**
 * The body of a `SEND`. `secret` is `boxKey` of the agreement between the sender's key and the recipient's key of the
 * queue address, `padding` one of the sizes above. Errors: crypto `large` where the message does not fit.
 */
export function sealEnvelope(
  secret: Uint8Array,
  header: PublicHeader,
  nonce: Uint8Array,
  message: ClientMessage,
  padding: typeof CONFIRMATION_PADDING | typeof MESSAGE_PADDING,
): Uint8Array {
  return encodeEnvelope({ header, nonce, sealed: sealPadded(secret, nonce, encodeClientMessage(message), padding) })
}

/** Errors: crypto `box`; CodecError where the plaintext is not of the form. The padded size is not judged. */
export function openEnvelope(secret: Uint8Array, envelope: ClientEnvelope): ClientMessage {
  return decodeClientMessage(openPadded(secret, envelope.nonce, envelope.sealed))
}
