import type { Selectable } from 'kysely'
import type { Tx } from '../../../store/database.ts'
import type { ContactMessagesTable, SendState } from '../../../store/schema/contacts.ts'
import { type Reaction, reaction as reactionCodec, reactionKey } from '../../content.ts'
import type { SharedMsgId } from '../../ids.ts'
import { MAX_REACTION_KEY, MAX_REACTIONS } from '../../limits.ts'
import type { MsgContainer } from '../../msg-container.ts'
import { columnsOf, NO_CONTENT } from '../../state/columns.ts'
import { lifetimeOf } from '../../state/expiry.ts'
import type { DeliveryView } from '../../state/shown.ts'
import type { ContactId, ContactMessageId } from '../api.ts'

export type ContactMessageRow = Selectable<ContactMessagesTable>

export interface NewContactMessage {
  readonly contact: ContactId
  readonly sharedMsgId: SharedMsgId
  readonly container: MsgContainer
  /** Of own messages; undefined for received ones. */
  readonly state?: SendState
  readonly agentMessage?: number
  readonly time: number
  readonly now: number
}

/** Adds a message and makes it the last one. */
export async function insertContactMessage(tx: Tx, values: NewContactMessage): Promise<ContactMessageId> {
  const { container } = values
  const columns = columnsOf(container)
  const lifetime = lifetimeOf(container)
  const row = await tx.get<{ message: number }>(
    `INSERT INTO contact_messages (contact, shared_msg_id, sent, content, text, container, quoted_msg_id, state,
       agent_message, time, created_at, lifetime, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING message`,
    values.contact,
    values.sharedMsgId,
    values.state === undefined ? 0 : 1,
    columns.content,
    container.content.text,
    columns.container,
    container.quote?.msgRef.msgId ?? null,
    values.state ?? null,
    values.agentMessage ?? null,
    values.time,
    values.now,
    lifetime,
    lifetime === null || values.state === undefined ? null : values.now + lifetime,
  )
  await tx.run(
    'UPDATE contacts SET last_message = ?, active_at = max(active_at, ?) WHERE contact = ?',
    row!.message,
    values.now,
    values.contact,
  )
  return row!.message
}

export async function contactMessage(tx: Tx, message: ContactMessageId): Promise<ContactMessageRow | undefined> {
  return tx.get<ContactMessageRow>('SELECT * FROM contact_messages WHERE message = ?', message)
}

export async function contactMessageByShared(
  tx: Tx,
  contact: ContactId,
  id: SharedMsgId,
): Promise<ContactMessageRow | undefined> {
  return tx.get<ContactMessageRow>(
    'SELECT * FROM contact_messages WHERE contact = ? AND shared_msg_id = ?',
    contact,
    id,
  )
}

/** `live`: the message was still being written, which is not an edit. */
export async function replaceContactMessage(
  tx: Tx,
  row: ContactMessageRow,
  container: MsgContainer,
  now: number,
  live: boolean,
): Promise<void> {
  const columns = columnsOf(container)
  await tx.run(
    'UPDATE contact_messages SET content = ?, text = ?, container = ?, edited_at = ? WHERE message = ?',
    columns.content,
    container.content.text,
    columns.container,
    live ? row.edited_at : now,
    row.message,
  )
}

/** What was said is forgotten; that something was said is not. */
export async function wipeContactMessage(tx: Tx, message: ContactMessageId, now: number): Promise<void> {
  await tx.run(
    `UPDATE contact_messages SET content = ?, text = '', container = NULL, quoted_msg_id = NULL, deleted_at = ?
     WHERE message = ?`,
    NO_CONTENT,
    now,
    message,
  )
  await tx.run('DELETE FROM contact_reactions WHERE message = ?', message)
}

/** The own message that the agent speaks of, if it is one; its new state is stored. */
export async function setSendState(
  tx: Tx,
  contact: ContactId,
  agentMessage: number,
  state: SendState,
): Promise<ContactMessageId | undefined> {
  const row = await tx.get<{ message: number }>(
    `UPDATE contact_messages SET state = ?, agent_message = NULL WHERE contact = ? AND agent_message = ?
     RETURNING message`,
    state,
    contact,
    agentMessage,
  )
  return row?.message
}

/** What was said with a request that is answered now. */
export async function arrivedWithRequest(tx: Tx, contact: ContactId): Promise<ContactMessageId[]> {
  const rows = await tx.all<{ message: number }>(
    `UPDATE contact_messages SET state = 'taken' WHERE contact = ? AND state = 'waiting' AND agent_message IS NULL
     RETURNING message`,
    contact,
  )
  return rows.map(({ message }) => message)
}

/** Nothing more is sent: what the router has not taken was given up. Returns which. */
export async function giveUpWaiting(tx: Tx, contact: ContactId): Promise<ContactMessageId[]> {
  const rows = await tx.all<{ message: number }>(
    `UPDATE contact_messages SET state = 'failed', agent_message = NULL WHERE contact = ? AND state = 'waiting'
     RETURNING message`,
    contact,
  )
  return rows.map(({ message }) => message)
}

export function deliveryOf(state: SendState): DeliveryView {
  const count = (wanted: SendState) => (state === wanted ? 1 : 0)
  return { total: 1, taken: count('taken'), waiting: count('waiting'), failed: count('failed') }
}

export async function ownReactions(tx: Tx, message: ContactMessageId): Promise<number> {
  const row = await tx.get<{ n: number }>(
    'SELECT count(*) AS n FROM contact_reactions WHERE message = ? AND own = 1',
    message,
  )
  return row!.n
}

/** False where nothing changed: it was there, was not there, or is one too many. */
export async function changeReaction(
  tx: Tx,
  message: ContactMessageId,
  change: { readonly own: boolean; readonly reaction: Reaction; readonly add: boolean; readonly now: number },
): Promise<boolean> {
  const own = change.own ? 1 : 0
  const key = reactionKey(change.reaction)
  if (!change.add) {
    const removed = await tx.run(
      'DELETE FROM contact_reactions WHERE message = ? AND own = ? AND reaction_key = ?',
      message,
      own,
      key,
    )
    return removed > 0
  }
  const count = await tx.get<{ n: number }>(
    'SELECT count(*) AS n FROM contact_reactions WHERE message = ? AND own = ?',
    message,
    own,
  )
  if (count!.n >= MAX_REACTIONS || key.length > MAX_REACTION_KEY) return false
  const inserted = await tx.run(
    `INSERT INTO contact_reactions (message, own, reaction_key, reaction, time) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    message,
    own,
    key,
    JSON.stringify(reactionCodec.encode(change.reaction)),
    change.now,
  )
  return inserted > 0
}
