import type { ConnId } from '../../agent/api.ts'
import type { MessageElement } from '../../chat/container.ts'
import type { GroupLinkInvitation } from '../../chat/invitations.ts'
import { encodeConnInfo } from '../../chat/outgoing.ts'
import { compareRoles, isPrivileged } from '../../chat/roles.ts'
import { bind } from '../../chat/state/bindings.ts'
import { equal } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupContext } from '../context.ts'
import { failureOf } from '../failure.ts'
import { readRelayLink } from '../link.ts'
import { advanceRelay, endRelay, failRelayStep } from '../relay-events.ts'
import { authorOf, profileFor } from '../sending/compose.ts'
import { flushWaiting } from '../sending/deliveries.ts'
import { type Group, groupById } from '../state/groups.ts'
import {
  isRemoved,
  memberById,
  memberByRow,
  setMemberConn,
  setMemberProfile,
  setMemberRole,
  setMemberStatus,
} from '../state/members.ts'
import { type Relay, relayByMember, relaysOf } from '../state/relays.ts'

/** Connecting a member to one super-peer (chat §5.2, §5.4). */

/** The next step with a super-peer of a joined group; returns when to come back. */
export async function connectStep(context: GroupContext, relay: Relay): Promise<number | undefined> {
  const { row, member } = relay
  if (row.status !== 'new' || member.relayLink === undefined) return undefined
  if (row.retry_at !== null && row.retry_at > context.env.clock.now()) return row.retry_at
  try {
    await request(context, relay, member.relayLink)
    return undefined
  } catch (error) {
    const failure = failureOf(error)
    return context.store.write(async (tx) => {
      const retryAt = await failRelayStep(context, tx, member.id, failure)
      await joiningMayFail(context, tx, member.group, failure.code)
      return retryAt
    })
  }
}

async function request(context: GroupContext, { member }: Relay, link: string): Promise<void> {
  const read = await readRelayLink(context.agent, link)
  await context.store.write(async (tx) => {
    const relay = await relayByMember(tx, member.id)
    const group = await groupById(tx, member.group)
    if (relay?.row.status !== 'new' || group === undefined) return
    const holder = await memberById(tx, group.id, read.memberId)
    if (holder !== undefined && holder.id !== member.id && !isRemoved(holder.status)) {
      throw new HearthError('protocol', 'relay-link', 'two super-peers claim to be the same one')
    }
    if (member.memberId !== undefined && !equal(member.memberId, read.memberId)) {
      throw new HearthError('protocol', 'relay-link', 'the super-peer changed its identity')
    }
    // It was dropped and is published again: the record that messages refer to gives up its id.
    if (holder !== undefined && holder.id !== member.id) {
      await tx.run('UPDATE group_members SET member_id = NULL WHERE member = ?', holder.id)
    }
    await tx.run(
      "UPDATE group_members SET member_id = ?, key = coalesce(key, ?), key_origin = 'link' WHERE member = ?",
      read.memberId,
      read.key.raw,
      member.id,
    )
    await setMemberProfile(tx, member.id, read.profile)
    const author = await authorOf(tx, group)
    const { profile } = await profileFor(tx, group)
    const own = await memberByRow(tx, group.ownMember)
    const info = encodeConnInfo(
      {
        type: 'x.member',
        params: { profile, newMemberId: group.ownMemberId, newMemberKey: own!.key!, viaRelay: read.memberId },
      },
      author,
    )
    const conn = await context.agent.join(tx, read.fullLink, info)
    await bind(tx, conn, 'relay', member.id)
    await setMemberConn(tx, member.id, conn)
    await advanceRelay(context, tx, member.id, 'invited')
  })
}

/** The super-peer answers the request to join. */
export async function joinAnswered(
  context: GroupContext,
  tx: Tx,
  relay: Relay,
  group: Group,
  conn: ConnId,
  confirmation: number,
  element: MessageElement,
): Promise<void> {
  const { event } = element.message
  if (relay.row.status !== 'invited') return
  if (event.type === 'x.grp.link.inv') {
    const invitation = event.params.groupLinkInvitation
    const id = invitation.groupProfile.publicGroup?.publicGroupId
    if (id === undefined || group.publicGroupId === undefined || !equal(id, group.publicGroupId)) {
      await giveUp(context, tx, relay, 'failed', 'another-group')
      return
    }
    await admitted(context, tx, relay, group, invitation)
    const { profile } = await profileFor(tx, group)
    await context.agent.allow(tx, conn, confirmation, encodeConnInfo({ type: 'x.info', params: { profile } }))
  } else if (event.type === 'x.grp.link.reject') {
    await giveUp(context, tx, relay, 'rejected', event.params.groupLinkRejection.rejectionReason)
  } else {
    await giveUp(context, tx, relay, 'failed', 'unexpected-answer')
  }
}

async function admitted(
  context: GroupContext,
  tx: Tx,
  { member }: Relay,
  group: Group,
  invitation: GroupLinkInvitation,
): Promise<void> {
  const role = invitation.invitedMember.memberRole
  const now = context.env.clock.now()
  await tx.run('UPDATE group_relays SET published_role = ?, accepted_at = ? WHERE member = ?', role, now, member.id)
  const own = await memberByRow(tx, group.ownMember)
  // A super-peer's word makes nobody more than an author: the roster says who is (chat §5.5).
  if (own !== undefined && !own.roleSigned && !isPrivileged(role) && compareRoles(role, own.role) > 0) {
    await setMemberRole(tx, own.id, role, false)
  }
  if (invitation.groupSize !== undefined && invitation.groupSize > group.memberCount) {
    await tx.run('UPDATE groups SET member_count = ? WHERE group_id = ?', invitation.groupSize, group.id)
  }
}

export async function relayJoined(context: GroupContext, tx: Tx, relay: Relay, group: Group): Promise<void> {
  const now = context.env.clock.now()
  const { member } = relay
  await tx.run('UPDATE group_relays SET ready = 1, connected_at = ?, seen_at = ? WHERE member = ?', now, now, member.id)
  await setMemberStatus(tx, member.id, 'connected', now)
  await advanceRelay(context, tx, member.id, 'active')
  const ready = await relayByMember(tx, member.id)
  if (ready !== undefined) await flushWaiting(context, tx, ready)
  if (group.status !== 'joining' && group.status !== 'failed') return
  await setMemberStatus(tx, group.ownMember, 'connected', now)
  await tx.run("UPDATE groups SET status = 'active', error = NULL, active_at = ? WHERE group_id = ?", now, group.id)
  context.notify(tx, { type: 'group', group: group.id, change: 'joined' })
}

async function giveUp(
  context: GroupContext,
  tx: Tx,
  { member }: Relay,
  status: 'rejected' | 'failed',
  error: string,
): Promise<void> {
  await endRelay(context, tx, member.id, status, error)
  await joiningMayFail(context, tx, member.group, error)
}

/** Joining failed when the last super-peer has: a person, or the next look at the link, may try again. */
export async function joiningMayFail(context: GroupContext, tx: Tx, id: number, error: string): Promise<void> {
  const group = await groupById(tx, id)
  if (group?.status !== 'joining') return
  const relays = await relaysOf(tx, id)
  if (relays.some(({ row }) => row.status === 'new' || row.status === 'invited' || row.status === 'active')) return
  await tx.run("UPDATE groups SET status = 'failed', error = ? WHERE group_id = ?", error, id)
  context.notify(tx, { type: 'group', group: id, change: 'failed', error })
}
