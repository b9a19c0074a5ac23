import { fitsRelay } from '../chat/batch.ts'
import { forwardElement } from '../chat/forward.ts'
import { HISTORY_ON_JOIN } from '../chat/limits.ts'
import type { FileDescr, MsgContainer } from '../chat/msg-container.ts'
import { groupPreference } from '../chat/preferences.ts'
import { compareRoles } from '../chat/roles.ts'
import { containerOf } from '../chat/state/columns.ts'
import type { MemberRowId } from '../group/api.ts'
import type { Group } from '../group/state/groups.ts'
import { type Member, memberByRow } from '../group/state/members.ts'
import type { MessageRow } from '../group/state/messages.ts'
import type { Tx } from '../store/database.ts'
import { currentRecord, sendersSince } from './state/records.ts'

/** More records than this are not sent ahead of a history: those of its authors only (chat §7.5). */
const MAX_SENDERS = 200

export interface History {
  /** Member records, then items, oldest first. */
  readonly elements: readonly Uint8Array[]
  /** The newcomer now has the records of everybody who sent after this job. */
  readonly knownFrom: number
}

/** Where the jobs of a newcomer begin: after `start`, with what came since `acceptedAt`. */
interface Begin {
  readonly start: number
  readonly acceptedAt: number
  readonly now: number
}

/**
 * The last items of the main conversation from before a newcomer was let in (chat §5.6): signed ones with their own
 * bytes, others with their present content. What came later, or still waits to become a job, comes with its jobs.
 */
export async function historyFor(tx: Tx, group: Group, newcomer: MemberRowId, begin: Begin): Promise<History> {
  const { start, now } = begin
  const nothing: History = { elements: [], knownFrom: start }
  if (!groupPreference(group.groupProfile.groupPreferences, 'history').enable) return nothing
  const items = await historyItems(tx, group, begin.acceptedAt, now)
  if (items.length === 0) return nothing
  const authors = new Map<MemberRowId, Member>()
  const forwarded: Uint8Array[] = []
  for (const item of items) {
    const author = item.author === null ? undefined : await cachedMember(tx, authors, item.author)
    if (author !== undefined) forwarded.push(...itemElements(item, author, now))
  }
  const before = await jobBefore(tx, group, Math.min(...items.map((item) => item.created_at)))
  const known = before < start ? await sendersSince(tx, group.id, before, MAX_SENDERS + 1) : []
  const complete = known.length <= MAX_SENDERS
  const senders = new Set([...(complete ? known : []), ...authors.keys()])
  senders.delete(newcomer)
  const records: Uint8Array[] = []
  for (const sender of senders) {
    const member = await cachedMember(tx, authors, sender)
    // Moderators and higher were introduced, owners are known from the link.
    if (member === undefined || compareRoles(member.role, 'moderator') >= 0) continue
    const record = await currentRecord(tx, group, member, now)
    if (record !== undefined && fitsRelay(record.element)) records.push(record.element)
  }
  return { elements: [...records, ...forwarded], knownFrom: complete ? Math.min(before, start) : start }
}

async function historyItems(tx: Tx, group: Group, before: number, now: number): Promise<MessageRow[]> {
  const items = await tx.all<MessageRow>(
    `SELECT m.* FROM chat_messages m WHERE m.group_id = ? AND m.scope IS NULL AND m.kind = 'content'
       AND m.in_history = 1 AND m.hidden = 0 AND m.deleted_at IS NULL AND m.created_at <= ? AND (m.expires_at IS NULL OR m.expires_at > ?)
       AND NOT EXISTS (SELECT 1 FROM delivery_tasks t WHERE t.group_id = m.group_id AND t.shared_msg_id = m.shared_msg_id)
     ORDER BY m.time DESC, m.message DESC LIMIT ?`,
    group.id,
    before,
    now,
    HISTORY_ON_JOIN,
  )
  return items.reverse()
}

async function cachedMember(tx: Tx, cache: Map<MemberRowId, Member>, member: MemberRowId): Promise<Member | undefined> {
  const cached = cache.get(member)
  if (cached !== undefined) return cached
  const found = await memberByRow(tx, member)
  if (found !== undefined) cache.set(member, found)
  return found
}

/** The newest job that cannot hold an item received at this time or later. */
async function jobBefore(tx: Tx, group: Group, time: number): Promise<number> {
  const row = await tx.get<{ job: number }>(
    'SELECT job FROM delivery_jobs WHERE group_id = ? AND created_at < ? ORDER BY job DESC LIMIT 1',
    group.id,
    time,
  )
  return row?.job ?? 0
}

/** How long routers of files keep them: later a description leads nowhere. */
const FILES_KEPT = 48 * 3600_000
/** Characters of a description in one message (chat §1.6). */
const DESCRIPTION_PART = 14_000
const NO_DESCRIPTION: FileDescr = { fileDescrText: '', fileDescrPartNo: 0, fileDescrComplete: false }

/**
 * An item as it was announced, and the description of its file after it (chat §5.6): receivers accept a whole
 * description in no other way. None where nothing of the item can be shown any more.
 */
function itemElements(item: MessageRow, author: Member, now: number): Uint8Array[] {
  if (author.memberId === undefined || author.blocked) return []
  const stored = containerOf(item)
  const { text, type } = stored.content
  const description = describedFile(stored, item.time, now)
  if (text === '' && description === undefined && (type === 'text' || stored.file !== undefined)) return []
  const { file, ...rest } = stored
  const params = file && description ? { ...stored, file: { ...file, fileDescr: NO_DESCRIPTION } } : rest
  const v = { min: item.version_min, max: item.version_max }
  const common = {
    sender: { memberId: author.memberId, name: author.name },
    asGroup: item.as_group === 1,
    ts: Math.floor(item.time / 1000),
  }
  const signed =
    item.body === null || item.signature === null
      ? undefined
      : { binding: 'G' as const, signatures: [item.signature], body: item.body }
  const message = { v, msgId: item.shared_msg_id, event: { type: 'x.msg.new' as const, params } }
  const element = forwardElement({ ...common, message, signed })
  if (!fitsRelay(element)) return []
  const parts = descriptionParts(description?.fileDescrText ?? '').map((fileDescr) =>
    forwardElement({
      ...common,
      message: { v, event: { type: 'x.msg.file.descr', params: { msgId: item.shared_msg_id, fileDescr } } },
    }),
  )
  return [element, ...parts]
}

/** What leads to the item's file, while it does. */
function describedFile({ file }: MsgContainer, time: number, now: number): FileDescr | undefined {
  const { fileDescr } = file ?? {}
  return fileDescr?.fileDescrComplete === true && now < time + FILES_KEPT ? fileDescr : undefined
}

function descriptionParts(text: string): FileDescr[] {
  const count = Math.ceil(text.length / DESCRIPTION_PART)
  return Array.from({ length: count }, (_, index) => ({
    fileDescrText: text.slice(index * DESCRIPTION_PART, (index + 1) * DESCRIPTION_PART),
    fileDescrPartNo: index + 1,
    fileDescrComplete: index + 1 === count,
  }))
}
