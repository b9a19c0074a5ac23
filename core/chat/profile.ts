import { equal } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import { type PublicGroupId, publicGroupId } from './ids.ts'
import {
  bool,
  type JsonCodec,
  type JsonObject,
  type Open,
  opaqueObject,
  openText,
  optional,
  record,
  text,
} from './json.ts'
import { type GroupPreferences, groupPreferences } from './preferences.ts'

/** A person's or super-peer's profile (chat §3.1). Badge and domain claim are kept unread. */
export interface Profile {
  readonly displayName: string
  /** Empty where unused, never absent (chat §11.19). */
  readonly fullName: string
  readonly shortDescr?: string | undefined
  readonly description?: string | undefined
  /** Data URI. */
  readonly image?: string | undefined
  readonly contactLink?: string | undefined
  readonly preferences?: JsonObject | undefined
  readonly peerType?: Open<'human' | 'bot'> | undefined
  readonly badge?: JsonObject | undefined
  readonly contactDomain?: JsonObject | undefined
}

/** Pictures are data URIs; anything else is not sent (chat §2.5), nor shown, since showing it would fetch it. */
export const image: JsonCodec<string> = {
  decode: (value) => dataUri(text.decode(value)),
  encode: dataUri,
}

function dataUri(value: string): string {
  return value.startsWith('data:') ? value : ''
}

const displayName: JsonCodec<string> = {
  decode(value) {
    const name = text.decode(value)
    if (name === '') throw new CodecError('range', 'empty name')
    return name
  },
  encode: (value) => value,
}

export const profile: JsonCodec<Profile> = record<Profile>({
  displayName,
  fullName: text,
  shortDescr: optional(text),
  description: optional(text),
  image: optional(image),
  contactLink: optional(text),
  preferences: optional(opaqueObject),
  peerType: optional(openText<'human' | 'bot'>()),
  badge: optional(opaqueObject),
  contactDomain: optional(opaqueObject),
})

export interface PublicGroupAccess {
  readonly groupWebPage?: string | undefined
  readonly groupDomainClaim?: JsonObject | undefined
  readonly domainWebPage: boolean
  readonly allowEmbedding: boolean
}

export interface PublicGroupProfile {
  /** Other clients join only `channel`. */
  readonly groupType: Open<'channel' | 'group'>
  /** The group's own short link, type letter c. */
  readonly groupLink: string
  /** Immutable. */
  readonly publicGroupId: PublicGroupId
  readonly publicGroupAccess?: PublicGroupAccess | undefined
}

/** chat §3.2. `publicGroup` is present in every relay group and in no other. */
export interface GroupProfile {
  readonly displayName: string
  readonly fullName: string
  readonly shortDescr?: string | undefined
  /** The welcome message. */
  readonly description?: string | undefined
  readonly image?: string | undefined
  readonly publicGroup?: PublicGroupProfile | undefined
  readonly groupPreferences?: GroupPreferences | undefined
  /** Not allowed in relay groups. */
  readonly memberAdmission?: MemberAdmission | undefined
}

export interface MemberAdmission {
  readonly review?: Open<'all'> | undefined
}

const publicGroupAccess = record<PublicGroupAccess>({
  groupWebPage: optional(text),
  groupDomainClaim: optional(opaqueObject),
  domainWebPage: bool,
  allowEmbedding: bool,
})

const publicGroupProfile = record<PublicGroupProfile>({
  groupType: openText<'channel' | 'group'>(),
  groupLink: text,
  publicGroupId,
  publicGroupAccess: optional(publicGroupAccess),
})

export const groupProfile: JsonCodec<GroupProfile> = record<GroupProfile>({
  displayName,
  fullName: text,
  shortDescr: optional(text),
  description: optional(text),
  image: optional(image),
  publicGroup: optional(publicGroupProfile),
  groupPreferences: optional(groupPreferences),
  memberAdmission: optional(record<MemberAdmission>({ review: optional(openText<'all'>()) })),
})

/** May `next` replace `current` (chat §3.2)? A relay group keeps its id, any other group never gets one. */
export function isProfileUpdate(current: GroupProfile, next: GroupProfile): boolean {
  if (current.publicGroup === undefined || next.publicGroup === undefined) {
    return current.publicGroup === next.publicGroup
  }
  return equal(current.publicGroup.publicGroupId, next.publicGroup.publicGroupId)
}
