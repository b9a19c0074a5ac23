import type { ChatEventParams } from '../../chat/events.ts'
import type { MemberInfo } from '../../chat/invitations.ts'
import { redactProfile } from '../../chat/permissions.ts'
import type { Profile } from '../../chat/profile.ts'
import { compareRoles, DEFAULT_ROLE, isPrivileged, type MemberRole } from '../../chat/roles.ts'
import { equal } from '../../codec/bytes.ts'
import type { MemberStatus } from '../../store/schema/chat.ts'
import {
  insertMember,
  isRemoved,
  type Member,
  memberById,
  pinMemberKey,
  setMemberProfile,
  setMemberRole,
  setMemberStatus,
  setMemberVersions,
} from '../state/members.ts'
import { applied, GROUP_SCOPE, ignored, type Outcome, type Received, refused } from './context.ts'

/** Member records: what a super-peer tells about members, and what they tell about themselves (chat §5.5, §6.5). */

/** A name for somebody of whom nothing but the id is known. */
export const NAMELESS = 'member'

function shown(received: Received, profile: Profile, role: MemberRole): Profile {
  return redactProfile(profile, received.group.groupProfile.groupPreferences, role)
}

/** The sender's own profile (signed). */
export async function receiveInfo(received: Received, params: ChatEventParams['x.info']): Promise<Outcome> {
  const { tx, author, group, context } = received
  if (author === undefined) return refused('no-author')
  const signed = received.verification === 'verified'
  if (author.profileSigned && !signed) return refused('signature')
  await setMemberProfile(tx, author.id, shown(received, params.profile, author.role), { signed })
  context.notify(tx, { type: 'member', group: group.id, member: author.id, change: 'updated' })
  return applied({ scope: author.role === 'relay' ? undefined : GROUP_SCOPE })
}

/** A super-peer's record of somebody who joined or is about to be heard. */
export async function receiveMemberNew(received: Received, info: MemberInfo): Promise<Outcome> {
  const { author, group } = received
  if (author?.role !== 'relay' || received.forwarded) return refused('role')
  if (equal(info.memberId, group.ownMemberId)) return ignored('self')
  return record(received, info, 'announced')
}

/** A super-peer introduces those who were there before: owners, moderators (chat §5.5). */
export async function receiveIntroduction(
  received: Received,
  params: ChatEventParams['x.grp.mem.intro'],
): Promise<Outcome> {
  const { author, group, tx } = received
  const { memberInfo: info, memberRestrictions } = params
  if (author?.role !== 'relay' || received.forwarded) return refused('role')
  if (equal(info.memberId, group.ownMemberId)) return ignored('self')
  const known = await memberById(tx, group.id, info.memberId)
  // What a super-peer says of a role from member upwards, and of its key, counts for nothing: the roster says it.
  const asserted: MemberInfo = isPrivileged(info.memberRole)
    ? { ...info, memberRole: known?.role ?? DEFAULT_ROLE, memberKey: undefined }
    : info
  const outcome = await record(received, asserted, 'introduced')
  if (outcome.outcome === 'applied' && memberRestrictions?.restriction === 'blocked' && known?.roleSigned !== true) {
    const member = await memberById(tx, group.id, info.memberId)
    if (member !== undefined) await tx.run('UPDATE group_members SET blocked = 1 WHERE member = ?', member.id)
  }
  return outcome
}

async function record(received: Received, info: MemberInfo, status: MemberStatus): Promise<Outcome> {
  const { tx, group } = received
  if (info.memberRole === 'relay') return refused('role')
  const known = await memberById(tx, group.id, info.memberId)
  if (known === undefined) return create(received, info, status)
  if (isRemoved(known.status)) return ignored('removed')
  if (known.role === 'relay') return refused('role')
  return complete(received, known, info, status)
}

async function create(received: Received, info: MemberInfo, status: MemberStatus): Promise<Outcome> {
  const { tx, group, context, now } = received
  if (isPrivileged(info.memberRole)) return refused('role')
  const member = await insertMember(tx, {
    group: group.id,
    memberId: info.memberId,
    role: info.memberRole,
    category: status === 'introduced' ? 'pre' : 'post',
    status,
    profile: shown(received, info.profile, info.memberRole),
    key: info.memberKey,
    keyOrigin: 'relay',
    versions: info.v,
    joinedAt: status === 'announced' ? now : undefined,
    now,
  })
  context.notify(tx, { type: 'member', group: group.id, member: member.id, change: 'added' })
  return applied({ effects: [{ type: 'member-added', member: member.id }] })
}

async function complete(received: Received, known: Member, info: MemberInfo, status: MemberStatus): Promise<Outcome> {
  const { tx, group, context, now } = received
  if (isPrivileged(info.memberRole) && !isPrivileged(known.role)) return refused('role')
  const differs = info.memberKey !== undefined && known.key !== undefined && !equal(known.key.raw, info.memberKey.raw)
  if (differs) {
    context.notify(tx, {
      type: 'refused',
      group: group.id,
      member: known.id,
      event: received.message.event.type,
      reason: 'key-differs',
    })
  }
  const wasUnknown = known.status === 'unknown'
  const privileged = isPrivileged(known.role)
  const raises = !privileged && !known.roleSigned && compareRoles(info.memberRole, known.role) > 0
  if (!wasUnknown && known.profileKnown && !raises && status !== 'introduced') return ignored('known')
  if (wasUnknown) await setMemberStatus(tx, known.id, status, now)
  if (!known.profileSigned && (wasUnknown || !known.profileKnown || status === 'introduced')) {
    await setMemberProfile(tx, known.id, shown(received, info.profile, known.role))
  }
  // Another super-peer let this member in with the right to write (chat §9.7).
  if (raises) await setMemberRole(tx, known.id, info.memberRole, false)
  if (!privileged && info.memberKey !== undefined && !differs) await pinMemberKey(tx, known, info.memberKey, 'relay')
  if (info.v !== undefined) await setMemberVersions(tx, known, info.v)
  context.notify(tx, { type: 'member', group: group.id, member: known.id, change: 'updated' })
  return applied({ effects: wasUnknown ? [{ type: 'member-added', member: known.id }] : [] })
}

/** Somebody of whom only a forward speaks: without the right to write until a record comes (chat §7.5). */
export async function insertStranger(
  received: Omit<Received, 'author'>,
  memberId: Uint8Array,
  name: string,
): Promise<Member> {
  return insertMember(received.tx, {
    group: received.group.id,
    memberId,
    role: DEFAULT_ROLE,
    category: 'post',
    status: 'unknown',
    profile: { displayName: name === '' ? NAMELESS : name, fullName: '' },
    profileKnown: false,
    now: received.now,
  })
}
