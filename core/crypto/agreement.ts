import { diffieHellman } from 'node:crypto'
import sodium from 'sodium-native'
import { HearthError } from '../codec/error.ts'
import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import { nativePrivateKey, nativePublicKey } from './native.ts'

/**
 * X25519 (32 bytes) and X448 (56 bytes), raw and unhashed (smp §2.5, agent §0.4).
 * Errors: crypto `agreement` where the peer's key yields the all-zero secret.
 */
export function agree<A extends 'X25519' | 'X448'>(own: PrivateKey<A>, peer: PublicKey<NoInfer<A>>): Uint8Array {
  try {
    if (own.algorithm === 'X25519') {
      const secret = new Uint8Array(32)
      sodium.crypto_scalarmult(secret, own.raw, peer.raw)
      return secret
    }
    return diffieHellman({ privateKey: nativePrivateKey(own), publicKey: nativePublicKey(peer) })
  } catch {
    throw new HearthError('crypto', 'agreement', 'no shared secret with this key')
  }
}
