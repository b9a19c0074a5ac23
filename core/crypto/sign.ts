import { sign as nodeSign, verify as nodeVerify } from 'node:crypto'
import sodium from 'sodium-native'
import { concat } from '../codec/bytes.ts'
import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import { publicKeyOf } from './keypair.ts'
import { nativePrivateKey, nativePublicKey } from './native.ts'

/** Pure Ed25519 (64 bytes, libsodium) and Ed448 (114 bytes, empty context, OpenSSL) signatures (smp §2.7). */
export type SigningAlgorithm = 'Ed25519' | 'Ed448'

const SIGNATURE_SIZE = { Ed25519: 64, Ed448: 114 } as const

export function signatureSize(algorithm: SigningAlgorithm): number {
  return SIGNATURE_SIZE[algorithm]
}

/** libsodium signs with seed ‖ public key; deriving the public half costs as much as a signature, so it is kept. */
const expanded = new WeakMap<PrivateKey, Uint8Array>()

export function sign(key: PrivateKey<SigningAlgorithm>, message: Uint8Array): Uint8Array {
  if (key.algorithm === 'Ed448') {
    return nodeSign(null, message, nativePrivateKey(key))
  }
  let secret = expanded.get(key)
  if (secret === undefined) {
    secret = concat(key.raw, publicKeyOf(key).raw)
    expanded.set(key, secret)
  }
  const signature = new Uint8Array(64)
  sodium.crypto_sign_detached(signature, message, secret)
  return signature
}

/** False for a wrong signature, a signature of another length and a key that is not on the curve. */
export function verify(key: PublicKey<SigningAlgorithm>, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_SIZE[key.algorithm]) return false
  if (key.algorithm === 'Ed25519') return sodium.crypto_sign_verify_detached(signature, message, key.raw)
  try {
    return nodeVerify(null, message, nativePublicKey(key), signature)
  } catch {
    return false
  }
}
