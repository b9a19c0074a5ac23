import { EMPTY } from '../../codec/bytes.ts'
import { sha3_256 } from '../../crypto/hash.ts'
import { hkdf } from '../../crypto/hkdf.ts'
import type { ShortLink } from './short-link.ts'

/** Ids and keys that belong to a link (agent §2.5); the sender id is `senderIdOf` of core/smp. */

const LINK_ID = 24

/** The link key of fixed data, which is taken without its signature. */
export function linkKeyOf(fixedData: Uint8Array): Uint8Array {
  return sha3_256(fixedData)
}

/** Of a contact link both the id on the router and the key that encrypts the data follow from the link key. */
export function contactLinkKeys(linkKey: Uint8Array): { readonly linkId: Uint8Array; readonly dataKey: Uint8Array } {
  const out = hkdf(EMPTY, linkKey, 'SimpleXContactLink', LINK_ID + 32)
  return { linkId: out.slice(0, LINK_ID), dataKey: out.slice(LINK_ID) }
}

/** The id of an invitation's link is the router's choice. */
export function invitationDataKey(linkKey: Uint8Array): Uint8Array {
  return hkdf(EMPTY, linkKey, 'SimpleXInvLink', 32)
}

/** Where the data of a short link is, and the key that opens it. */
export function linkDataKeys(link: ShortLink): { readonly linkId: Uint8Array; readonly dataKey: Uint8Array } {
  return link.type === 'i'
    ? { linkId: link.linkId, dataKey: invitationDataKey(link.linkKey) }
    : contactLinkKeys(link.linkKey)
}
