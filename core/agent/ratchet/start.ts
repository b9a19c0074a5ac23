import { HearthError } from '../../codec/error.ts'
import { includes, intersect } from '../../codec/version.ts'
import { agree } from '../../crypto/agreement.ts'
import { RatchetError } from './error.ts'
import { rootStep } from './kdf.ts'
import { type Kem, type KemAccepted, type KemKeyPair, type KemParams, type KemState, kemParams } from './kem.ts'
import { E2E_KEM_VERSION, E2E_VERSIONS, type E2eLinkParams, type E2eParams } from './params.ts'
import type { RatchetState, X448Pair } from './state.ts'
import { type X3dhKeys, type X3dhSecrets, x3dhAsInitiator, x3dhAsJoiner } from './x3dh.ts'

/** How a ratchet begins on both sides (agent §3.3, §4.3). */

/** The end-to-end version for a peer's range. Errors: protocol `A_VERSION`. */
export function agreeE2eVersion(peer: E2eLinkParams): number {
  const common = intersect(peer.versions, E2E_VERSIONS)
  if (common === undefined) throw new HearthError('protocol', 'A_VERSION', 'no common version of the encryption')
  return common.max
}

export interface JoinerStart {
  readonly state: RatchetState
  /** Goes to the initiator in the confirmation. */
  readonly params: E2eParams
}

/**
 * The joiner's ratchet: it can send at once. `dh` is the third pair, told to nobody but through message headers.
 * Where `kem` is given and the version allows it, the link's KEM key is accepted, or a key of ours proposed.
 */
export function startAsJoiner(
  link: E2eLinkParams,
  keys: X3dhKeys,
  dh: X448Pair,
  kem?: Kem,
  version = agreeE2eVersion(link),
): JoinerStart {
  const kemState = kem === undefined || version < E2E_KEM_VERSION ? undefined : answerKem(link.kem, kem)
  const secrets = x3dhAsJoiner(keys, link, kemState?.accepted?.secret)
  return {
    state: joinerState(secrets, link, dh, kemState, version),
    params: {
      version,
      key1: keys.key1.publicKey,
      key2: keys.key2.publicKey,
      kem: kemState === undefined ? undefined : kemParams(kemState),
    },
  }
}

function answerKem(offered: KemParams | undefined, kem: Kem): KemState {
  const accepted = offered === undefined ? undefined : acceptKem(offered.publicKey, kem)
  return { own: kem.generate(), accepted }
}

function acceptKem(peerKey: Uint8Array, kem: Kem): KemAccepted {
  const { ciphertext, secret } = kem.encapsulate(peerKey)
  return { peerKey, secret, ciphertext }
}

/** Sending initialisation from agreed secrets; `startAsJoiner` is the usual way here. */
export function joinerState(
  secrets: X3dhSecrets,
  peer: { readonly key2: { readonly algorithm: 'X448'; readonly raw: Uint8Array } },
  dh: X448Pair,
  kem: KemState | undefined,
  version: number,
  maxVersion: number = E2E_VERSIONS.max,
): RatchetState {
  const accepted = kem?.accepted
  const root = rootStep(secrets.rootKey, agree(dh.privateKey, peer.key2), accepted?.secret)
  return {
    version,
    maxVersion,
    ad: secrets.ad,
    dhPrivate: dh.privateKey.raw,
    dhPublic: dh.publicKey.raw,
    kem,
    supportKem: kem !== undefined,
    enableKem: kem !== undefined,
    sendKem: accepted !== undefined,
    receiveKem: false,
    rootKey: root.rootKey,
    send: { peerKey: peer.key2.raw, chainKey: root.chainKey, headerKey: secrets.headerKey },
    receive: undefined,
    sendCount: 0,
    receiveCount: 0,
    previousSendCount: 0,
    nextSendHeaderKey: root.nextHeaderKey,
    nextReceiveHeaderKey: secrets.nextHeaderKey,
  }
}

/** What the initiator needs for the KEM: the pair that its link proposed, and whether the connection wants it. */
export interface InitiatorKem {
  readonly kem: Kem
  readonly proposed: KemKeyPair | undefined
}

/**
 * The initiator's ratchet from the keys behind its link and the parameters of a confirmation. It cannot send before it
 * has decrypted the message that came with them. Errors: protocol `A_VERSION`; RatchetError `kem` where the joiner
 * accepts a KEM key that the link did not offer.
 */
export function startAsInitiator(keys: X3dhKeys, joiner: E2eParams, pq?: InitiatorKem): RatchetState {
  if (!includes(E2E_VERSIONS, joiner.version)) {
    throw new HearthError('protocol', 'A_VERSION', `version ${joiner.version} of the encryption`)
  }
  const kemState = receiveKem(joiner.kem, pq)
  const secrets = x3dhAsInitiator(keys, joiner, kemState?.accepted?.secret)
  return initiatorState(secrets, keys.key2, kemState, pq !== undefined, joiner.version)
}

/** The accepted part holds what the joiner accepted: the secret inside its ciphertext, for its next key. */
function receiveKem(params: KemParams | undefined, pq: InitiatorKem | undefined): KemState | undefined {
  if (params?.kind !== 'accepted') return undefined
  if (pq?.proposed === undefined) throw new RatchetError('kem', 'accepts a KEM key that was not proposed')
  const { ciphertext, publicKey } = params
  const secret = pq.kem.decapsulate(pq.proposed.secretKey, ciphertext)
  return { own: pq.proposed, accepted: { peerKey: publicKey, secret, ciphertext } }
}

/** Receiving initialisation from agreed secrets; `startAsInitiator` is the usual way here. */
export function initiatorState(
  secrets: X3dhSecrets,
  dh: X448Pair,
  kem: KemState | undefined,
  pqSupport: boolean,
  version: number,
  maxVersion: number = E2E_VERSIONS.max,
): RatchetState {
  return {
    version,
    maxVersion,
    ad: secrets.ad,
    dhPrivate: dh.privateKey.raw,
    dhPublic: dh.publicKey.raw,
    kem,
    supportKem: pqSupport,
    enableKem: pqSupport,
    sendKem: false,
    receiveKem: false,
    rootKey: secrets.rootKey,
    send: undefined,
    receive: undefined,
    sendCount: 0,
    receiveCount: 0,
    previousSendCount: 0,
    nextSendHeaderKey: secrets.nextHeaderKey,
    nextReceiveHeaderKey: secrets.headerKey,
  }
}
