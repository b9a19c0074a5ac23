import { timingSafeEqual } from 'node:crypto'
import { HearthError } from '../codec/error.ts'
import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import { agree } from '../crypto/agreement.ts'
import { BOX_OVERHEAD, boxKey, open, seal, toNonce } from '../crypto/box.ts'
import { sha512 } from '../crypto/hash.ts'
import { sign, signatureSize, verify } from '../crypto/sign.ts'
import type { AuthAlgorithm } from './commands.ts'

/** Signatures and authenticators of commands (smp §2.7). */
const AUTHENTICATOR_SIZE = BOX_OVERHEAD + 64

export function authenticatorSize(algorithm: AuthAlgorithm): number {
  return algorithm === 'X25519' ? AUTHENTICATOR_SIZE : signatureSize(algorithm)
}

/** The kind of key that makes authenticators of this length; undefined where no kind does. */
export function algorithmOfAuthenticator(length: number): AuthAlgorithm | undefined {
  switch (length) {
    case 64:
      return 'Ed25519'
    case 114:
      return 'Ed448'
    case AUTHENTICATOR_SIZE:
      return 'X25519'
    default:
      return undefined
  }
}

/**
 * Authorises `covered` (smp §2.6). X25519 keys need the router's session key and use the correlation id as nonce.
 * Errors: protocol `NO_SESSION_KEY` for an X25519 key without one.
 */
export function authorise(
  key: PrivateKey<AuthAlgorithm>,
  covered: Uint8Array,
  corrId: Uint8Array,
  peerKey: PublicKey<'X25519'> | undefined,
): Uint8Array {
  if (key.algorithm !== 'X25519') return sign(key as PrivateKey<'Ed25519' | 'Ed448'>, covered)
  if (peerKey === undefined) throw new HearthError('protocol', 'NO_SESSION_KEY', 'the router gave no session key')
  const secret = agree(key as PrivateKey<'X25519'>, peerKey)
  return seal(boxKey(secret), toNonce(corrId), sha512(covered))
}

/** Whether `authenticator` authorises `covered`; false also for one made with another kind of key. */
export function verifyAuthorisation(
  key: PublicKey<AuthAlgorithm>,
  authenticator: Uint8Array,
  covered: Uint8Array,
  corrId: Uint8Array,
  sessionKey: PrivateKey<'X25519'> | undefined,
): boolean {
  if (key.algorithm !== 'X25519') return verify(key as PublicKey<'Ed25519' | 'Ed448'>, covered, authenticator)
  if (sessionKey === undefined || authenticator.length !== AUTHENTICATOR_SIZE) return false
  try {
    const secret = agree(sessionKey, key as PublicKey<'X25519'>)
    return timingSafeEqual(open(boxKey(secret), toNonce(corrId), authenticator), sha512(covered))
  } catch (error) {
    if (error instanceof HearthError) return false
    throw error
  }
}
