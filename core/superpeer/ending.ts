import type { ConnId } from '../agent/api.ts'
import { groupElement } from '../chat/outgoing.ts'
import { unbind } from '../chat/state/bindings.ts'
import type { MemberRowId } from '../group/api.ts'
import type { Group } from '../group/state/groups.ts'
import { memberByRow, setMemberConn } from '../group/state/members.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { deleteJobs, isEnding } from './state/jobs.ts'
import { setGone } from './state/recipients.ts'
import { count, setServedStatus } from './state/served.ts'
import { deleteTasks, insertTask } from './state/tasks.ts'

/** The member's connection ends when everything enqueued for it was sent. What it sent before is still delivered. */
export async function endConnection(
  context: SuperPeerContext,
  tx: Tx,
  member: MemberRowId,
  conn: ConnId,
): Promise<void> {
  await context.agent.remove(tx, conn, { afterDelivery: true })
  await unbind(tx, conn)
  await setMemberConn(tx, member, undefined)
  await setGone(tx, member)
}

/** A member left or was removed: its connection ends after delivery. */
export async function endMember(context: SuperPeerContext, tx: Tx, group: Group, member: MemberRowId): Promise<void> {
  const row = await memberByRow(tx, member)
  if (row?.conn === undefined) return setGone(tx, member)
  await endConnection(context, tx, member, row.conn)
  await count(tx, group.id, context.env.clock.now(), { gone: 1 })
  context.notify(tx, { type: 'served-group', group: group.id, change: 'members', status: await statusOf(tx, group) })
}

export interface LastWord {
  readonly element: Uint8Array
  readonly sender?: MemberRowId
  readonly status: 'inactive' | 'rejected'
  /** What was taken before goes out first: its authors count on it, and others go on with the group. */
  readonly afterAll: boolean
}

/**
 * The last job of a group (chat §7.8): this one element goes to everybody, paused or not, and with it their connections
 * end. What is queued goes before it, or is dropped where the group itself ends.
 */
export async function beginEnding(context: SuperPeerContext, tx: Tx, group: Group, last: LastWord): Promise<void> {
  const { element, sender, status } = last
  const now = context.env.clock.now()
  if (await isEnding(tx, group.id)) return
  if (!last.afterAll) {
    await deleteTasks(tx, group.id)
    await deleteJobs(tx, group.id)
  }
  await setServedStatus(tx, group.id, status, now)
  await tx.run('UPDATE served_groups SET check_at = NULL WHERE group_id = ?', group.id)
  await insertTask(tx, { group: group.id, scope: 'ending', sender, withRecord: false, element, now })
  context.wakeDelivery(tx, group.id)
  context.notify(tx, { type: 'served-group', group: group.id, change: 'status', status })
}

/** This super-peer leaves by itself: its own signed event, neither forwarded nor content (chat §4.5). */
export async function beginLeaving(context: SuperPeerContext, tx: Tx, group: Group): Promise<void> {
  if (group.publicGroupId === undefined) return
  const { element } = groupElement(
    { publicGroupId: group.publicGroupId, memberId: group.ownMemberId, key: group.ownKey, name: '' },
    { event: { type: 'x.grp.leave', params: {} } },
    context.env.random,
  )
  await beginEnding(context, tx, group, { element, status: 'rejected', afterAll: true })
}

/** All pages of the last job are enqueued: the link goes, and what is left is history. */
export async function finishEnding(context: SuperPeerContext, tx: Tx, group: Group): Promise<void> {
  if (group.addressConn !== undefined) {
    await context.agent.remove(tx, group.addressConn)
    await unbind(tx, group.addressConn)
    await tx.run('UPDATE groups SET address_conn = NULL WHERE group_id = ?', group.id)
  }
  const now = context.env.clock.now()
  await deleteTasks(tx, group.id)
  await deleteJobs(tx, group.id)
  await tx.run('UPDATE served_groups SET ended_at = ?, check_at = NULL WHERE group_id = ?', now, group.id)
  context.notify(tx, { type: 'served-group', group: group.id, change: 'ended', status: await statusOf(tx, group) })
}

async function statusOf(tx: Tx, group: Group) {
  const row = await tx.get<{ status: 'inactive' | 'rejected' | 'active' }>(
    'SELECT status FROM served_groups WHERE group_id = ?',
    group.id,
  )
  return row?.status ?? 'inactive'
}
