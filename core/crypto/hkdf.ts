import sodium from 'sodium-native'
import { EMPTY, latin1 } from '../codec/bytes.ts'
import { sha512 } from './hash.ts'

/**
 * HKDF (RFC 5869) with HMAC-SHA-512 (agent §0.4); `length` bytes come out. A block of the transport and a step of the
 * ratchet take one each, and node:crypto spends most of its time there on objects, so HMAC is put together here:
 *
 *     HMAC(key, m) = SHA-512(key ⊕ 5c… ‖ SHA-512(key ⊕ 36… ‖ m))
 */
export function hkdf(salt: Uint8Array, inputKey: Uint8Array, info: string, length: number): Uint8Array {
  const label = labelOf(info)
  reserve(Math.max(inputKey.length, HASH + label.length + 1))
  inner.set(inputKey, BLOCK)
  hmac(salt.length > BLOCK ? sha512(salt) : salt, inputKey.length, extracted)
  const out = new Uint8Array(Math.ceil(length / HASH) * HASH)
  for (let at = 0; at < length; at += HASH) {
    const previous = at === 0 ? 0 : HASH
    inner.set(out.subarray(at - previous, at), BLOCK)
    inner.set(label, BLOCK + previous)
    inner[BLOCK + previous + label.length] = at / HASH + 1
    hmac(extracted, previous + label.length + 1, out.subarray(at, at + HASH))
  }
  return out.subarray(0, length)
}

const BLOCK = 128
const HASH = 64
const extracted = new Uint8Array(HASH)
const outer = new Uint8Array(BLOCK + HASH)
/** Key block and message of the inner hash; grows with the longest message. */
let inner = new Uint8Array(BLOCK + 512)

function reserve(messageLength: number): void {
  if (BLOCK + messageLength > inner.length) inner = new Uint8Array(BLOCK + messageLength)
}

/** HMAC of the `length` bytes that stand behind the key block of `inner`. */
function hmac(key: Uint8Array, length: number, out: Uint8Array): void {
  inner.fill(0x36, 0, BLOCK)
  outer.fill(0x5c, 0, BLOCK)
  for (let i = 0; i < key.length; i++) {
    inner[i] = key[i]! ^ 0x36
    outer[i] = key[i]! ^ 0x5c
  }
  sodium.crypto_hash_sha512(outer.subarray(BLOCK), inner.subarray(0, BLOCK + length))
  sodium.crypto_hash_sha512(out, outer)
}

const labels = new Map<string, Uint8Array>()

/** There are a dozen different labels in the whole protocol. */
function labelOf(info: string): Uint8Array {
  let label = labels.get(info)
  if (label === undefined) {
    label = latin1(info)
    if (labels.size < 100) labels.set(info, label)
  }
  return label
}

/** HKDF to three 32-byte keys. */
export function hkdf3(salt: Uint8Array, inputKey: Uint8Array, info: string): [Uint8Array, Uint8Array, Uint8Array] {
  const out = hkdf(salt, inputKey, info, 96)
  return [out.subarray(0, 32), out.subarray(32, 64), out.subarray(64, 96)]
}

export const NO_SALT = EMPTY
