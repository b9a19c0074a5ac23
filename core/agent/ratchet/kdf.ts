import { concat, EMPTY } from '../../codec/bytes.ts'
import { hkdf3, NO_SALT } from '../../crypto/hkdf.ts'

/** The key derivations of the ratchet (agent §4.2). */

export interface RootStep {
  readonly rootKey: Uint8Array
  readonly chainKey: Uint8Array
  readonly nextHeaderKey: Uint8Array
}

/** `dh` is the raw X448 secret; an accepted KEM secret is appended to it. */
export function rootStep(rootKey: Uint8Array, dh: Uint8Array, kemSecret: Uint8Array = EMPTY): RootStep {
  const [root, chainKey, nextHeaderKey] = hkdf3(rootKey, concat(dh, kemSecret), 'SimpleXRootRatchet')
  return { rootKey: root, chainKey, nextHeaderKey }
}

export interface ChainStep {
  readonly chainKey: Uint8Array
  readonly messageKey: Uint8Array
  /** First half of the third block. */
  readonly messageIv: Uint8Array
  /** Second half of the third block. */
  readonly headerIv: Uint8Array
}

export function chainStep(chainKey: Uint8Array): ChainStep {
  const [next, messageKey, ivs] = hkdf3(NO_SALT, chainKey, 'SimpleXChainRatchet')
  return { chainKey: next, messageKey, messageIv: ivs.subarray(0, 16), headerIv: ivs.subarray(16, 32) }
}
