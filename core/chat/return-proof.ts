import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import { encode } from '../codec/writer.ts'
import { sign, verify } from '../crypto/sign.ts'
import type { MemberId, PublicGroupId } from './ids.ts'

/**
 * Proof of an owner who invites a super-peer again that serves the group already, over a new connection, because the old
 * one was lost (docs/backup.md): without it anybody who knows the ids could take the owner's place there. It goes in the
 * invitation as `proof`, which others ignore (chat §9.6), and nobody but the super-peer sees it.
 */
export interface Returning {
  readonly publicGroupId: PublicGroupId
  readonly ownerId: MemberId
  /** Of the super-peer in this group. */
  readonly relayMemberId: MemberId
}

export function proveReturn(key: PrivateKey<'Ed25519'>, returning: Returning): Uint8Array {
  return sign(key, bytesOf(returning))
}

export function verifyReturn(key: PublicKey<'Ed25519'>, returning: Returning, proof: Uint8Array): boolean {
  return verify(key, bytesOf(returning), proof)
}

/** Begins like nothing else that is signed with this key (chat §6.1). */
function bytesOf({ publicGroupId, ownerId, relayMemberId }: Returning): Uint8Array {
  return encode((writer) =>
    writer.literal('hearth owner returns').short(publicGroupId).short(ownerId).short(relayMemberId),
  )
}
