import type { PublicKey } from '../codec/keys.ts'
import type { VersionRange } from '../codec/version.ts'
import { type GroupLinkId, groupLinkId, type MemberId, memberId } from './ids.ts'
import {
  array,
  bytesText,
  integer,
  type JsonCodec,
  type JsonObject,
  type Open,
  opaqueObject,
  openText,
  optional,
  record,
  signingKey,
  text,
  versionText,
} from './json.ts'
import { type GroupProfile, groupProfile, type Profile, profile } from './profile.ts'
import { type MemberRole, role } from './roles.ts'

/** Invitation objects (chat §3.6). `ext` advertises extensions where other clients ignore it (chat §9.6). */

export interface MemberIdRole {
  readonly memberId: MemberId
  readonly memberRole: MemberRole
}

/** A member as others are told of it. */
export interface MemberInfo {
  readonly memberId: MemberId
  readonly memberRole: MemberRole
  readonly v?: VersionRange | undefined
  readonly profile: Profile
  readonly memberKey?: PublicKey<'Ed25519'> | undefined
}

export interface GroupInvitation {
  readonly fromMember: MemberIdRole
  readonly invitedMember: MemberIdRole
  readonly connRequest: string
  readonly groupProfile: GroupProfile
  readonly business?: JsonObject | undefined
  readonly groupLinkId?: GroupLinkId | undefined
  readonly groupSize?: number | undefined
}

export type Acceptance = Open<'accepted' | 'pending' | 'pending_review'>

export interface GroupLinkInvitation {
  readonly fromMember: MemberIdRole
  readonly fromMemberName: string
  readonly invitedMember: MemberIdRole
  readonly groupProfile: GroupProfile
  readonly accepted?: Acceptance | undefined
  readonly business?: JsonObject | undefined
  readonly groupSize?: number | undefined
  readonly ext?: Extensions | undefined
}

export interface GroupLinkRejection {
  readonly fromMember: MemberIdRole
  readonly invitedMember: MemberIdRole
  readonly groupProfile: GroupProfile
  readonly rejectionReason: Open<'long_name' | 'blocked_name'>
}

export interface GroupRelayInvitation {
  readonly fromMember: MemberIdRole
  readonly fromMemberProfile: Profile
  readonly relayMemberId: MemberId
  /** The group's short link, type letter c. */
  readonly groupLink: string
  readonly ext?: Extensions | undefined
  /** Of an owner who comes back (return-proof.ts). */
  readonly proof?: Uint8Array | undefined
}

/** `stats1`, `sync1`, `hist1`, `dig1` (chat §9.6). */
export type Extensions = readonly string[]

/** Ours, hence never a reason to refuse a message: whatever is not a list of texts reads as none. */
export const extensions: JsonCodec<Extensions> = {
  decode: (value) => (Array.isArray(value) ? value.filter((item: unknown) => typeof item === 'string') : []),
  encode: (value) => array(text).encode(value),
}

const memberIdRole = record<MemberIdRole>({ memberId, memberRole: role })

export const memberInfo: JsonCodec<MemberInfo> = record<MemberInfo>({
  memberId,
  memberRole: role,
  v: optional(versionText),
  profile,
  memberKey: optional(signingKey),
})

export const groupInvitation: JsonCodec<GroupInvitation> = record<GroupInvitation>({
  fromMember: memberIdRole,
  invitedMember: memberIdRole,
  connRequest: text,
  groupProfile,
  business: optional(opaqueObject),
  groupLinkId: optional(groupLinkId),
  groupSize: optional(integer),
})

export const acceptance: JsonCodec<Acceptance> = openText<'accepted' | 'pending' | 'pending_review'>()

export const groupLinkInvitation: JsonCodec<GroupLinkInvitation> = record<GroupLinkInvitation>({
  fromMember: memberIdRole,
  fromMemberName: text,
  invitedMember: memberIdRole,
  groupProfile,
  accepted: optional(acceptance),
  business: optional(opaqueObject),
  groupSize: optional(integer),
  ext: optional(extensions),
})

export const groupLinkRejection: JsonCodec<GroupLinkRejection> = record<GroupLinkRejection>({
  fromMember: memberIdRole,
  invitedMember: memberIdRole,
  groupProfile,
  rejectionReason: openText<'long_name' | 'blocked_name'>(),
})

export const groupRelayInvitation: JsonCodec<GroupRelayInvitation> = record<GroupRelayInvitation>({
  fromMember: memberIdRole,
  fromMemberProfile: profile,
  relayMemberId: memberId,
  groupLink: text,
  ext: optional(extensions),
  proof: optional(bytesText(64, 64)),
})
