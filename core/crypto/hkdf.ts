import { createSecretKey, hkdfSync } from 'node:crypto'
import { EMPTY } from '../codec/bytes.ts'

/** HKDF (RFC 5869) with HMAC-SHA-512 (agent §0.4); `length` bytes come out. A KeyObject halves what Node takes. */
export function hkdf(salt: Uint8Array, inputKey: Uint8Array, info: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha512', createSecretKey(inputKey), salt, info, length))
}

/** HKDF to three 32-byte keys. */
export function hkdf3(salt: Uint8Array, inputKey: Uint8Array, info: string): [Uint8Array, Uint8Array, Uint8Array] {
  const out = hkdf(salt, inputKey, info, 96)
  return [out.subarray(0, 32), out.subarray(32, 64), out.subarray(64, 96)]
}

export const NO_SALT = EMPTY
