import { reverse } from '../codec/bytes.ts'
import { type PublicKey, readPublicKey, writePublicKey } from '../codec/keys.ts'
import { Reader } from '../codec/reader.ts'
import { Writer } from '../codec/writer.ts'
import { open, openPadded, seal, sealPadded, toNonce } from '../crypto/box.ts'

/**
 * The two layers of private message routing (smp §6.10). `secret` is `boxKey` of an agreement: client key with relay
 * session key for the inner layer, proxy handshake key with relay session key for the outer.
 */
const PROXIED_PADDING = 16226

/** Inner layer of a request, from the client: `payload` is a block with one transmission. */
export function sealProxied(secret: Uint8Array, corrId: Uint8Array, payload: Uint8Array): Uint8Array {
  return sealPadded(secret, toNonce(corrId), payload, PROXIED_PADDING)
}

export function openProxied(secret: Uint8Array, corrId: Uint8Array, sealed: Uint8Array): Uint8Array {
  return openPadded(secret, toNonce(corrId), sealed)
}

/** Inner layer of an answer, from the relay: the nonce of the request backwards. */
export function sealProxiedAnswer(secret: Uint8Array, corrId: Uint8Array, payload: Uint8Array): Uint8Array {
  return sealPadded(secret, reverse(toNonce(corrId)), payload, PROXIED_PADDING)
}

export function openProxiedAnswer(secret: Uint8Array, corrId: Uint8Array, sealed: Uint8Array): Uint8Array {
  return openPadded(secret, reverse(toNonce(corrId)), sealed)
}

/** What the proxy forwards: the fields of `PFWD` and its correlation id. */
export interface ForwardedTransmission {
  readonly corrId: Uint8Array
  readonly version: number
  readonly key: PublicKey<'X25519'>
  readonly transmission: Uint8Array
}

export function encodeForwarded(forwarded: ForwardedTransmission): Uint8Array {
  const writer = new Writer(forwarded.transmission.length + 96)
  writer.short(forwarded.corrId).u16(forwarded.version)
  writePublicKey(writer, forwarded.key)
  return writer.raw(forwarded.transmission).done()
}

export function decodeForwarded(bytes: Uint8Array): ForwardedTransmission {
  const reader = new Reader(bytes)
  return {
    corrId: reader.short(),
    version: reader.u16(),
    key: readPublicKey(reader, 'X25519'),
    transmission: reader.tail(),
  }
}

/** Outer layer of a request, from the proxy. */
export function sealForwarded(secret: Uint8Array, corrId: Uint8Array, forwarded: ForwardedTransmission): Uint8Array {
  return seal(secret, toNonce(corrId), encodeForwarded(forwarded))
}

export function openForwarded(secret: Uint8Array, corrId: Uint8Array, sealed: Uint8Array): ForwardedTransmission {
  return decodeForwarded(open(secret, toNonce(corrId), sealed))
}

/** What comes back through the proxy: the correlation id of `PFWD` and the sealed answer. */
export interface ForwardedAnswer {
  readonly corrId: Uint8Array
  readonly answer: Uint8Array
}

function encodeForwardedAnswer(forwarded: ForwardedAnswer): Uint8Array {
  return new Writer(forwarded.answer.length + 32).short(forwarded.corrId).raw(forwarded.answer).done()
}

export function decodeForwardedAnswer(bytes: Uint8Array): ForwardedAnswer {
  const reader = new Reader(bytes)
  return { corrId: reader.short(), answer: reader.tail() }
}

export function sealForwardedAnswer(secret: Uint8Array, corrId: Uint8Array, forwarded: ForwardedAnswer): Uint8Array {
  return seal(secret, reverse(toNonce(corrId)), encodeForwardedAnswer(forwarded))
}

export function openForwardedAnswer(secret: Uint8Array, corrId: Uint8Array, sealed: Uint8Array): ForwardedAnswer {
  return decodeForwardedAnswer(open(secret, reverse(toNonce(corrId)), sealed))
}
