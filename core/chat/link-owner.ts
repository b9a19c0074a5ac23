import { parseShortLink, writeShortLink } from '../agent/links/short-link.ts'
import { equal } from '../codec/bytes.ts'
import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import { encode } from '../codec/writer.ts'
import { sign, verify } from '../crypto/sign.ts'
import type { LinkOwnerSig } from './content.ts'
import type { MemberId, PublicGroupId } from './ids.ts'

/** Proof that who shares a group's link owns it, bound to the chat where it is shared (chat §3.9). */

/** The place where a link is shared: `associatedData` is the ratchet's, hashed. */
export type SharingPlace =
  | { readonly type: 'direct'; readonly associatedData: Uint8Array }
  | { readonly type: 'group'; readonly publicGroupId: PublicGroupId; readonly memberId: MemberId }
  | { readonly type: 'channel'; readonly publicGroupId: PublicGroupId }

export function chatBinding(place: SharingPlace): Uint8Array {
  return encode((writer) => {
    if (place.type === 'direct') writer.literal('D').raw(place.associatedData)
    else if (place.type === 'group') writer.literal('G').short(place.publicGroupId).short(place.memberId)
    else writer.literal('C').short(place.publicGroupId)
  })
}

/** `ownerId` is absent where the root key signs. Errors: codec where `link` is not a short link. */
export function signLinkOwner(
  key: PrivateKey<'Ed25519'>,
  place: SharingPlace,
  link: string,
  ownerId?: MemberId,
): LinkOwnerSig {
  const binding = chatBinding(place)
  return { ownerId, chatBinding: binding, ownerSig: sign(key, signedLink(binding, link)) }
}

/** False where it was made for another place; `key` is the owner's, or the link's root key. Errors: as above. */
export function verifyLinkOwner(
  key: PublicKey<'Ed25519'>,
  place: SharingPlace,
  link: string,
  signature: LinkOwnerSig,
): boolean {
  const binding = chatBinding(place)
  return equal(binding, signature.chatBinding) && verify(key, signedLink(binding, link), signature.ownerSig)
}

function signedLink(binding: Uint8Array, link: string): Uint8Array {
  return encode((writer) => {
    writer.raw(binding)
    writeShortLink(writer, parseShortLink(link))
  })
}
