import { memberRecordElement } from '../../chat/forward.ts'
import type { MemberInfo } from '../../chat/invitations.ts'
import { redactProfile } from '../../chat/permissions.ts'
import { CHAT_VERSIONS } from '../../chat/versions.ts'
import { equal } from '../../codec/bytes.ts'
import type { GroupId, MemberRowId } from '../../group/api.ts'
import type { Group } from '../../group/state/groups.ts'
import { type Member, memberByRow } from '../../group/state/members.ts'
import type { Tx } from '../../store/database.ts'
import type { SenderRecord } from '../accounting.ts'
import { servedMember } from './recipients.ts'

/** What others are told of a member (chat §3.6): redacted as the group wants it. */
export function memberInfoOf(group: Group, member: Member): MemberInfo | undefined {
  if (member.memberId === undefined) return undefined
  return {
    memberId: member.memberId,
    memberRole: member.role,
    v: member.versions,
    profile: redactProfile(member.profile, group.groupProfile.groupPreferences, member.role),
    memberKey: member.key,
  }
}

export interface StoredRecord {
  readonly record: number
  readonly element: Uint8Array
  readonly hasImage: boolean
}

/** The member's record as it is now. Jobs refer to the row, so that those who get them later see the same. */
export async function currentRecord(
  tx: Tx,
  group: Group,
  member: Member,
  now: number,
): Promise<StoredRecord | undefined> {
  const info = memberInfoOf(group, member)
  if (info === undefined) return undefined
  const element = memberRecordElement(CHAT_VERSIONS, info)
  const last = await tx.get<{ record: number; element: Uint8Array; hasImage: number }>(
    `SELECT r.record, r.element, r.has_image AS hasImage FROM served_members s JOIN member_records r ON r.record = s.record
     WHERE s.member = ?`,
    member.id,
  )
  if (last !== undefined && equal(last.element, element)) {
    return { record: last.record, element, hasImage: last.hasImage === 1 }
  }
  const hasImage = info.profile.image !== undefined
  if (last !== undefined) await tx.run('UPDATE member_records SET superseded_at = ? WHERE record = ?', now, last.record)
  const inserted = await tx.get<{ record: number }>(
    'INSERT INTO member_records (member, element, has_image) VALUES (?, ?, ?) RETURNING record',
    member.id,
    element,
    hasImage ? 1 : 0,
  )
  await tx.run('UPDATE served_members SET record = ? WHERE member = ?', inserted!.record, member.id)
  return { record: inserted!.record, element, hasImage }
}

/**
 * What a job has to know of one of its senders (chat §7.5). Undefined for owners, whom everybody knows from the link,
 * and for those who were never connected here.
 */
export async function senderRecord(
  tx: Tx,
  group: Group,
  sender: MemberRowId,
  now: number,
): Promise<SenderRecord | undefined> {
  const member = await memberByRow(tx, sender)
  if (member === undefined || member.role === 'owner') return undefined
  const served = await servedMember(tx, sender)
  if (served === undefined) return undefined
  const stored = await currentRecord(tx, group, member, now)
  if (stored === undefined) return undefined
  return {
    member: sender,
    previousJob: served.last_job,
    joinedSeq: served.joined_seq,
    privilegedSeq: served.privileged_seq,
    record: stored.record,
  }
}

/** Everyone whose newest message to the whole group came after this job. */
export async function sendersSince(tx: Tx, group: GroupId, job: number, limit: number): Promise<MemberRowId[]> {
  const rows = await tx.all<{ member: MemberRowId }>(
    'SELECT member FROM served_members WHERE group_id = ? AND last_job > ? AND last_job > 0 LIMIT ?',
    group,
    job,
    limit,
  )
  return rows.map(({ member }) => member)
}

export async function knownSenders(tx: Tx, recipient: MemberRowId): Promise<ReadonlySet<MemberRowId>> {
  const rows = await tx.all<{ sender: MemberRowId }>('SELECT sender FROM known_records WHERE recipient = ?', recipient)
  return new Set(rows.map(({ sender }) => sender))
}

export async function addKnown(tx: Tx, pairs: readonly (readonly [sender: MemberRowId, recipient: MemberRowId])[]) {
  await tx.runEach(
    'INSERT INTO known_records (sender, recipient) VALUES (?, ?) ON CONFLICT (sender, recipient) DO NOTHING',
    pairs,
  )
}
