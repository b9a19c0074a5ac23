import { concat, equal } from '../../codec/bytes.ts'
import { CodecError } from '../../codec/error.ts'
import { type PrivateKey, type PublicKey, readPublicKey, writePublicKey } from '../../codec/keys.ts'
import { Reader } from '../../codec/reader.ts'
import { readVersionRange, type VersionRange, writeVersionRange } from '../../codec/version.ts'
import { encode, type Writer } from '../../codec/writer.ts'
import { BOX_NONCE, boxKey, openPadded, sealPadded } from '../../crypto/box.ts'
import { sign, verify } from '../../crypto/sign.ts'
import { type ConnectionRequest, readConnectionRequest, writeConnectionRequest } from './full-link.ts'
import { linkDataKeys, linkKeyOf } from './link-keys.ts'
import { linkError, type Owner, readOwner, validateOwners, writeOwner } from './owners.ts'
import { type ContactLink, readContactLink, type ShortLink, writeShortLink } from './short-link.ts'

/** The encrypted record behind a short link (agent §2.6): a fixed part, and a user part that its owners may rewrite. */
export interface FixedLinkData {
  readonly versions: VersionRange
  readonly rootKey: PublicKey<'Ed25519'>
  readonly request: ConnectionRequest
  readonly entityId: Uint8Array | undefined
}

interface InvitationUserData {
  readonly kind: 'invitation'
  readonly versions: VersionRange
  readonly data: Uint8Array
}

export interface ContactUserData {
  readonly kind: 'contact'
  readonly versions: VersionRange
  /** Requests may go to the connection request of the fixed data. */
  readonly direct: boolean
  readonly owners: readonly Owner[]
  /** Addresses that take requests instead: super-peer links. */
  readonly relays: readonly ContactLink[]
  readonly data: Uint8Array
}

export type UserLinkData = InvitationUserData | ContactUserData

/** Padded sizes, and the largest encodings that fit beside the signature. */
const FIXED_PADDED = 2008
const USER_PADDED = 13784
const SIGNATURE = 65
export const MAX_FIXED_DATA = FIXED_PADDED - 2 - SIGNATURE
export const MAX_USER_DATA = USER_PADDED - 2 - SIGNATURE

export function encodeFixedData(fixed: FixedLinkData): Uint8Array {
  return encode((w) => {
    writeVersionRange(w, fixed.versions)
    writePublicKey(w, fixed.rootKey)
    writeConnectionRequest(w, fixed.request)
    if (fixed.entityId !== undefined) w.short(fixed.entityId)
  })
}

/** What follows in later versions is ignored. */
export function decodeFixedData(bytes: Uint8Array): FixedLinkData {
  const r = new Reader(bytes)
  return {
    versions: readVersionRange(r),
    rootKey: readPublicKey(r, 'Ed25519'),
    request: readConnectionRequest(r),
    entityId: r.attempt((item) => item.short()),
  }
}

export function encodeUserData(user: UserLinkData): Uint8Array {
  return encode((w) => {
    w.literal(user.kind === 'invitation' ? 'I' : 'C')
    writeVersionRange(w, user.versions)
    if (user.kind === 'contact') writeContactData(w, user)
    else writeUserBytes(w, user.data)
  })
}

export function decodeUserData(bytes: Uint8Array): UserLinkData {
  const r = new Reader(bytes)
  if (r.accept('I')) return { kind: 'invitation', versions: readVersionRange(r), data: readUserBytes(r) }
  r.literal('C')
  return { kind: 'contact', versions: readVersionRange(r), ...readContactData(r) }
}

type ContactData = Omit<ContactUserData, 'kind' | 'versions'>

export function writeContactData(w: Writer, contact: ContactData): void {
  w.bool(contact.direct).list(contact.owners, writeOwner).list(contact.relays, writeShortLink)
  writeUserBytes(w, contact.data)
}

export function readContactData(r: Reader): ContactData {
  return { direct: r.bool(), owners: r.list(readOwner), relays: r.list(readContactLink), data: readUserBytes(r) }
}

/** The length byte 255 announces a two-byte length; where none can follow, it is the length itself. */
export function writeUserBytes(w: Writer, data: Uint8Array): void {
  if (data.length <= 254) w.short(data)
  else w.u8(0xff).large(data)
}

export function readUserBytes(r: Reader): Uint8Array {
  const long = r.peek() === 0xff ? r.attempt(readLong) : undefined
  return long ?? r.short()
}

function readLong(r: Reader): Uint8Array {
  r.u8()
  return r.large()
}

/** short(signature) ‖ data */
export function signLinkData(key: PrivateKey<'Ed25519'>, data: Uint8Array): Uint8Array {
  return encode((w) => w.short(sign(key, data)).raw(data))
}

/**
 * 2048 bytes. Keep them: the router accepts an update only together with the very same fixed data (agent §2.9).
 * Errors: crypto `large`.
 */
export function sealFixedData(dataKey: Uint8Array, signed: Uint8Array, nonce: Uint8Array): Uint8Array {
  return concat(nonce, sealPadded(boxKey(dataKey), nonce, signed, FIXED_PADDED))
}

/** 13824 bytes. Errors: crypto `large`. */
export function sealUserData(dataKey: Uint8Array, signed: Uint8Array, nonce: Uint8Array): Uint8Array {
  return concat(nonce, sealPadded(boxKey(dataKey), nonce, signed, USER_PADDED))
}

/** What a router returns for a link: both blobs as they are stored. */
export interface EncryptedLinkData {
  readonly fixed: Uint8Array
  readonly user: Uint8Array
}

export interface OpenLinkData {
  readonly fixed: FixedLinkData
  readonly user: UserLinkData
}

/**
 * Decrypts and verifies (agent §2.8, steps 1 to 4). Errors: crypto `box` where it does not open, codec where it is not
 * of the form, protocol `A_LINK` where hash or signatures are wrong.
 */
export function openLinkData(linkKey: Uint8Array, dataKey: Uint8Array, encrypted: EncryptedLinkData): OpenLinkData {
  const fixedPart = openSigned(dataKey, encrypted.fixed)
  const userPart = openSigned(dataKey, encrypted.user)
  const fixed = decodeFixedData(fixedPart.data)
  const user = decodeUserData(userPart.data)
  if (user.kind !== fixed.request.mode) throw new CodecError('syntax', 'user data of another kind of link')
  if (!equal(linkKeyOf(fixedPart.data), linkKey)) throw linkError('link data hash')
  if (!verify(fixed.rootKey, fixedPart.data, fixedPart.signature)) throw linkError('link data signature')
  const owners = user.kind === 'contact' ? user.owners : []
  validateOwners(fixed.rootKey, owners)
  const writers = [fixed.rootKey, ...owners.map((owner) => owner.key)]
  if (!writers.some((key) => verify(key, userPart.data, userPart.signature))) throw linkError('user data signature')
  return { fixed, user }
}

interface SignedPart {
  readonly signature: Uint8Array
  readonly data: Uint8Array
}

function openSigned(dataKey: Uint8Array, encrypted: Uint8Array): SignedPart {
  const nonce = encrypted.subarray(0, BOX_NONCE)
  if (nonce.length !== BOX_NONCE) throw new CodecError('truncated', 'link data has no nonce')
  const r = new Reader(openPadded(boxKey(dataKey), nonce, encrypted.subarray(BOX_NONCE)))
  return { signature: r.short(), data: r.tail() }
}

/** What a router answered to LGET or LKEY. */
export interface StoredLinkData extends EncryptedLinkData {
  readonly senderId: Uint8Array
}

/**
 * Opens the data behind a short link (restored, if it was shortened) and checks that it leads to the router and queue
 * that gave it (agent §2.8, step 5). The returned request uses the router as the link names it. Errors as in
 * `openLinkData`.
 */
export function readLinkData(link: ShortLink, stored: StoredLinkData): OpenLinkData {
  const { dataKey } = linkDataKeys(link)
  const { fixed, user } = openLinkData(link.linkKey, dataKey, stored)
  if ((link.type === 'i') !== (fixed.request.mode === 'invitation')) throw linkError('different address')
  const [queue, ...others] = fixed.request.queues
  if (!equal(queue.senderId, stored.senderId) || !queue.router.hosts.includes(link.router.hosts[0])) {
    throw linkError('different address')
  }
  const request = { ...fixed.request, queues: [{ ...queue, router: link.router }, ...others] } as const
  return { fixed: { ...fixed, request }, user }
}
