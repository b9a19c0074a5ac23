import { concat, EMPTY } from '../../codec/bytes.ts'
import type { PublicKey } from '../../codec/keys.ts'
import { agree } from '../../crypto/agreement.ts'
import { hkdf3 } from '../../crypto/hkdf.ts'
import { generateKeyPair } from '../../crypto/keypair.ts'
import { E2E_VERSIONS, type E2eLinkParams } from './params.ts'
import type { X448Pair } from './state.ts'

/**
 * The key agreement that starts a ratchet (agent §3.2): two X448 keys from each side, no identity keys. The link, or
 * the secured queue, is what authenticates it.
 *
 *     dh1 = rk1·sk2   dh2 = rk2·sk1   dh3 = rk2·sk2       rk: initiator (in the link), sk: joiner
 *     hk ‖ nhk ‖ sk = HKDF(salt = 64 zeros, dh1 ‖ dh2 ‖ dh3 ‖ kemSecret, "SimpleXX3DH")
 *     AD = sk1 ‖ rk1
 */
export interface X3dhKeys {
  readonly key1: X448Pair
  readonly key2: X448Pair
}

export interface X3dhPeer {
  readonly key1: PublicKey<'X448'>
  readonly key2: PublicKey<'X448'>
}

export interface X3dhSecrets {
  readonly ad: Uint8Array
  /** Header key of the first chain, joiner to initiator. */
  readonly headerKey: Uint8Array
  /** Next header key, initiator to joiner. */
  readonly nextHeaderKey: Uint8Array
  readonly rootKey: Uint8Array
}

const SALT = new Uint8Array(64)

export function generateX3dhKeys(random: (size: number) => Uint8Array): X3dhKeys {
  return { key1: generateKeyPair('X448', random), key2: generateKeyPair('X448', random) }
}

/** What an initiator writes into its link. */
export function x3dhLinkParams(keys: X3dhKeys): E2eLinkParams {
  return { versions: E2E_VERSIONS, key1: keys.key1.publicKey, key2: keys.key2.publicKey, kem: undefined }
}

/** Errors: crypto `agreement` where a key of the peer is degenerate. */
export function x3dhAsJoiner(own: X3dhKeys, peer: X3dhPeer, kemSecret: Uint8Array = EMPTY): X3dhSecrets {
  return derive(
    agree(own.key2.privateKey, peer.key1),
    agree(own.key1.privateKey, peer.key2),
    agree(own.key2.privateKey, peer.key2),
    kemSecret,
    concat(own.key1.publicKey.raw, peer.key1.raw),
  )
}

export function x3dhAsInitiator(own: X3dhKeys, peer: X3dhPeer, kemSecret: Uint8Array = EMPTY): X3dhSecrets {
  return derive(
    agree(own.key1.privateKey, peer.key2),
    agree(own.key2.privateKey, peer.key1),
    agree(own.key2.privateKey, peer.key2),
    kemSecret,
    concat(peer.key1.raw, own.key1.publicKey.raw),
  )
}

function derive(dh1: Uint8Array, dh2: Uint8Array, dh3: Uint8Array, kemSecret: Uint8Array, ad: Uint8Array): X3dhSecrets {
  const [headerKey, nextHeaderKey, rootKey] = hkdf3(SALT, concat(dh1, dh2, dh3, kemSecret), 'SimpleXX3DH')
  return { ad, headerKey, nextHeaderKey, rootKey }
}
