import type { Group, MemberView } from '../../../../core/host/contract/types.ts'

const RANKS = ['observer', 'author', 'member', 'moderator', 'admin', 'owner'] as const
type Role = (typeof RANKS)[number]

function rank(role: string): number {
  return RANKS.indexOf(role as Role)
}

/** Roles that stand out in the list. */
export function isStrong(role: string): boolean {
  return rank(role) >= rank('moderator')
}

/** Owners and moderators first, then whoever wrote last. */
export function byRank(a: MemberView, b: MemberView): number {
  const strength = (member: MemberView): number => (isStrong(member.role) ? rank(member.role) : 0)
  return strength(b) - strength(a) || (b.wroteAt ?? 0) - (a.wroteAt ?? 0) || a.id - b.id
}

/** What the person may do with a member; the host checks again (chat §3.4). */
export interface Rights {
  readonly block: boolean
  readonly remove: boolean
  readonly roles: readonly ('observer' | 'author' | 'moderator' | 'admin')[]
}

const NONE: Rights = { block: false, remove: false, roles: [] }

export function rightsOver(group: Group, member: MemberView): Rights {
  if (member.self || group.status !== 'active' || member.role === 'owner') return NONE
  const own = rank(group.role)
  if (own < rank(member.role)) return NONE
  const moderates = own >= rank('moderator')
  const all = ['observer', 'author', 'moderator', 'admin'] as const
  const assigned =
    group.role === 'owner'
      ? all
      : moderates && rank(member.role) < rank('member')
        ? all.filter((role) => rank(role) < rank('member'))
        : []
  return {
    block: moderates,
    remove: own >= rank('admin'),
    roles: assigned.filter((role) => role !== member.role),
  }
}
