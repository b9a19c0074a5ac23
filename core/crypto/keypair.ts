import { createPublicKey } from 'node:crypto'
import sodium from 'sodium-native'
import { fromBase64url } from '../codec/base64url.ts'
import { type KeyAlgorithm, type KeyPair, keySize, type PrivateKey, type PublicKey } from '../codec/keys.ts'
import { nativePrivateKey } from './native.ts'

/** Makes a key pair from `random`, which returns that many random bytes (`Env.random`). */
export function generateKeyPair<A extends KeyAlgorithm>(
  algorithm: A,
  random: (size: number) => Uint8Array,
): KeyPair<A> {
  const privateKey: PrivateKey<A> = { algorithm, raw: random(keySize(algorithm)) }
  return { privateKey, publicKey: publicKeyOf(privateKey) }
}

export function publicKeyOf<A extends KeyAlgorithm>(key: PrivateKey<A>): PublicKey<A> {
  const { algorithm } = key
  if (algorithm === 'X25519') {
    const raw = new Uint8Array(32)
    sodium.crypto_scalarmult_base(raw, key.raw)
    return { algorithm, raw }
  }
  if (algorithm === 'Ed25519') {
    const raw = new Uint8Array(32)
    sodium.crypto_sign_seed_keypair(raw, new Uint8Array(64), key.raw)
    return { algorithm, raw }
  }
  const { x = '' } = createPublicKey(nativePrivateKey(key)).export({ format: 'jwk' })
  return { algorithm, raw: fromBase64url(x) }
}
