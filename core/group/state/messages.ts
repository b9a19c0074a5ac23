import type { Selectable } from 'kysely'
import type { SharedMsgId } from '../../chat/ids.ts'
import type { MsgContainer } from '../../chat/msg-container.ts'
import { columnsOf, NO_CONTENT } from '../../chat/state/columns.ts'
import { lifetimeOf } from '../../chat/state/expiry.ts'
import type { VersionRange } from '../../codec/version.ts'
import type { Tx } from '../../store/database.ts'
import type { ChatEventsTable, ChatMessagesTable } from '../../store/schema/chat.ts'
import type { GroupId, MemberRowId, MessageRowId } from '../api.ts'

/** Messages of groups, and the ids by which copies are recognised (chat §5.7). */
export type MessageRow = Selectable<ChatMessagesTable>

export interface NewMessage {
  readonly group: GroupId
  readonly sharedMsgId: SharedMsgId
  /** Undefined for the group itself. */
  readonly author: MemberRowId | undefined
  readonly sent: boolean
  readonly asGroup: boolean
  /** Member whose support conversation this belongs to. */
  readonly scope?: MemberRowId | undefined
  readonly kind?: 'content' | 'rejected'
  readonly container: MsgContainer
  readonly versions: VersionRange
  readonly body?: Uint8Array | undefined
  readonly signature?: Uint8Array | undefined
  readonly signed: 'no' | 'signed' | 'verified'
  readonly time: number
  readonly now: number
  readonly hidden?: boolean
  /** The time of a message that disappears begins at once, not when it is read: nobody here reads it. */
  readonly unread?: boolean
}

/** Adds a message and makes it the group's last one. */
export async function insertMessage(tx: Tx, values: NewMessage): Promise<MessageRowId> {
  const { container } = values
  const columns = columnsOf(container)
  const lifetime = lifetimeOf(container)
  const counts = values.sent || values.unread === true || values.hidden === true || values.kind === 'rejected'
  const row = await tx.get<{ message: number }>(
    `INSERT INTO chat_messages (group_id, shared_msg_id, author, sent, as_group, scope, kind, content, text, container,
      quoted_msg_id, version_min, version_max, body, signature, signed, time, created_at, hidden,
      lifetime, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING message`,
    values.group,
    values.sharedMsgId,
    values.author ?? null,
    values.sent ? 1 : 0,
    values.asGroup ? 1 : 0,
    values.scope ?? null,
    values.kind ?? 'content',
    columns.content,
    container.content.text,
    columns.container,
    container.quote?.msgRef.msgId ?? null,
    values.versions.min,
    values.versions.max,
    values.body ?? null,
    values.signature ?? null,
    values.signed,
    values.time,
    values.now,
    values.hidden ? 1 : 0,
    lifetime,
    lifetime === null || !counts ? null : values.now + lifetime,
  )
  const message = row!.message
  if (values.scope === undefined && (values.kind ?? 'content') === 'content' && !values.hidden) {
    await tx.run(
      'UPDATE groups SET last_message = ?, active_at = max(active_at, ?) WHERE group_id = ?',
      message,
      values.time,
      values.group,
    )
  }
  return message
}

export async function messageByRow(tx: Tx, message: MessageRowId): Promise<MessageRow | undefined> {
  return tx.get<MessageRow>('SELECT * FROM chat_messages WHERE message = ?', message)
}

export async function messageByShared(tx: Tx, group: GroupId, id: SharedMsgId): Promise<MessageRow | undefined> {
  return tx.get<MessageRow>('SELECT * FROM chat_messages WHERE group_id = ? AND shared_msg_id = ?', group, id)
}

/**
 * The signed bytes of the first version no longer say what the message says; from now on it is written anew where it is
 * sent again.
 */
export async function replaceContent(
  tx: Tx,
  row: MessageRow,
  container: MsgContainer,
  now: number,
  live: boolean,
): Promise<void> {
  const columns = columnsOf(container)
  await tx.run(
    `UPDATE chat_messages SET content = ?, text = ?, container = ?, body = NULL, signature = NULL, edited_at = ?
     WHERE message = ?`,
    columns.content,
    container.content.text,
    columns.container,
    live ? row.edited_at : now,
    row.message,
  )
}

/** Changes what surrounds the content, as a file's description does. */
export async function replaceContainer(tx: Tx, message: MessageRowId, container: MsgContainer): Promise<void> {
  await tx.run('UPDATE chat_messages SET container = ? WHERE message = ?', columnsOf(container).container, message)
}

/** What was said is forgotten; that something was said, and who took it away, is not. */
export async function wipeMessage(
  tx: Tx,
  message: MessageRowId,
  by: MemberRowId | undefined,
  now: number,
): Promise<void> {
  await tx.run(
    `UPDATE chat_messages SET content = ?, text = '', container = NULL, body = NULL, signature = NULL,
       deleted_at = ?, deleted_by = ?, in_history = 0 WHERE message = ?`,
    NO_CONTENT,
    now,
    by ?? null,
    message,
  )
  await tx.run('DELETE FROM chat_reactions WHERE message = ?', message)
}

/** Rows of a member's messages that are still there. */
export async function messagesOf(tx: Tx, group: GroupId, author: MemberRowId): Promise<MessageRowId[]> {
  const rows = await tx.all<{ message: number }>(
    'SELECT message FROM chat_messages WHERE author = ? AND group_id = ? AND deleted_at IS NULL ORDER BY message',
    author,
    group,
  )
  return rows.map(({ message }) => message)
}

export type EventRow = Selectable<ChatEventsTable>

export interface NewEvent {
  readonly group: GroupId
  readonly sharedMsgId: SharedMsgId
  readonly event: string
  readonly sender: MemberRowId | undefined
  readonly message?: MessageRowId | undefined
  readonly signed: boolean
  readonly digest?: Uint8Array | undefined
  readonly now: number
}

export async function insertEvent(tx: Tx, values: NewEvent): Promise<void> {
  await tx.run(
    `INSERT INTO chat_events (group_id, shared_msg_id, event, sender, message, signed, digest, received_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    values.group,
    values.sharedMsgId,
    values.event,
    values.sender ?? null,
    values.message ?? null,
    values.signed ? 1 : 0,
    values.digest ?? null,
    values.now,
  )
}

export async function eventByShared(tx: Tx, group: GroupId, id: SharedMsgId): Promise<EventRow | undefined> {
  return tx.get<EventRow>('SELECT * FROM chat_events WHERE group_id = ? AND shared_msg_id = ?', group, id)
}

/** Old ids are forgotten together with what is known of their copies. Returns how many. */
export async function forgetEvents(tx: Tx, before: number, limit: number): Promise<number> {
  await tx.run(
    `DELETE FROM chat_copies WHERE (group_id, shared_msg_id) IN
       (SELECT group_id, shared_msg_id FROM chat_events WHERE received_at < ? ORDER BY received_at LIMIT ?)`,
    before,
    limit,
  )
  return tx.run(
    `DELETE FROM chat_events WHERE (group_id, shared_msg_id) IN
       (SELECT group_id, shared_msg_id FROM chat_events WHERE received_at < ? ORDER BY received_at LIMIT ?)`,
    before,
    limit,
  )
}
