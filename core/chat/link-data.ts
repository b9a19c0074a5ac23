import { concat } from '../codec/bytes.ts'
import { CodecError, HearthError, unlessMalformed } from '../codec/error.ts'
import { compressFrame, decompressFrame } from './compression.ts'
import { type MsgContent, msgContent } from './content.ts'
import { type GroupLinkId, groupLinkId } from './ids.ts'
import { type Extensions, extensions } from './invitations.ts'
import { bool, encodeJson, integer, type JsonCodec, type JsonObject, optional, parseJson, record } from './json.ts'
import { LINK_DATA_COMPRESS_ABOVE, MAX_DECOMPRESSED } from './limits.ts'
import { type GroupProfile, groupProfile, type Profile, profile } from './profile.ts'

/** The user data of short links by kind of link (chat §3.7). The letter is the link's type. */

/** `a`, and `i` with `business` false. */
export interface ContactLinkData {
  readonly profile: Profile
  readonly message?: MsgContent | undefined
  readonly business: boolean
}

/** `c`, and `g` of ordinary groups without `publicGroupData`. */
export interface GroupLinkData {
  readonly groupProfile: GroupProfile
  readonly publicGroupData?: PublicGroupData | undefined
  readonly ext?: Extensions | undefined
}

export interface PublicGroupData {
  readonly publicMemberCount: number
}

/** `g` of a super-peer for one group, and `r`, the address of a super-peer. */
export interface RelayLinkData {
  readonly relayProfile: Profile
  readonly ext?: Extensions | undefined
}

const contactLinkData = record<ContactLinkData>({ profile, message: optional(msgContent), business: bool })

const groupLinkData = record<GroupLinkData>({
  groupProfile,
  publicGroupData: optional(record<PublicGroupData>({ publicMemberCount: integer })),
  ext: optional(extensions),
})

const relayLinkData = record<RelayLinkData>({ relayProfile: profile, ext: optional(extensions) })

export function encodeContactLinkData(data: ContactLinkData): Uint8Array {
  return encodeUserData(contactLinkData, data)
}

export function decodeContactLinkData(userData: Uint8Array): ContactLinkData {
  return decodeUserData(contactLinkData, userData)
}

export function encodeGroupLinkData(data: GroupLinkData): Uint8Array {
  return encodeUserData(groupLinkData, data)
}

export function decodeGroupLinkData(userData: Uint8Array): GroupLinkData {
  return decodeUserData(groupLinkData, userData)
}

export function encodeRelayLinkData(data: RelayLinkData): Uint8Array {
  return encodeUserData(relayLinkData, data)
}

export function decodeRelayLinkData(userData: Uint8Array): RelayLinkData {
  return decodeUserData(relayLinkData, userData)
}

/** The profile of a super-peer's address: name, short description and picture alone. */
export function relayAddressProfile(value: Profile): Profile {
  const { displayName, fullName, shortDescr, image } = value
  return { displayName, fullName, shortDescr, image }
}

const COMPRESSED = 0x58

/** JSON, or above 10240 bytes `X` and a bare frame: not the compression of messages (chat §11.21). */
function encodeUserData<T>(codec: JsonCodec<T>, data: T): Uint8Array {
  const json = encodeJson(codec.encode(data))
  if (json.length > MAX_DECOMPRESSED) throw new CodecError('oversize', `link data of ${json.length} bytes`)
  return json.length > LINK_DATA_COMPRESS_ABOVE ? concat(Uint8Array.of(COMPRESSED), compressFrame(json)) : json
}

function decodeUserData<T>(codec: JsonCodec<T>, userData: Uint8Array): T {
  const json = userData[0] === COMPRESSED ? decompressFrame(userData.subarray(1)) : userData
  return codec.decode(parseJson(json))
}

interface ClientData {
  readonly groupLinkId: GroupLinkId
}

const clientData = record<ClientData>({ groupLinkId })

/** Client data in the connection request of group, channel and super-peer links (chat §3.8). */
export function encodeClientData(id: GroupLinkId): string {
  return JSON.stringify({ type: 'group', ...(clientData.encode({ groupLinkId: id }) as JsonObject) })
}

/**
 * Undefined where the text is not such client data: the request is of a contact address. Others read no id without the
 * type; groups of ours from before it was written have links without.
 */
export function groupLinkIdOf(text: string | undefined): GroupLinkId | undefined {
  if (text === undefined) return undefined
  return unlessMalformed(() => clientData.decode(parseJson(new TextEncoder().encode(text))).groupLinkId)
}

/** Decodes what a link leads to. Errors: protocol `link` where that is something else. */
export function decodeAsked<T>(decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw new HearthError('protocol', 'link', 'link data of another kind', false, { cause: error })
  }
}
