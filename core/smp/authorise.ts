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

/** The agreed key of one side's key with the other's: it serves as long as both are used together. */
interface Agreed {
  readonly other: PublicKey | PrivateKey
  readonly box: Uint8Array
}

/**
 * A sender uses its key in one session with many messages, and an agreement costs as much as all the rest: the last one
 * of each key object is kept. Only what has authorised something is kept, so that the time of a refusal does not tell
 * whether a queue exists (smp §6.3).
 */
const agreed = new WeakMap<PublicKey | PrivateKey, Agreed>()

function keptBox(key: PublicKey | PrivateKey, other: PublicKey | PrivateKey): Uint8Array | undefined {
  const kept = agreed.get(key)
  return kept?.other === other ? kept.box : undefined
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
  let box = keptBox(key, peerKey)
  if (box === undefined) {
    box = boxKey(agree(key as PrivateKey<'X25519'>, peerKey))
    agreed.set(key, { other: peerKey, box })
  }
  return seal(box, toNonce(corrId), sha512(covered))
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
    const kept = keptBox(key, sessionKey)
    const box = kept ?? boxKey(agree(sessionKey, key as PublicKey<'X25519'>))
    const right = timingSafeEqual(open(box, toNonce(corrId), authenticator), sha512(covered))
    if (right && kept === undefined) agreed.set(key, { other: sessionKey, box })
    return right
  } catch (error) {
    if (error instanceof HearthError) return false
    throw error
  }
}
