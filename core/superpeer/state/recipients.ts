import type { Selectable } from 'kysely'
import type { ConnId } from '../../agent/api.ts'
import type { GroupId, MemberRowId } from '../../group/api.ts'
import type { Tx } from '../../store/database.ts'
import type { PauseReason, RecipientState, ServedMembersTable } from '../../store/schema/superpeer.ts'
import type { Recipient } from '../accounting.ts'

export type ServedMember = Selectable<ServedMembersTable>

/** A recipient as delivery sees it. */
export interface RecipientRow extends Recipient {
  readonly state: RecipientState
  readonly position: number
}

const RECIPIENT =
  'member, conn, state, position, known_from AS knownFrom, joined_seq AS joinedSeq, privileged_seq AS privilegedSeq'

const CHAT_VERSION = '(SELECT version_max FROM group_members m WHERE m.member = served_members.member)'

export async function servedMember(tx: Tx, member: MemberRowId): Promise<ServedMember | undefined> {
  return tx.get<ServedMember>('SELECT * FROM served_members WHERE member = ?', member)
}

/** The next page of recipients of a job to the whole group. */
export async function livePage(
  tx: Tx,
  page: { readonly group: GroupId; readonly job: number; readonly after: MemberRowId; readonly limit: number },
): Promise<RecipientRow[]> {
  return tx.all<RecipientRow>(
    `SELECT ${RECIPIENT} FROM served_members
     WHERE group_id = ? AND state = 'live' AND member > ? AND position < ? ORDER BY member LIMIT ?`,
    page.group,
    page.after,
    page.job,
    page.limit,
  )
}

/** Everybody with a connection, whatever its state. */
export async function endingPage(
  tx: Tx,
  page: { readonly group: GroupId; readonly after: MemberRowId; readonly limit: number },
): Promise<CatchingUp[]> {
  return tx.all<CatchingUp>(
    `SELECT ${RECIPIENT}, coalesce(${CHAT_VERSION}, 0) AS version FROM served_members
     WHERE group_id = ? AND state != 'gone' AND member > ? ORDER BY member LIMIT ?`,
    page.group,
    page.after,
    page.limit,
  )
}

/**
 * Moderators and higher whose program is of this version, and one more where given; those that are live and whom this
 * job concerns.
 */
export async function privilegedRecipients(
  tx: Tx,
  of: {
    readonly group: GroupId
    readonly job: number
    readonly version: number
    readonly also: MemberRowId | null
  },
): Promise<RecipientRow[]> {
  return tx.all<RecipientRow>(
    `SELECT ${RECIPIENT} FROM served_members
     WHERE group_id = ? AND privileged_seq IS NOT NULL AND state = 'live' AND position < ?
       AND coalesce(${CHAT_VERSION}, 0) >= ?
     UNION SELECT ${RECIPIENT} FROM served_members WHERE member = ? AND state = 'live' AND position < ?
     ORDER BY member`,
    of.group,
    of.job,
    of.version,
    of.also ?? 0,
    of.job,
  )
}

export interface CatchingUp extends RecipientRow {
  /** The newest version of the chat protocol that its program knows. */
  readonly version: number
}

export async function nextCatchingUp(tx: Tx, group: GroupId, limit: number): Promise<CatchingUp[]> {
  return tx.all<CatchingUp>(
    `SELECT ${RECIPIENT}, coalesce(${CHAT_VERSION}, 0) AS version FROM served_members
     WHERE group_id = ? AND state = 'catching-up' ORDER BY member LIMIT ?`,
    group,
    limit,
  )
}

export interface Pause {
  readonly member: MemberRowId
  readonly reason: PauseReason
  readonly position: number
  readonly rewind: number | null
  readonly now: number
  readonly checkAt: number
}

export async function pauseRecipients(tx: Tx, pauses: readonly Pause[]): Promise<void> {
  await tx.runEach(
    `UPDATE served_members SET state = 'paused', reason = ?, position = ?, rewind = ?,
       paused_at = coalesce(paused_at, ?), check_at = ? WHERE member = ?`,
    pauses.map(({ reason, position, rewind, now, checkAt, member }) => [
      reason,
      position,
      rewind,
      now,
      checkAt,
      member,
    ]),
  )
}

export async function setReason(tx: Tx, member: MemberRowId, reason: PauseReason, checkAt: number): Promise<void> {
  await tx.run(
    "UPDATE served_members SET reason = ?, check_at = ? WHERE member = ? AND state = 'paused'",
    reason,
    checkAt,
    member,
  )
}

/** Takes up where it was left, as soon as delivery comes to it. */
export async function beginCatchingUp(tx: Tx, member: MemberRowId): Promise<boolean> {
  return (
    (await tx.run(
      "UPDATE served_members SET state = 'catching-up', check_at = NULL WHERE member = ? AND state = 'paused'",
      member,
    )) > 0
  )
}

/** `rewind` is kept while what the agent holds is not delivered. */
export async function setLive(tx: Tx, member: MemberRowId, position: number, rewind: number | null): Promise<void> {
  await tx.run(
    `UPDATE served_members SET state = 'live', reason = NULL, position = ?, rewind = ?, paused_at = NULL,
       check_at = NULL WHERE member = ?`,
    position,
    rewind,
    member,
  )
}

export async function setRewind(tx: Tx, member: MemberRowId, rewind: number | null): Promise<void> {
  await tx.run('UPDATE served_members SET rewind = ? WHERE member = ?', rewind, member)
}

export async function setAuthErrors(tx: Tx, member: MemberRowId, errors: number): Promise<void> {
  await tx.run('UPDATE served_members SET auth_errors = ? WHERE member = ?', errors, member)
}

export async function setPosition(tx: Tx, member: MemberRowId, position: number, knownFrom: number): Promise<void> {
  await tx.run('UPDATE served_members SET position = ?, known_from = ? WHERE member = ?', position, knownFrom, member)
}

export async function disableRecipient(tx: Tx, member: MemberRowId, position: number): Promise<void> {
  await tx.run(
    "UPDATE served_members SET state = 'disabled', position = ?, check_at = NULL WHERE member = ? AND state != 'gone'",
    position,
    member,
  )
}

/** It stays as a sender of what it sent before. */
export async function setGone(tx: Tx, member: MemberRowId): Promise<void> {
  await tx.run(
    "UPDATE served_members SET state = 'gone', privileged_seq = NULL, check_at = NULL WHERE member = ?",
    member,
  )
}

export interface NewServedMember {
  readonly member: MemberRowId
  readonly group: GroupId
  readonly conn: ConnId
  readonly now: number
}

/**
 * A member that connects, for the first time or again; what it has been sent stays known, unless it had left. A newcomer
 * gets every job from here on: by another super-peer it may be counted in already, and the two must not leave gaps in
 * what an author says.
 */
export async function connecting(tx: Tx, values: NewServedMember): Promise<void> {
  await tx.run(
    `INSERT INTO served_members (member, group_id, conn, state, position, accepted_at)
       SELECT ?, group_id, ?, 'connecting', last_job, ? FROM served_groups WHERE group_id = ?
     ON CONFLICT (member) DO UPDATE SET conn = excluded.conn, state = 'connecting', auth_errors = 0, check_at = NULL,
       roster_served = NULL, accepted_at = excluded.accepted_at,
       position = CASE WHEN served_members.state = 'gone' OR served_members.connected_at IS NULL
         THEN excluded.position ELSE served_members.position END,
       connected_at = CASE WHEN served_members.state = 'gone' THEN NULL ELSE served_members.connected_at END`,
    values.member,
    values.conn,
    values.now,
    values.group,
  )
}

/** Let in before this time, and never connected. */
export async function neverConnectedSince(tx: Tx, before: number, limit: number): Promise<ServedMember[]> {
  return tx.all<ServedMember>(
    "SELECT * FROM served_members WHERE state = 'connecting' AND accepted_at < ? ORDER BY accepted_at LIMIT ?",
    before,
    limit,
  )
}

/** Paused members whose time has come to be looked at. */
export async function dueChecks(tx: Tx, now: number, limit: number): Promise<ServedMember[]> {
  return tx.all<ServedMember>(
    "SELECT * FROM served_members WHERE check_at <= ? AND state = 'paused' ORDER BY check_at LIMIT ?",
    now,
    limit,
  )
}

export async function nextCheck(tx: Tx): Promise<number | undefined> {
  const row = await tx.get<{ at: number | null }>(
    'SELECT min(check_at) AS at FROM served_members WHERE check_at IS NOT NULL',
  )
  return row?.at ?? undefined
}

export async function groupsCatchingUp(tx: Tx): Promise<{ group: GroupId }[]> {
  return tx.all('SELECT DISTINCT group_id AS "group" FROM served_members WHERE state = \'catching-up\'')
}

/**
 * Whoever became moderator or higher, or no longer is, since the last look. Roles change by signed events and rosters
 * in `group_members`; this follows them.
 */
export async function followRoles(tx: Tx, group: GroupId): Promise<void> {
  const promoted = await tx.all<{ member: MemberRowId }>(
    `SELECT s.member FROM group_members m JOIN served_members s ON s.member = m.member
     WHERE m.group_id = ? AND m.role IN ('moderator', 'admin', 'owner') AND s.privileged_seq IS NULL
       AND s.state != 'gone'`,
    group,
  )
  for (const { member } of promoted) {
    await setPrivilegedSeq(tx, member, await nextSeq(tx, group))
  }
  await tx.run(
    `UPDATE served_members SET privileged_seq = NULL WHERE group_id = ? AND privileged_seq IS NOT NULL AND member IN
       (SELECT member FROM group_members WHERE group_id = ? AND role NOT IN ('moderator', 'admin', 'owner'))`,
    group,
    group,
  )
}

export async function setPrivilegedSeq(tx: Tx, member: MemberRowId, seq: number): Promise<void> {
  await tx.run('UPDATE served_members SET privileged_seq = ? WHERE member = ?', seq, member)
}

export async function nextSeq(tx: Tx, group: GroupId): Promise<number> {
  const row = await tx.get<{ seq: number }>(
    'UPDATE served_groups SET seq = seq + 1 WHERE group_id = ? RETURNING seq',
    group,
  )
  return row?.seq ?? 0
}
