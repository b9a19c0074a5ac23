import { withPreference } from '../../chat/preferences.ts'
import { type GroupProfile, groupProfile as groupProfileCodec } from '../../chat/profile.ts'
import { DEFAULT_ROLE, isRosterRole, type MemberRole, mayChangeRole, mayRemove, mayRestrict } from '../../chat/roles.ts'
import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupId, GroupPatch, MemberRowId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import { endGroup } from '../ending.ts'
import { extensionsOf } from '../extensions.ts'
import { endRelay } from '../relay-events.ts'
import { sendEvents } from '../sending/compose.ts'
import { dropDeliveries, rescueOrphans } from '../sending/deliveries.ts'
import { type Group, groupById } from '../state/groups.ts'
import { isCurrent, isRemoved, type Member, memberByRow, setMemberRole, setMemberStatus } from '../state/members.ts'
import { messagesOf, wipeMessage } from '../state/messages.ts'
import { relayByMember, relaysOf } from '../state/relays.ts'
import { changeWriters } from '../writers.ts'
import { addRelay } from './agreement.ts'
import { countChanged, publishLink } from './link-data.ts'
import { checkProfileSize } from './profile-size.ts'
import { issueRoster } from './roster.ts'

/** What owners, admins and moderators do: every act is a signed event that super-peers and members check again. */

export async function requireGroup(tx: Tx, id: GroupId): Promise<Group> {
  const group = await groupById(tx, id)
  if (group === undefined || group.part === 'super-peer') {
    throw new HearthError('usage', 'no-group', 'the group does not exist')
  }
  return group
}

export async function requireOwner(tx: Tx, id: GroupId): Promise<Group> {
  const group = await requireGroup(tx, id)
  if (group.part !== 'owner') throw new HearthError('usage', 'not-owner', 'only owners can do this')
  if (group.status !== 'ready' && group.status !== 'active') {
    throw new HearthError('usage', 'not-active', 'the group is not in use')
  }
  return group
}

async function requireMember(tx: Tx, group: Group, id: MemberRowId): Promise<Member> {
  const member = await memberByRow(tx, id)
  if (member === undefined || member.group !== group.id || member.memberId === undefined) {
    throw new HearthError('usage', 'no-member', 'the member does not exist')
  }
  if (isRemoved(member.status)) throw new HearthError('usage', 'no-member', 'the member is no longer in the group')
  return member
}

async function ownRole(tx: Tx, group: Group): Promise<MemberRole> {
  return (await memberByRow(tx, group.ownMember))?.role ?? DEFAULT_ROLE
}

function forbidden(): HearthError {
  return new HearthError('usage', 'role', 'your role does not allow this')
}

export async function updateProfile(context: GroupContext, tx: Tx, id: GroupId, patch: GroupPatch): Promise<void> {
  const group = await requireOwner(tx, id)
  const before = group.groupProfile
  if (patch.displayName !== undefined && patch.displayName.trim() === '') {
    throw new HearthError('usage', 'name', 'the group needs a name')
  }
  const history = patch.history
  const profile: GroupProfile = {
    ...before,
    displayName: patch.displayName ?? before.displayName,
    fullName: patch.fullName ?? before.fullName,
    description: patch.description === null ? undefined : (patch.description ?? before.description),
    image: patch.image === null ? undefined : (patch.image ?? before.image),
    groupPreferences:
      history === undefined
        ? before.groupPreferences
        : withPreference(before.groupPreferences, 'history', { enable: history }),
  }
  checkProfileSize(profile)
  await tx.run(
    'UPDATE groups SET group_profile = ? WHERE group_id = ?',
    JSON.stringify(groupProfileCodec.encode(profile)),
    id,
  )
  const { writers } = patch
  if (writers !== undefined) await changeWriters(tx, id, writers)
  const ext = writers === undefined ? {} : { ext: extensionsOf(writers) }
  await sendEvents(context, tx, group, [{ event: { type: 'x.grp.info', params: { groupProfile: profile, ...ext } } }])
  await publishLink(context, tx, id)
  context.notify(tx, { type: 'group', group: id, change: 'updated' })
}

export async function setRole(
  context: GroupContext,
  tx: Tx,
  id: GroupId,
  member: MemberRowId,
  role: MemberRole,
): Promise<void> {
  const group = await requireGroup(tx, id)
  const target = await requireMember(tx, group, member)
  if (target.role === role) return
  const sender = await ownRole(tx, group)
  const allowed = mayChangeRole({ sender, from: target.role, to: role, relayGroup: true })
  if (!allowed || target.id === group.ownMember || target.role === 'owner' || role === 'owner') throw forbidden()
  const inRoster = isRosterRole(target.role) || isRosterRole(role)
  if (isRosterRole(role) && target.key === undefined) {
    throw new HearthError('usage', 'no-key', 'the key of this member is not known')
  }
  await setMemberRole(tx, member, role, true)
  const rosterVersion = inRoster ? await issueRoster(context, tx, id) : undefined
  await sendEvents(context, tx, group, [
    {
      event: {
        type: 'x.grp.mem.role',
        params: {
          memberId: target.memberId!,
          role,
          ...(inRoster && target.key && { memberKey: target.key }),
          rosterVersion,
        },
      },
    },
  ])
  context.notify(tx, { type: 'member', group: id, member, change: 'updated' })
}

export async function blockMember(
  context: GroupContext,
  tx: Tx,
  id: GroupId,
  member: MemberRowId,
  blocked: boolean,
): Promise<void> {
  const group = await requireGroup(tx, id)
  const target = await requireMember(tx, group, member)
  if (target.id === group.ownMember || target.role === 'relay') throw forbidden()
  if (!mayRestrict(await ownRole(tx, group), target.role)) throw forbidden()
  if (target.blocked === blocked) return
  await tx.run('UPDATE group_members SET blocked = ? WHERE member = ?', blocked ? 1 : 0, member)
  const restriction = blocked ? 'blocked' : 'unrestricted'
  await sendEvents(context, tx, group, [
    {
      event: {
        type: 'x.grp.mem.restrict',
        params: { memberId: target.memberId!, memberRestrictions: { restriction } },
      },
    },
  ])
  context.notify(tx, { type: 'member', group: id, member, change: 'updated' })
}

export async function removeMember(
  context: GroupContext,
  tx: Tx,
  id: GroupId,
  member: MemberRowId,
  messages: boolean,
): Promise<void> {
  const group = await requireGroup(tx, id)
  const target = await requireMember(tx, group, member)
  if (target.id === group.ownMember || target.role === 'owner' || target.role === 'relay') throw forbidden()
  if (!mayRemove(await ownRole(tx, group), target.role)) throw forbidden()
  const now = context.env.clock.now()
  await setMemberStatus(tx, member, 'removed', now)
  if (messages) {
    for (const message of await messagesOf(tx, id, member)) {
      await wipeMessage(tx, message, group.ownMember, now)
      context.notify(tx, { type: 'message', group: id, message, change: 'deleted' })
    }
  }
  const inRoster = group.part === 'owner' && isRosterRole(target.role)
  const rosterVersion = inRoster ? await issueRoster(context, tx, id) : undefined
  await sendEvents(context, tx, group, [
    {
      event: {
        type: 'x.grp.mem.del',
        params: { memberId: target.memberId!, ...(messages && { messages: true }), rosterVersion },
      },
    },
  ])
  if (isCurrent(target.status)) {
    await tx.run('UPDATE groups SET member_count = max(1, member_count - 1) WHERE group_id = ?', id)
    if (group.part === 'owner') await countChanged(context, tx, id)
  }
  context.notify(tx, { type: 'member', group: id, member, change: 'removed' })
}

/** Everybody hears of it, the removed one included; then link data go without it (chat §4.5). */
export async function removeSuperPeer(context: GroupContext, tx: Tx, id: GroupId, member: MemberRowId): Promise<void> {
  const group = await requireOwner(tx, id)
  const relay = await relayByMember(tx, member)
  if (relay === undefined || relay.member.group !== id) {
    throw new HearthError('usage', 'no-super-peer', 'the super-peer does not exist')
  }
  // Members may know it from link data or an announcement, even where it is not connected at present.
  const known = relay.row.active_at !== null
  if (known || relay.row.ready === 1) {
    const others = (await relaysOf(tx, id)).filter((other) => other.member.id !== member || other.row.ready === 1)
    await sendEvents(
      context,
      tx,
      group,
      [{ event: { type: 'x.grp.mem.del', params: { memberId: relay.member.memberId! } } }],
      { to: others.map((other) => other.member.id) },
    )
  }
  if (relay.member.conn !== undefined) {
    await context.agent.remove(tx, relay.member.conn, { afterDelivery: relay.row.ready === 1 })
  }
  await dropDeliveries(context, tx, member, { afterDelivery: relay.row.ready === 1 })
  await setMemberStatus(tx, member, 'removed', context.env.clock.now())
  await tx.run('DELETE FROM group_relays WHERE member = ?', member)
  await rescueOrphans(context, tx, id)
  await publishLink(context, tx, id)
  context.notify(tx, { type: 'super-peer-gone', group: id, superPeer: member })
}

/** One that failed, refused or left gets a new record: it knew the old one under another id (chat §4.6). */
export async function retrySuperPeer(
  context: GroupContext,
  tx: Tx,
  id: GroupId,
  member: MemberRowId,
): Promise<MemberRowId> {
  await requireOwner(tx, id)
  const relay = await relayByMember(tx, member)
  if (relay === undefined || relay.member.group !== id || relay.row.address === null) {
    throw new HearthError('usage', 'no-super-peer', 'the super-peer does not exist')
  }
  if (relay.row.status === 'active' || relay.row.status === 'acknowledged_roster') {
    throw new HearthError('usage', 'exists', 'this super-peer is connected')
  }
  const { address } = relay.row
  await removeSuperPeer(context, tx, id, member)
  return addRelay(context, tx, id, address)
}

export async function deleteGroup(context: GroupContext, tx: Tx, id: GroupId): Promise<void> {
  const group = await requireGroup(tx, id)
  if (group.part !== 'owner') throw forbidden()
  if (group.status === 'deleted') return
  await sendEvents(context, tx, group, [{ event: { type: 'x.grp.del', params: {} } }], { wait: false, notify: true })
  if (group.addressConn !== undefined) await context.agent.remove(tx, group.addressConn)
  await endGroup(context, tx, id, 'deleted', { afterDelivery: true })
}

/** Its super-peer said goodbye, or was removed by another owner. */
export async function relayGone(context: GroupContext, tx: Tx, member: MemberRowId): Promise<void> {
  const relay = await relayByMember(tx, member)
  if (relay === undefined) return
  await endRelay(context, tx, member, 'inactive')
  await publishLink(context, tx, relay.member.group)
}
