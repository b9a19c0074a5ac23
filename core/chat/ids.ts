import { base64, base64url } from '../codec/base64url.ts'
import { latin1 } from '../codec/bytes.ts'
import { bytesText, type JsonCodec } from './json.ts'

/**
 * Identifiers of chat §3.5. They are opaque bytes: the network makes them of 12 random bytes written as base64 text,
 * and JSON encodes those 16 text bytes once more (chat §11.2).
 */
export type MemberId = Uint8Array
export type SharedMsgId = Uint8Array
/** sha256 of the raw root public key, 32 bytes. */
export type PublicGroupId = Uint8Array
/** 16 random bytes in a link's client data. */
export type GroupLinkId = Uint8Array

type Random = (size: number) => Uint8Array

function randomTextId(random: Random): Uint8Array {
  return latin1(base64(random(12)))
}

export function newMemberId(random: Random): MemberId {
  return randomTextId(random)
}

export function newSharedMsgId(random: Random): SharedMsgId {
  return randomTextId(random)
}

export function newGroupLinkId(random: Random): GroupLinkId {
  return random(16)
}

/** Identifiers as keys of maps and sets: equal texts for equal bytes. */
export function idKey(id: Uint8Array): string {
  return base64url(id)
}

/** Length-prefixed with one byte in binary, hence at most 255 bytes. */
export const memberId: JsonCodec<MemberId> = bytesText(1, 255)
export const sharedMsgId: JsonCodec<SharedMsgId> = bytesText(1, 255)
export const publicGroupId: JsonCodec<PublicGroupId> = bytesText(32, 32)
export const groupLinkId: JsonCodec<GroupLinkId> = bytesText(1, 255)
