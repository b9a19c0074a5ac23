import sodium from 'sodium-native'
import { HearthError } from '../codec/error.ts'
import { hsalsa20Zero } from './hsalsa20.ts'
import { padInto, unpad } from './padding.ts'

/**
 * The network's one symmetric construction (smp §2.5), for X25519 secrets and symmetric keys alike:
 *
 *     subkey = HSalsa20(key, 16 zero bytes)
 *     box    = tag(16) ‖ XSalsa20-Poly1305(subkey, nonce(24), message)
 *
 * The first step is what `crypto_box` does after its key agreement; plain `crypto_secretbox` leaves it out.
 */
export const BOX_NONCE = 24
export const BOX_OVERHEAD = 16

/** The key that `seal` and `open` take: HSalsa20(key, 0). Compute it once where a key serves many messages. */
export function boxKey(key: Uint8Array): Uint8Array {
  return hsalsa20Zero(key)
}

/** tag ‖ ciphertext under a key from `boxKey`. */
export function seal(subkey: Uint8Array, nonce: Uint8Array, message: Uint8Array): Uint8Array {
  const out = new Uint8Array(message.length + BOX_OVERHEAD)
  sodium.crypto_secretbox_easy(out, message, nonce, subkey)
  return out
}

/** Errors: crypto `box` where the tag does not match. */
export function open(subkey: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < BOX_OVERHEAD) throw new HearthError('crypto', 'box', 'box is shorter than its tag')
  const out = new Uint8Array(sealed.length - BOX_OVERHEAD)
  if (!sodium.crypto_secretbox_open_easy(out, sealed, nonce, subkey)) {
    throw new HearthError('crypto', 'box', 'box does not open')
  }
  return out
}

/**
 * The same, but the message takes the place of its ciphertext: for memory that nobody else looks at.
 * Errors: crypto `box`; the memory is not changed then.
 */
export function openInPlace(subkey: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < BOX_OVERHEAD) throw new HearthError('crypto', 'box', 'box is shorter than its tag')
  const message = sealed.subarray(BOX_OVERHEAD)
  if (!sodium.crypto_secretbox_open_easy(message, sealed, nonce, subkey)) {
    throw new HearthError('crypto', 'box', 'box does not open')
  }
  return message
}

/** `boxPad(key, nonce, m, n)`: n + 16 bytes, under a key from `boxKey`. */
export function sealPadded(subkey: Uint8Array, nonce: Uint8Array, message: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size + BOX_OVERHEAD)
  const padded = out.subarray(BOX_OVERHEAD)
  padInto(message, padded)
  sodium.crypto_secretbox_easy(out, padded, nonce, subkey)
  return out
}

export function openPadded(subkey: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array {
  return unpad(open(subkey, nonce, sealed))
}

/** `toNonce(b)`: cut to 24 bytes, or filled up with zeros on the right (smp §2.5). */
export function toNonce(bytes: Uint8Array): Uint8Array {
  if (bytes.length === BOX_NONCE) return bytes
  const nonce = new Uint8Array(BOX_NONCE)
  nonce.set(bytes.subarray(0, BOX_NONCE))
  return nonce
}
