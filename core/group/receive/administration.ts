import type { ChatEventParams } from '../../chat/events.ts'
import { type GroupProfile, groupProfile as groupProfileCodec } from '../../chat/profile.ts'
import { DEFAULT_ROLE, isRosterRole, mayChangeRole, mayRemove, mayRestrict } from '../../chat/roles.ts'
import { equal } from '../../codec/bytes.ts'
import { writersOf } from '../extensions.ts'
import type { DeliveryScope, Effect } from '../processed.ts'
import {
  insertMember,
  isCurrent,
  isRemoved,
  type Member,
  memberById,
  setMemberRole,
  setMemberStatus,
} from '../state/members.ts'
import { messagesOf, wipeMessage } from '../state/messages.ts'
import { advanceRoster } from '../state/roster.ts'
import { changeWriters } from '../writers.ts'
import { applied, GROUP_SCOPE, ignored, type Outcome, type Received, refused } from './context.ts'
import { NAMELESS } from './records.ts'

/** Signed events that change the group: roles, restrictions, removals, profile, the end (chat §2.7, §6.5, §7.8). */

const REMOVED_SCOPE: DeliveryScope = { type: 'super-peer-removed' }

export async function receiveRole(received: Received, params: ChatEventParams['x.grp.mem.role']): Promise<Outcome> {
  const { tx, group, author, context } = received
  if (author === undefined) return refused('no-author')
  const target = await memberById(tx, group.id, params.memberId)
  const from = target?.role ?? DEFAULT_ROLE
  if (!mayChangeRole({ sender: author.role, from, to: params.role, relayGroup: true })) return refused('role')
  if (from === 'owner' || params.role === 'owner') return refused('role')
  const versioned = await checkRosterVersion(received, author, params.rosterVersion)
  if (versioned === undefined) return ignored('replay')
  const effects: Effect[] = [...versioned]
  if (target === undefined) {
    if (author.role !== 'owner') return ignored('unknown-member', { scope: GROUP_SCOPE, effects })
    if (!isRosterRole(params.role)) {
      await insertNamed(received, params)
      return applied({ scope: GROUP_SCOPE, effects })
    }
    if (params.memberKey === undefined) return ignored('unknown-member', { scope: GROUP_SCOPE, effects })
    const member = await insertMember(tx, {
      group: group.id,
      memberId: params.memberId,
      role: params.role,
      roleSigned: true,
      category: 'pre',
      status: 'introduced',
      profile: { displayName: NAMELESS, fullName: '' },
      profileKnown: false,
      key: params.memberKey,
      keyOrigin: 'signed',
      now: received.now,
    })
    context.notify(tx, { type: 'member', group: group.id, member: member.id, change: 'added' })
    return applied({ scope: GROUP_SCOPE, effects })
  }
  if (isRemoved(target.status)) return ignored('removed', { scope: GROUP_SCOPE, effects })
  await setMemberRole(tx, target.id, params.role, true)
  if (target.key === undefined && params.memberKey !== undefined && author.role === 'owner') {
    await tx.run(
      "UPDATE group_members SET key = ?, key_origin = 'signed' WHERE member = ?",
      params.memberKey.raw,
      target.id,
    )
  }
  context.notify(tx, { type: 'member', group: group.id, member: target.id, change: 'updated' })
  if (target.id === group.ownMember) context.notify(tx, { type: 'group', group: group.id, change: 'updated' })
  return applied({ scope: GROUP_SCOPE, effects })
}

/** Somebody who is not known here yet, or joins later: whether they may write is decided already. */
async function insertNamed(
  { tx, group, context, now }: Received,
  { memberId, role }: ChatEventParams['x.grp.mem.role'],
): Promise<void> {
  const member = await insertMember(tx, {
    group: group.id,
    memberId,
    role,
    roleSigned: true,
    category: 'post',
    status: 'unknown',
    profile: { displayName: NAMELESS, fullName: '' },
    profileKnown: false,
    now,
  })
  context.notify(tx, { type: 'member', group: group.id, member: member.id, change: 'added' })
}

/**
 * The version that a delta of the roster carries (chat §6.6): undefined where it is older than what is applied, a replay.
 * Otherwise the effects of it: one that leaves a gap asks for the whole roster.
 */
async function checkRosterVersion(
  { tx, group }: Received,
  author: Member,
  version: number | undefined,
): Promise<Effect[] | undefined> {
  if (version === undefined || author.role !== 'owner') return []
  if (version < (group.rosterVersion ?? 0)) return undefined
  await advanceRoster(tx, group.id, version, false)
  const complete = group.rosterCompleteVersion
  return version > (complete ?? -1) + 1 ? [{ type: 'roster-wanted', version: complete }] : []
}

export async function receiveRestriction(
  received: Received,
  params: ChatEventParams['x.grp.mem.restrict'],
): Promise<Outcome> {
  const { tx, group, author, context } = received
  if (author === undefined) return refused('no-author')
  const target = await memberById(tx, group.id, params.memberId)
  if (target?.id === group.ownMember && group.part !== 'member') return refused('role')
  if (!mayRestrict(author.role, target?.role ?? DEFAULT_ROLE)) return refused('role')
  const blocked = params.memberRestrictions.restriction === 'blocked' ? 1 : 0
  if (target === undefined) {
    const member = await insertMember(tx, {
      group: group.id,
      memberId: params.memberId,
      role: DEFAULT_ROLE,
      category: 'post',
      status: 'unknown',
      profile: { displayName: NAMELESS, fullName: '' },
      profileKnown: false,
      blocked: blocked === 1,
      now: received.now,
    })
    context.notify(tx, { type: 'member', group: group.id, member: member.id, change: 'added' })
    return applied({ scope: GROUP_SCOPE })
  }
  await tx.run('UPDATE group_members SET blocked = ? WHERE member = ?', blocked, target.id)
  context.notify(tx, { type: 'member', group: group.id, member: target.id, change: 'updated' })
  return applied({ scope: GROUP_SCOPE })
}

export async function receiveRemoval(received: Received, params: ChatEventParams['x.grp.mem.del']): Promise<Outcome> {
  const { tx, group, author, context, now } = received
  if (author === undefined) return refused('no-author')
  const target = await memberById(tx, group.id, params.memberId)
  if (!mayRemove(author.role, target?.role ?? DEFAULT_ROLE)) return refused('role')
  if (target?.role === 'owner' || (target?.role === 'relay' && author.role !== 'owner')) return refused('role')
  const versioned = await checkRosterVersion(received, author, params.rosterVersion)
  if (versioned === undefined) return ignored('replay')
  const effects: Effect[] = [...versioned]
  if (target === undefined) return ignored('unknown-member', { scope: GROUP_SCOPE, effects })
  if (target.id === group.ownMember) {
    await setMemberStatus(tx, target.id, 'removed', now)
    effects.push({ type: 'self-removed' })
    return applied({ scope: group.part === 'super-peer' ? REMOVED_SCOPE : undefined, effects })
  }
  if (isRemoved(target.status)) return ignored('removed', { scope: GROUP_SCOPE, effects })
  if (params.messages === true) await wipeAll(received, target)
  await leaveGroup(received, target, 'removed')
  context.notify(tx, { type: 'member', group: group.id, member: target.id, change: 'removed' })
  effects.push({ type: 'member-removed', member: target, messages: params.messages === true })
  return applied({ scope: GROUP_SCOPE, effects })
}

async function wipeAll({ tx, group, author, context, now }: Received, target: Member): Promise<void> {
  for (const message of await messagesOf(tx, group.id, target.id)) {
    await wipeMessage(tx, message, author?.id, now)
    context.notify(tx, { type: 'message', group: group.id, message, change: 'deleted' })
  }
}

async function leaveGroup({ tx, group, now }: Received, member: Member, status: 'left' | 'removed'): Promise<void> {
  await setMemberStatus(tx, member.id, status, now)
  if (!isCurrent(member.status) || member.role === 'relay') return
  await tx.run('UPDATE groups SET member_count = max(1, member_count - 1) WHERE group_id = ?', group.id)
}

export async function receiveLeave(received: Received): Promise<Outcome> {
  const { tx, group, author, context } = received
  if (author === undefined) return refused('no-author')
  if (author.status === 'unknown') return ignored('unknown-member', { open: true })
  await leaveGroup(received, author, 'left')
  context.notify(tx, { type: 'member', group: group.id, member: author.id, change: 'left' })
  return applied({
    scope: author.role === 'relay' ? undefined : GROUP_SCOPE,
    effects: [{ type: 'member-left', member: author }],
  })
}

export async function receiveGroupDeletion({ author }: Received): Promise<Outcome> {
  if (author?.role !== 'owner') return refused('role')
  return applied({ scope: REMOVED_SCOPE, effects: [{ type: 'group-deleted' }] })
}

export async function receiveGroupProfile(
  received: Received,
  { groupProfile: value, ext }: ChatEventParams['x.grp.info'],
): Promise<Outcome> {
  const { tx, group, author } = received
  if (author?.role !== 'owner') return refused('role')
  if (!sameGroup(group.groupProfile, value)) return refused('group-id')
  if (ext !== undefined) await changeWriters(tx, group.id, writersOf(ext))
  await saveGroupProfile(received, value)
  return applied({ scope: GROUP_SCOPE, effects: [{ type: 'profile-changed' }] })
}

/** The identity and the link of a group never change (chat §3.2). */
function sameGroup(before: GroupProfile, after: GroupProfile): boolean {
  return (
    before.publicGroup !== undefined &&
    after.publicGroup !== undefined &&
    equal(before.publicGroup.publicGroupId, after.publicGroup.publicGroupId) &&
    before.publicGroup.groupLink === after.publicGroup.groupLink
  )
}

export async function receivePreferences(received: Received, params: ChatEventParams['x.grp.prefs']): Promise<Outcome> {
  const { group, author } = received
  if (author?.role !== 'owner') return refused('role')
  await saveGroupProfile(received, { ...group.groupProfile, groupPreferences: params.groupPreferences })
  return applied({ scope: GROUP_SCOPE, effects: [{ type: 'profile-changed' }] })
}

async function saveGroupProfile({ tx, group, context }: Received, value: GroupProfile): Promise<void> {
  await tx.run(
    'UPDATE groups SET group_profile = ? WHERE group_id = ?',
    JSON.stringify(groupProfileCodec.encode(value)),
    group.id,
  )
  context.notify(tx, { type: 'group', group: group.id, change: 'updated' })
}

export async function receiveRelayNew(
  received: Received,
  params: ChatEventParams['x.grp.relay.new'],
): Promise<Outcome> {
  if (received.author?.role !== 'owner') return refused('role')
  return applied({ scope: GROUP_SCOPE, effects: [{ type: 'super-peer-announced', link: params.relayLink }] })
}

/** What a super-peer tells its owner, and members ask a super-peer, over their own connection only. */
export function receiveRelayAnswer(received: Received, effect: Effect, from: 'relay' | 'member'): Outcome {
  const { author, forwarded, group } = received
  if (forwarded || author === undefined) return refused('forwarded')
  const expected = from === 'relay' ? author.role === 'relay' && group.part === 'owner' : group.part === 'super-peer'
  if (!expected) return ignored('not-for-us')
  return applied({ effects: [effect] })
}
