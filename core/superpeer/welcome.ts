import type { ConnId } from '../agent/api.ts'
import { fitsRelay } from '../chat/batch.ts'
import type { MessageElement } from '../chat/container.ts'
import { encodeMessage } from '../chat/message.ts'
import { redactProfile } from '../chat/permissions.ts'
import { atLeast } from '../chat/roles.ts'
import type { MemberRowId } from '../group/api.ts'
import { type Group, groupById } from '../group/state/groups.ts'
import {
  isCurrent,
  type Member,
  memberByRow,
  membersWithRoles,
  setMemberProfile,
  setMemberStatus,
} from '../group/state/members.ts'
import type { Tx } from '../store/database.ts'
import { introduction } from './admit.ts'
import type { SuperPeerContext } from './context.ts'
import { endConnection } from './ending.ts'
import { historyFor } from './history.ts'
import { bodiesInOrder, knowsRosters, rosterElements, setRosterServed } from './roster.ts'
import { lastJob } from './state/jobs.ts'
import { beginCatchingUp, neverConnectedSince, nextSeq, type ServedMember, servedMember } from './state/recipients.ts'
import { currentRecord, memberInfoOf } from './state/records.ts'
import { count, servedGroup, serves } from './state/served.ts'
import { insertTask } from './state/tasks.ts'

/** What an accepted member tells of itself (chat §5.4): its profile. */
export async function memberInfo(tx: Tx, memberRow: MemberRowId, element: MessageElement): Promise<void> {
  const { event } = element.message
  if (event.type !== 'x.info') return
  const member = await memberByRow(tx, memberRow)
  const group = member && (await groupById(tx, member.group))
  if (member === undefined || group === undefined) return
  const { groupPreferences } = group.groupProfile
  await setMemberProfile(tx, member.id, redactProfile(event.params.profile, groupPreferences, member.role))
}

/** The handshake failed for good: the joiner has to ask again. */
export async function neverConnected(
  context: SuperPeerContext,
  tx: Tx,
  memberRow: MemberRowId,
  conn: ConnId,
): Promise<void> {
  const recipient = await servedMember(tx, memberRow)
  if (recipient?.state !== 'connecting' || recipient.conn !== conn) return
  await endConnection(context, tx, memberRow, conn)
  // One that was here before keeps its position for the next attempt.
  if (recipient.connected_at !== null) {
    await tx.run("UPDATE served_members SET state = 'disabled' WHERE member = ?", memberRow)
  }
}

/**
 * Whoever was let in before this time and did not connect is forgotten: routers no longer hold the answer. One that was
 * promoted or blocked meanwhile stays known. True where there may be more.
 */
export async function forgetUnconnected(
  context: SuperPeerContext,
  tx: Tx,
  before: number,
  limit: number,
): Promise<boolean> {
  const waiting = await neverConnectedSince(tx, before, limit)
  for (const { member, conn } of waiting) {
    await neverConnected(context, tx, member, conn)
    await tx.run(
      `DELETE FROM group_members WHERE member = ? AND status = 'accepted' AND role_signed = 0 AND blocked = 0
         AND EXISTS (SELECT 1 FROM served_members s WHERE s.member = ? AND s.state = 'gone' AND s.connected_at IS NULL)`,
      member,
      member,
    )
  }
  return waiting.length === limit
}

/** The connection of a member, or of the owner, is usable both ways (chat §5.4). */
export async function memberConnected(context: SuperPeerContext, tx: Tx, memberRow: MemberRowId): Promise<void> {
  const member = await memberByRow(tx, memberRow)
  const group = member && (await groupById(tx, member.group))
  const recipient = await servedMember(tx, memberRow)
  if (member === undefined || group === undefined || recipient?.state !== 'connecting') return
  const served = await servedGroup(tx, group.id)
  if (served === undefined || !serves(served.status)) return
  const now = context.env.clock.now()
  if (member.status !== 'connected') await setMemberStatus(tx, member.id, 'connected', now)
  if (recipient.connected_at !== null) {
    // It has been here before: what it missed comes from the kept jobs.
    await tx.run("UPDATE served_members SET state = 'paused', reason = 'window' WHERE member = ?", member.id)
    await beginCatchingUp(tx, member.id)
    context.wakeDelivery(tx, group.id)
  } else if (member.role === 'owner') {
    await makeRecipient(context, tx, group, member, { start: recipient.position, knownFrom: recipient.position })
  } else {
    await welcome(context, tx, group, member, recipient)
  }
  context.notify(tx, { type: 'served-group', group: group.id, change: 'members', status: served.status })
}

/** From now on it gets every job after `start`: first those formed while it connected. */
async function makeRecipient(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  member: Member,
  at: { readonly start: number; readonly knownFrom: number },
): Promise<void> {
  const seq = await nextSeq(tx, group.id)
  const behind = (await lastJob(tx, group.id)) > at.start
  await tx.run(
    `UPDATE served_members SET state = ?, reason = NULL, position = ?, known_from = ?, joined_seq = ?,
       privileged_seq = ?, connected_at = ? WHERE member = ?`,
    behind ? 'catching-up' : 'live',
    at.start,
    at.knownFrom,
    seq,
    atLeast(member.role, 'moderator') ? seq : null,
    context.env.clock.now(),
    member.id,
  )
  if (behind) context.wakeDelivery(tx, group.id)
}

/** Announcement to moderators and higher, introductions, roster, history: in the order of chat §5.4. */
async function welcome(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  member: Member,
  { conn, position: start, accepted_at }: ServedMember,
): Promise<void> {
  const now = context.env.clock.now()
  const history = await historyFor(tx, group, member.id, { start, acceptedAt: accepted_at ?? now, now })
  await makeRecipient(context, tx, group, member, { start, knownFrom: history.knownFrom })
  const owners = await introductions(tx, group, member, ['owner'])
  const privileged = await introductions(tx, group, member, ['admin', 'moderator'])
  const roster = knowsRosters(member) ? await rosterElements(tx, group.id) : undefined
  const elements = [...owners, ...(roster?.elements ?? []), ...privileged, ...history.elements]
  for (const body of bodiesInOrder(elements)) await context.agent.send(tx, conn, body)
  if (roster !== undefined) await setRosterServed(tx, member.id, roster.version)
  await announce(context, tx, group, member, now)
  await tx.run('UPDATE groups SET member_count = member_count + 1 WHERE group_id = ?', group.id)
  await count(tx, group.id, now, { joined: 1 })
}

async function introductions(
  tx: Tx,
  group: Group,
  newcomer: Member,
  roles: readonly ('owner' | 'admin' | 'moderator')[],
): Promise<Uint8Array[]> {
  const elements: Uint8Array[] = []
  for (const member of await membersWithRoles(tx, group.id, roles)) {
    const info = memberInfoOf(group, member)
    if (member.id === newcomer.id || info === undefined || !isCurrent(member.status)) continue
    const element = encodeMessage(introduction(member, info))
    if (fitsRelay(element)) elements.push(element)
  }
  return elements
}

async function announce(context: SuperPeerContext, tx: Tx, group: Group, member: Member, now: number): Promise<void> {
  const record = await currentRecord(tx, group, member, now)
  if (record === undefined || !fitsRelay(record.element)) return
  await insertTask(tx, {
    group: group.id,
    scope: 'privileged',
    sender: member.id,
    withRecord: false,
    element: record.element,
    now,
  })
  context.wakeDelivery(tx, group.id)
}
