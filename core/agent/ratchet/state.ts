import type { KeyPair, PrivateKey, PublicKey } from '../../codec/keys.ts'
import type { KemState } from './kem.ts'

/**
 * One end of a double ratchet with header encryption (agent §4.1). Immutable, and made of bytes, numbers and flags
 * only, so that a store can keep each field as it is. Keys are 32 bytes; X448 keys are raw, 56 bytes.
 */
export interface RatchetState {
  /** Version in use, and the highest that we could use. */
  readonly version: number
  readonly maxVersion: number
  /** Associated data: 112 bytes, the joiner's first key and the initiator's first key. Its SHA-256 is the security code. */
  readonly ad: Uint8Array
  /** Our X448 pair; the public half goes into every header and costs as much as an agreement to derive. */
  readonly dhPrivate: Uint8Array
  readonly dhPublic: Uint8Array
  readonly kem: KemState | undefined
  /** Sticky: headers are padded to the size that holds KEM keys. */
  readonly supportKem: boolean
  /** Use the KEM at the next ratchet step. */
  readonly enableKem: boolean
  /** Whether the current chains were derived with a KEM secret ("quantum resistant" to the user). */
  readonly sendKem: boolean
  readonly receiveKem: boolean
  readonly rootKey: Uint8Array
  /** Absent at the initiator until it has decrypted a message. */
  readonly send: SendChain | undefined
  /** Absent until the first message is decrypted. */
  readonly receive: ReceiveChain | undefined
  /** Ns, Nr, PN: messages sent and received in the current chains, messages sent in the previous one. */
  readonly sendCount: number
  readonly receiveCount: number
  readonly previousSendCount: number
  readonly nextSendHeaderKey: Uint8Array
  readonly nextReceiveHeaderKey: Uint8Array
}

interface SendChain {
  /** The peer's X448 key, raw. */
  readonly peerKey: Uint8Array
  readonly chainKey: Uint8Array
  readonly headerKey: Uint8Array
}

interface ReceiveChain {
  readonly chainKey: Uint8Array
  readonly headerKey: Uint8Array
}

/** The key of a message that has not come yet: (headerKey, number) identifies it. */
export interface SkippedKey {
  readonly headerKey: Uint8Array
  readonly number: number
  readonly messageKey: Uint8Array
  readonly iv: Uint8Array
}

/** What a decryption does to the stored skipped keys; to be committed together with the state. */
export interface SkippedChanges {
  readonly added: readonly SkippedKey[]
  readonly removed: SkippedKey | undefined
}

export function x448Private(raw: Uint8Array): PrivateKey<'X448'> {
  return { algorithm: 'X448', raw }
}

export function x448Public(raw: Uint8Array): PublicKey<'X448'> {
  return { algorithm: 'X448', raw }
}

export type X448Pair = KeyPair<'X448'>
