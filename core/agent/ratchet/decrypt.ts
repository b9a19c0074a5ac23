import { concat, equal } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import { agree } from '../../crypto/agreement.ts'
import { gcmOpen } from '../../crypto/gcm.ts'
import { generateKeyPair } from '../../crypto/keypair.ts'
import { unpad } from '../../crypto/padding.ts'
import { RatchetError } from './error.ts'
import {
  decodeEncryptedHeader,
  decodeHeader,
  decodeMessage,
  type EncryptedHeader,
  type EncryptedMessage,
  type MessageHeader,
} from './header.ts'
import { chainStep, rootStep } from './kdf.ts'
import type { Kem } from './kem.ts'
import { stepKem } from './kem-step.ts'
import { E2E_KEM_VERSION } from './params.ts'
import { skipTo } from './skip.ts'
import { type RatchetState, type SkippedChanges, type SkippedKey, x448Private } from './state.ts'

/**
 * A decryption never throws: state and skipped keys are to be stored whatever the outcome, because some failures
 * advance the ratchet (agent §4.6, pitfall 27). Where nothing changed, `state` is the very object that was given.
 */
export type Decryption = {
  readonly state: RatchetState
  readonly skipped: SkippedChanges
} & (
  | { readonly ok: true; readonly plaintext: Uint8Array /** The chain uses a KEM secret. */; readonly pq: boolean }
  | { readonly ok: false; readonly error: RatchetError }
)

export interface DecryptOptions {
  /** Fresh bytes for the key pair of a ratchet step. */
  readonly random: (size: number) => Uint8Array
  readonly kem?: Kem | undefined
}

const UNCHANGED: SkippedChanges = { added: [], removed: undefined }

/** Decrypts one message. `skipped` are all stored keys of this ratchet, in any order. */
export function ratchetDecrypt(
  state: RatchetState,
  skipped: readonly SkippedKey[],
  bytes: Uint8Array,
  options: DecryptOptions,
): Decryption {
  try {
    const message = decodeMessage(bytes)
    const encrypted = decodeEncryptedHeader(message.encHeader)
    const known = findSkipped(state, skipped, encrypted)
    if (known?.stored !== undefined) return openStored(state, known.stored, message)
    const found = known === undefined ? openHeader(state, encrypted) : chainOf(state, known)
    return receive(state, found, message, options)
  } catch (error) {
    return { state, skipped: UNCHANGED, ok: false, error: asRatchetError(error) }
  }
}

interface FoundHeader {
  readonly header: MessageHeader
  /** The header came under the next header key: the peer made a ratchet step. */
  readonly next: boolean
}

interface SkippedHeader {
  readonly headerKey: Uint8Array
  readonly header: MessageHeader
  readonly stored: SkippedKey | undefined
}

/** Tries the header keys of all chains with missing messages. */
function findSkipped(
  state: RatchetState,
  skipped: readonly SkippedKey[],
  encrypted: EncryptedHeader,
): SkippedHeader | undefined {
  const tried: Uint8Array[] = []
  for (const { headerKey } of skipped) {
    if (tried.some((key) => equal(key, headerKey))) continue
    tried.push(headerKey)
    const header = tryHeader(state, headerKey, encrypted)
    if (header === undefined) continue
    const stored = skipped.find((key) => key.number === header.number && equal(key.headerKey, headerKey))
    return { headerKey, header, stored }
  }
  return undefined
}

/** The chain whose header key opened a header for which no message key is stored. */
function chainOf(state: RatchetState, { headerKey, header }: SkippedHeader): FoundHeader {
  if (state.receive !== undefined && equal(state.receive.headerKey, headerKey)) return { header, next: false }
  if (equal(state.nextReceiveHeaderKey, headerKey)) return { header, next: true }
  throw noHeaderKey()
}

function openHeader(state: RatchetState, encrypted: EncryptedHeader): FoundHeader {
  const same = state.receive && tryHeader(state, state.receive.headerKey, encrypted)
  if (same !== undefined) return { header: same, next: false }
  const next = tryHeader(state, state.nextReceiveHeaderKey, encrypted)
  if (next !== undefined) return { header: next, next: true }
  throw noHeaderKey()
}

function noHeaderKey(): RatchetError {
  return new RatchetError('header', 'no header key opens the message')
}

/** Undefined where the key is not the right one. Errors: codec where the key is right but the header is malformed. */
function tryHeader(state: RatchetState, key: Uint8Array, encrypted: EncryptedHeader): MessageHeader | undefined {
  const padded = tryOpen(key, encrypted.iv, state.ad, encrypted)
  return padded && decodeHeader(encrypted.version, unpad(padded))
}

function tryOpen(
  key: Uint8Array,
  iv: Uint8Array,
  ad: Uint8Array,
  sealed: { readonly tag: Uint8Array; readonly ciphertext: Uint8Array },
): Uint8Array | undefined {
  try {
    return gcmOpen(key, iv, ad, sealed)
  } catch (error) {
    if (error instanceof HearthError) return undefined
    throw error
  }
}

/** A message that was missing: the ratchet stays as it is, and the key is spent even if the body does not open. */
function openStored(state: RatchetState, stored: SkippedKey, message: EncryptedMessage): Decryption {
  const skipped: SkippedChanges = { added: [], removed: stored }
  return finish(state, skipped, openBody(state, stored.messageKey, stored.iv, message))
}

function receive(
  before: RatchetState,
  { header, next }: FoundHeader,
  message: EncryptedMessage,
  options: DecryptOptions,
): Decryption {
  const upgraded = upgradeVersion(before, header.maxVersion)
  const added: SkippedKey[] = []
  let state = next ? step(upgraded, header, options, added) : upgraded
  let chain: ReturnType<typeof chainStep>
  try {
    const ahead = skipTo(state, header.number)
    added.push(...ahead.added)
    state = ahead.state
    chain = chainStep(state.receive!.chainKey)
  } catch (error) {
    return { state, skipped: { added, removed: undefined }, ok: false, error: asRatchetError(error) }
  }
  state = {
    ...state,
    receive: { ...state.receive!, chainKey: chain.chainKey },
    receiveCount: state.receiveCount + 1,
  }
  return finish(state, { added, removed: undefined }, openBody(state, chain.messageKey, chain.messageIv, message))
}

/** Never lowered (agent §4.6). */
function upgradeVersion(state: RatchetState, peerMaximum: number): RatchetState {
  const version = Math.max(state.version, Math.min(peerMaximum, state.maxVersion))
  return version === state.version ? state : { ...state, version }
}

/** The DH and KEM step. Whatever fails here, a gap in the old chain included, leaves the ratchet as it was. */
function step(before: RatchetState, header: MessageHeader, options: DecryptOptions, added: SkippedKey[]): RatchetState {
  const old = skipTo(before, header.previousCount)
  const { state } = old
  const useKem = state.enableKem && state.version >= E2E_KEM_VERSION
  const kem = stepKem(state.kem, header.kem, useKem, options.kem)
  const root1 = rootStep(state.rootKey, agree(x448Private(state.dhPrivate), header.dh), kem.receiveSecret)
  const dh = generateKeyPair('X448', options.random)
  const root2 = rootStep(root1.rootKey, agree(dh.privateKey, header.dh), kem.sendSecret)
  const sendKem = kem.sendSecret !== undefined
  const receiveKem = kem.receiveSecret !== undefined
  const enableKem = sendKem || receiveKem || kem.state !== undefined
  added.push(...old.added)
  return {
    ...state,
    dhPrivate: dh.privateKey.raw,
    dhPublic: dh.publicKey.raw,
    kem: kem.state,
    supportKem: state.supportKem || (state.version >= E2E_KEM_VERSION && enableKem),
    enableKem,
    sendKem,
    receiveKem,
    rootKey: root2.rootKey,
    send: { peerKey: header.dh.raw, chainKey: root2.chainKey, headerKey: state.nextSendHeaderKey },
    receive: { chainKey: root1.chainKey, headerKey: state.nextReceiveHeaderKey },
    previousSendCount: state.sendCount,
    sendCount: 0,
    receiveCount: 0,
    nextSendHeaderKey: root2.nextHeaderKey,
    nextReceiveHeaderKey: root1.nextHeaderKey,
  }
}

function openBody(
  state: RatchetState,
  key: Uint8Array,
  iv: Uint8Array,
  message: EncryptedMessage,
): Uint8Array | undefined {
  const padded = tryOpen(key, iv, concat(state.ad, message.encHeader), message)
  try {
    return padded && unpad(padded)
  } catch (error) {
    if (error instanceof HearthError) return undefined
    throw error
  }
}

function finish(state: RatchetState, skipped: SkippedChanges, plaintext: Uint8Array | undefined): Decryption {
  if (plaintext !== undefined) return { state, skipped, ok: true, plaintext, pq: state.receiveKem }
  return { state, skipped, ok: false, error: new RatchetError('body', 'the message does not authenticate') }
}

function asRatchetError(error: unknown): RatchetError {
  if (error instanceof RatchetError) return error
  if (error instanceof HearthError) return new RatchetError('syntax', error.message, 0, { cause: error })
  throw error
}
