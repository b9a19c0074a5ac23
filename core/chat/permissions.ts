import { equal } from '../codec/bytes.ts'
import type { MsgContent } from './content.ts'
import type { MemberId } from './ids.ts'
import type { FileInvitation, MsgScope } from './msg-container.ts'
import { featureAllows, type GroupPreferences, groupPreference } from './preferences.ts'
import type { Profile } from './profile.ts'
import { atLeast, type MemberRole, maySend } from './roles.ts'
import { containsLink, containsObfuscatedLink, withoutLinks } from './simplex-links.ts'
import { SINCE } from './versions.ts'

/**
 * What a group lets its members say (chat §2.12), checked on sending, on receipt, and by super-peers before they
 * forward. The scope is the effective one: see `effectiveScope`.
 */
export interface Author {
  readonly memberId: MemberId
  readonly role: MemberRole
  /** Waiting for approval (ordinary groups only). */
  readonly pending?: boolean | undefined
}

export interface ContentCheck {
  readonly author: Author
  readonly content: MsgContent
  readonly file?: FileInvitation | undefined
  /** Undefined: the main conversation. */
  readonly scope?: MsgScope | undefined
  readonly asGroup?: boolean | undefined
  readonly preferences: GroupPreferences | undefined
  /** The support conversation of the scope's member has begun. */
  readonly supportChatExists?: boolean | undefined
  /** The connection's version, where the author is the host that approves a pending member. */
  readonly hostVersion?: number | undefined
}

export type Prohibition =
  | 'role'
  | 'scope'
  | 'asGroup'
  | 'support'
  | 'voice'
  | 'files'
  | 'reports'
  | 'simplexLinks'
  | 'reactions'

/** The first rule that forbids this content, or undefined. */
export function prohibition(check: ContentCheck): Prohibition | undefined {
  const { author, content, file, scope, asGroup, preferences } = check
  const main = scope === undefined
  if (author.role === 'relay') return 'role'
  if (asGroup === true && author.role !== 'owner') return 'asGroup'
  if (main && !maySend(author.role) && author.pending !== true) return 'role'
  if (!main && !mayUseScope(author, scope)) return 'scope'
  if (!main && check.supportChatExists !== true && !groupPreference(preferences, 'support').enable) return 'support'
  const allows = (feature: 'voice' | 'files' | 'simplexLinks') => featureAllows(preferences, feature, author.role)
  const isVoice = content.type === 'voice'
  if (isVoice && !allows('voice') && !isHostVoice(check)) return 'voice'
  if (content.type === 'report') {
    if (atLeast(author.role, 'moderator')) return 'reports'
    if (main && !groupPreference(preferences, 'reports').enable) return 'reports'
  }
  if (!main) return undefined
  const hasMedia = file !== undefined || content.type === 'image' || content.type === 'video' || content.type === 'file'
  if (hasMedia && !isVoice && !allows('files')) return 'files'
  if (!allows('simplexLinks') && hasSimplexLink(content)) return 'simplexLinks'
  return undefined
}

function isHostVoice(check: ContentCheck): boolean {
  return check.scope !== undefined && (check.hostVersion ?? 0) >= SINCE.hostVoice
}

export function hasSimplexLink(content: MsgContent): boolean {
  if (content.type === 'chat') return true
  if (containsLink(content.text) || containsObfuscatedLink(content.text)) return true
  return content.type === 'link' && containsLink(content.preview.uri)
}

/** A member writes to its own support conversation only, moderators to anyone's (chat §2.11). */
export function mayUseScope(author: Author, scope: MsgScope): boolean {
  return equal(scope.memberId, author.memberId) || atLeast(author.role, 'moderator')
}

/** A report belongs to the support conversation of its sender even where it names none (chat §2.11). */
export function effectiveScope(author: Author, content: MsgContent, scope: MsgScope | undefined): MsgScope | undefined {
  if (scope !== undefined) return scope
  return content.type === 'report' || author.pending === true
    ? { type: 'member', memberId: author.memberId }
    : undefined
}

export function mayReact(preferences: GroupPreferences | undefined): boolean {
  return groupPreference(preferences, 'reactions').enable
}

/**
 * The profile as a group sees it (chat §3.1): without direct preferences, without contact link and links in its texts
 * unless `simplexLinks` and `directMessages` both allow the role, without domain claim unless `directMessages` does.
 * To be applied to what is sent, and to what is received before it is stored or told to others.
 */
export function redactProfile(profile: Profile, preferences: GroupPreferences | undefined, role: MemberRole): Profile {
  const direct = featureAllows(preferences, 'directMessages', role)
  const links = direct && featureAllows(preferences, 'simplexLinks', role)
  const { preferences: _direct, ...rest } = profile
  return {
    ...rest,
    ...(!links && {
      contactLink: undefined,
      shortDescr: withoutLinks(profile.shortDescr),
      description: withoutLinks(profile.description),
    }),
    ...(!direct && { contactDomain: undefined }),
  }
}
