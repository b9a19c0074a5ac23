import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import { encodePublicKey } from '../codec/keys.ts'
import { encode } from '../codec/writer.ts'
import { sign, verify } from '../crypto/sign.ts'
import { encodeSigned, type Signed } from './element.ts'
import type { MemberId, PublicGroupId } from './ids.ts'

/**
 * Signing of chat §6.1. The binding names the group and the sender and is not transmitted: both sides put it together,
 * so that a signature cannot be moved to another group or member.
 */

export function relayGroupBinding(publicGroupId: PublicGroupId, memberId: MemberId): Uint8Array {
  return encode((writer) => writer.short(publicGroupId).short(memberId))
}

/** In ordinary groups, from version 20. */
export function memberBinding(memberId: MemberId, memberKey: PublicKey<'Ed25519'>): Uint8Array {
  return encode((writer) => writer.short(memberId).short(encodePublicKey(memberKey)))
}

export function signedBytes(binding: Uint8Array, body: Uint8Array): Uint8Array {
  return encode((writer) => writer.literal('G').raw(binding).raw(body))
}

export function signBody(key: PrivateKey<'Ed25519'>, binding: Uint8Array, body: Uint8Array): Signed {
  return { binding: 'G', signatures: [sign(key, signedBytes(binding, body))], body }
}

/** The element that carries `body` with its signature. */
export function signedElement(key: PrivateKey<'Ed25519'>, binding: Uint8Array, body: Uint8Array): Uint8Array {
  return encodeSigned(signBody(key, binding, body))
}

/** All signatures must verify; a binding other than `G` never does. */
export function verifySigned(signed: Signed, binding: Uint8Array, key: PublicKey<'Ed25519'>): boolean {
  if (signed.binding !== 'G' || signed.signatures.length === 0) return false
  const bytes = signedBytes(binding, signed.body)
  return signed.signatures.every((signature) => verify(key, bytes, signature))
}
