import { compare, concat } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import { includes } from '../../codec/version.ts'
import { sha256 } from '../../crypto/hash.ts'
import { generateKeyPair } from '../../crypto/keypair.ts'
import type { RatchetErrorCode } from './error.ts'
import { E2E_VERSIONS, type E2eParams } from './params.ts'
import { initiatorState, joinerState } from './start.ts'
import type { RatchetState } from './state.ts'
import { type X3dhKeys, type X3dhPeer, x3dhAsInitiator, x3dhAsJoiner } from './x3dh.ts'

/**
 * How two ends whose ratchets have parted make a new one (agent §9.2): each sends keys in an envelope `R`, and the
 * hashes of the keys decide who begins. Decisions only; what they cause is in ../synchronise.ts.
 *
 * - `ok`
 * - `allowed`: a message did not decrypt, which may be the only one
 * - `required`: the ratchets have parted
 * - `started`: our keys are on their way, the peer's are awaited
 * - `agreed`: there is a new ratchet, and nothing has come through it yet
 */
export type SyncState = 'ok' | 'allowed' | 'required' | 'started' | 'agreed'

/** What is said in the other states waits: the peer could not read it. */
export function maySend(state: SyncState): boolean {
  return state === 'ok' || state === 'allowed'
}

/** Whether the ends may begin without being told to. */
export function mayStart(state: SyncState): boolean {
  return state === 'allowed' || state === 'required'
}

export interface AfterFailure {
  readonly state: SyncState
  /** The ratchets have parted for sure, or two messages in a row did not decrypt: begin by ourselves. */
  readonly start: boolean
}

/** After a message that did not decrypt and is no copy of one that did. */
export function afterFailure(state: SyncState, reason: RatchetErrorCode): AfterFailure {
  if (!maySend(state) && state !== 'required') return { state, start: false }
  if (reason === 'header' || reason === 'skipped') return { state: 'required', start: true }
  if (reason === 'body' || reason === 'earlier') {
    // Once required it stays so until a message decrypts: what is said in the meantime waits already.
    return { state: state === 'required' ? 'required' : 'allowed', start: state !== 'ok' }
  }
  return { state, start: false }
}

/** After a message that decrypted. While we wait for the peer's keys it has come from before they were made. */
export function afterMessage(state: SyncState): SyncState {
  return state === 'started' ? 'started' : 'ok'
}

/**
 * What the peer's keys call for. `meet`: they meet ours, which the peer has got or will get. `answer`: with new ones of
 * ours. `begin`: they answer keys that we have forgotten or used, so that the peer has another ratchet than we. `ignore`:
 * the same, and the peer gets others of ours.
 *
 * The reference does not tell what its keys answer (`toOurs` undefined), and after an agreement waits for a person
 * instead of answering. Where that is not the right one of the two, it waits for ever: we answer.
 */
export function actionFor(state: SyncState, toOurs: boolean | undefined): 'meet' | 'answer' | 'begin' | 'ignore' {
  if (state === 'started') return toOurs === false ? 'ignore' : 'meet'
  return toOurs === undefined ? 'answer' : 'begin'
}

/** Of the raw keys, both ends compute the same. */
export function keyHash({ key1, key2 }: X3dhPeer): Uint8Array {
  return sha256(concat(key1.raw, key2.raw))
}

export interface Renewal {
  readonly state: RatchetState
  /** We send first; the other end cannot before it has received that. */
  readonly sending: boolean
}

/** The new ratchet, as both ends make it. Errors: protocol `A_VERSION`, crypto `agreement`. */
export function renewRatchet(own: X3dhKeys, peer: E2eParams, random: (size: number) => Uint8Array): Renewal {
  const { version } = peer
  if (!includes(E2E_VERSIONS, version)) {
    throw new HearthError('protocol', 'A_VERSION', `version ${version} of the encryption`)
  }
  const hash = keyHash({ key1: own.key1.publicKey, key2: own.key2.publicKey })
  if (compare(hash, keyHash(peer)) <= 0) {
    return {
      state: initiatorState(x3dhAsInitiator(own, peer), own.key2, undefined, false, version),
      sending: false,
    }
  }
  const dh = generateKeyPair('X448', random)
  return { state: joinerState(x3dhAsJoiner(own, peer), peer, dh, undefined, version), sending: true }
}
