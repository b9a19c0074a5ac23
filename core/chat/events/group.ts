import type { PublicKey } from '../../codec/keys.ts'
import { type MsgContent, msgContent } from '../content.ts'
import { type MemberId, memberId } from '../ids.ts'
import {
  type Acceptance,
  acceptance,
  type Extensions,
  extensions,
  type GroupInvitation,
  type GroupLinkInvitation,
  type GroupLinkRejection,
  groupInvitation,
  groupLinkInvitation,
  groupLinkRejection,
  type MemberInfo,
  memberInfo,
} from '../invitations.ts'
import {
  bool,
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
  timestamp,
} from '../json.ts'
import { type MsgScope, msgScope } from '../msg-container.ts'
import { type GroupPreferences, groupPreferences } from '../preferences.ts'
import { type GroupProfile, groupProfile, type Profile, profile } from '../profile.ts'
import { type MemberRole, role } from '../roles.ts'
import { type NoParams, noParams, type ProfileInfo } from './contact.ts'

/** Events of every kind of group (chat §2.7). */
export interface GroupEventParams {
  'x.grp.inv': { readonly groupInvitation: GroupInvitation }
  'x.grp.acpt': MemberRef
  'x.grp.link.inv': { readonly groupLinkInvitation: GroupLinkInvitation }
  'x.grp.link.reject': { readonly groupLinkRejection: GroupLinkRejection }
  'x.grp.link.mem': ProfileInfo
  'x.grp.link.acpt': LinkAcceptance
  'x.grp.mem.new': MemberNew
  'x.grp.mem.intro': MemberIntroduction
  'x.grp.mem.inv': MemberInvitation
  'x.grp.mem.fwd': MemberForward
  'x.grp.mem.info': MemberProfile
  'x.grp.mem.con': MemberRef
  'x.grp.mem.con.all': MemberRef
  'x.grp.mem.role': MemberRoleChange
  'x.grp.mem.restrict': MemberRestriction
  'x.grp.mem.del': MemberRemoval
  'x.grp.leave': NoParams
  'x.grp.del': NoParams
  'x.grp.info': GroupInfo
  'x.grp.prefs': { readonly groupPreferences: GroupPreferences }
  'x.grp.direct.inv': DirectInvitation
  'x.grp.msg.forward': JsonForward
}

export interface GroupInfo {
  readonly groupProfile: GroupProfile
  /** The group's extensions, where they changed; signed with the rest, so that it survives every super-peer (chat §7.7). */
  readonly ext?: Extensions | undefined
}

export interface MemberRef {
  readonly memberId: MemberId
}

export interface LinkAcceptance {
  readonly acceptance: Acceptance
  readonly role: MemberRole
  readonly memberId: MemberId
}

export interface MemberNew {
  readonly memberInfo: MemberInfo
  readonly scope?: MsgScope | undefined
}

export interface MemberRestrictions {
  readonly restriction: Open<'blocked' | 'unrestricted'>
}

export interface MemberIntroduction {
  readonly memberInfo: MemberInfo
  readonly memberRestrictions?: MemberRestrictions | undefined
}

export interface IntroInvitation {
  readonly groupConnReq: string
  readonly directConnReq?: string | undefined
}

export interface MemberInvitation {
  readonly memberId: MemberId
  readonly memberIntro: IntroInvitation
}

export interface MemberForward {
  readonly memberInfo: MemberInfo
  readonly memberIntro: IntroInvitation
}

export interface MemberProfile {
  readonly memberId: MemberId
  readonly profile: Profile
}

export interface MemberRoleChange {
  readonly memberId: MemberId
  readonly role: MemberRole
  readonly memberKey?: PublicKey<'Ed25519'> | undefined
  readonly rosterVersion?: number | undefined
}

export interface MemberRestriction {
  readonly memberId: MemberId
  readonly memberRestrictions: MemberRestrictions
}

export interface MemberRemoval {
  readonly memberId: MemberId
  /** Also delete the member's messages. */
  readonly messages?: boolean | undefined
  readonly rosterVersion?: number | undefined
}

export interface DirectInvitation {
  readonly connReq: string
  readonly content?: MsgContent | undefined
  readonly scope?: MsgScope | undefined
}

/** The forward envelope in JSON; `parseBody` unwraps it. */
export interface JsonForward {
  /** Absent: the group itself. */
  readonly memberId?: MemberId | undefined
  readonly memberName?: string | undefined
  readonly msg: JsonObject
  readonly msgTs: string
}

const memberRef = record<MemberRef>({ memberId })
const memberRestrictions = record<MemberRestrictions>({ restriction: openText<'blocked' | 'unrestricted'>() })
const introInvitation = record<IntroInvitation>({ groupConnReq: text, directConnReq: optional(text) })

export const groupEvents: { readonly [K in keyof GroupEventParams]: JsonCodec<GroupEventParams[K]> } = {
  'x.grp.inv': record<GroupEventParams['x.grp.inv']>({ groupInvitation }),
  'x.grp.acpt': memberRef,
  'x.grp.link.inv': record<GroupEventParams['x.grp.link.inv']>({ groupLinkInvitation }),
  'x.grp.link.reject': record<GroupEventParams['x.grp.link.reject']>({ groupLinkRejection }),
  'x.grp.link.mem': record<ProfileInfo>({ profile, memberKey: optional(signingKey) }),
  'x.grp.link.acpt': record<LinkAcceptance>({ acceptance, role, memberId }),
  'x.grp.mem.new': record<MemberNew>({ memberInfo, scope: optional(msgScope) }),
  'x.grp.mem.intro': record<MemberIntroduction>({ memberInfo, memberRestrictions: optional(memberRestrictions) }),
  'x.grp.mem.inv': record<MemberInvitation>({ memberId, memberIntro: introInvitation }),
  'x.grp.mem.fwd': record<MemberForward>({ memberInfo, memberIntro: introInvitation }),
  'x.grp.mem.info': record<MemberProfile>({ memberId, profile }),
  'x.grp.mem.con': memberRef,
  'x.grp.mem.con.all': memberRef,
  'x.grp.mem.role': record<MemberRoleChange>({
    memberId,
    role,
    memberKey: optional(signingKey),
    rosterVersion: optional(integer),
  }),
  'x.grp.mem.restrict': record<MemberRestriction>({ memberId, memberRestrictions }),
  'x.grp.mem.del': record<MemberRemoval>({
    memberId,
    messages: optional(bool),
    rosterVersion: optional(integer),
  }),
  'x.grp.leave': noParams,
  'x.grp.del': noParams,
  'x.grp.info': record<GroupInfo>({ groupProfile, ext: optional(extensions) }),
  'x.grp.prefs': record<GroupEventParams['x.grp.prefs']>({ groupPreferences }),
  'x.grp.direct.inv': record<DirectInvitation>({
    connReq: text,
    content: optional(msgContent),
    scope: optional(msgScope),
  }),
  'x.grp.msg.forward': record<JsonForward>({
    memberId: optional(memberId),
    memberName: optional(text),
    msg: opaqueObject,
    msgTs: timestamp,
  }),
}
