import { type Open, openText } from './json.ts'

/** Roles in a group (chat §3.4), lowest first. Any other text sorts below `relay` and is kept as it came. */
const ROLES = ['relay', 'observer', 'author', 'member', 'moderator', 'admin', 'owner'] as const

export type KnownRole = (typeof ROLES)[number]
export type MemberRole = Open<KnownRole>

export const role = openText<KnownRole>()

/** What a subscriber gets where nothing else is said. */
export const DEFAULT_ROLE: KnownRole = 'observer'

function rank(value: MemberRole): number {
  return (ROLES as readonly string[]).indexOf(value)
}

export function isKnownRole(value: MemberRole): value is KnownRole {
  return rank(value) >= 0
}

/** Negative where `a` is the lower role. */
export function compareRoles(a: MemberRole, b: MemberRole): number {
  return rank(a) - rank(b)
}

export function atLeast(value: MemberRole, minimum: KnownRole): boolean {
  return rank(value) >= rank(minimum)
}

/** Roles that the owner's roster lists (chat §6.6). */
export function isRosterRole(value: MemberRole): boolean {
  return value === 'member' || value === 'moderator' || value === 'admin'
}

export function isPrivileged(value: MemberRole): boolean {
  return atLeast(value, 'member')
}

/** Content of the main scope needs a role above observer; `author` suffices (chat §9.7). */
export function maySend(value: MemberRole): boolean {
  return compareRoles(value, 'observer') > 0
}

/**
 * May `sender` change a member's role from `from` to `to` (chat §3.4)? `relay` is never assigned nor changed, and in
 * relay groups whatever touches a roster role is the owner's alone.
 */
export function mayChangeRole(change: {
  readonly sender: MemberRole
  readonly from: MemberRole
  readonly to: MemberRole
  readonly relayGroup: boolean
}): boolean {
  const { sender, from, to, relayGroup } = change
  if (from === 'relay' || to === 'relay') return false
  if (relayGroup && (isRosterRole(from) || isRosterRole(to))) return sender === 'owner'
  if (compareRoles(from, 'member') <= 0 && compareRoles(to, 'member') <= 0) return atLeast(sender, 'moderator')
  return atLeast(sender, 'admin') && compareRoles(sender, from) >= 0 && compareRoles(sender, to) >= 0
}

/** Blocking for all: moderators, up to their own role (chat §2.7). */
export function mayRestrict(sender: MemberRole, target: MemberRole): boolean {
  return atLeast(sender, 'moderator') && compareRoles(sender, target) >= 0
}

/** Removing from the group: admins, up to their own role (chat §2.7). */
export function mayRemove(sender: MemberRole, target: MemberRole): boolean {
  return atLeast(sender, 'admin') && compareRoles(sender, target) >= 0
}

/** Deleting another's message: moderators, up to their own role (chat §2.3). */
export function mayModerate(sender: MemberRole, author: MemberRole): boolean {
  return atLeast(sender, 'moderator') && compareRoles(sender, author) >= 0
}
