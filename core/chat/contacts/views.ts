import { base64url } from '../../codec/base64url.ts'
import type { Tx } from '../../store/database.ts'
import { containerOf } from '../state/columns.ts'
import { expiryOf } from '../state/expiry.ts'
import { type MessagePage, type ReactionCount, type ReactionView, reactionView } from '../state/shown.ts'
import type { ContactId, ContactMessageId, ContactMessageView, ContactView } from './api.ts'
import { type ContactRow, contactRow, contactRows, profileOf } from './state/contacts.ts'
import { type ContactMessageRow, contactMessage, contactMessageByShared, deliveryOf } from './state/messages.ts'

/** What screens show. */

export async function contactViews(tx: Tx): Promise<ContactView[]> {
  const views: ContactView[] = []
  for (const row of await contactRows(tx)) views.push(await viewOf(tx, row))
  return views.sort((a, b) => b.activeAt - a.activeAt)
}

export async function contactView(tx: Tx, contact: ContactId): Promise<ContactView | undefined> {
  const row = await contactRow(tx, contact)
  return row && viewOf(tx, row)
}

async function viewOf(tx: Tx, row: ContactRow): Promise<ContactView> {
  const unread = await tx.get<{ n: number }>(
    'SELECT count(*) AS n FROM contact_messages WHERE contact = ? AND message > ? AND sent = 0 AND deleted_at IS NULL',
    row.contact,
    row.read_message,
  )
  const peer = profileOf(row.content)
  return {
    id: row.contact,
    profile: row.profile,
    status: row.status,
    displayName: row.name,
    fullName: peer?.fullName ?? '',
    description: peer?.shortDescr ?? peer?.description,
    image: peer?.image,
    mayWrite: row.status === 'active' && row.conn !== null,
    unread: unread!.n,
    readMessage: row.read_message,
    lastMessage: row.last_message === null ? undefined : await contactMessageView(tx, row.last_message),
    flags: { muted: row.muted === 1, pinned: row.pinned === 1, archived: row.archived === 1 },
    incognito: profileOf(row.own_profile),
    verifiedAt: row.verified_at ?? undefined,
    renewedAt: row.renewed_at ?? undefined,
    error: row.error ?? undefined,
    createdAt: row.created_at,
    activeAt: row.active_at,
  }
}

/** Oldest first. */
export async function contactMessageViews(
  tx: Tx,
  contact: ContactId,
  page: MessagePage = {},
): Promise<ContactMessageView[]> {
  const limit = Math.min(Math.max(page.limit ?? 50, 1), 500)
  const conditions = ['contact = ?']
  const parameters: (string | number)[] = [contact]
  if (page.before !== undefined) {
    conditions.push('message < ?')
    parameters.push(page.before)
  }
  if (page.after !== undefined) {
    conditions.push('message > ?')
    parameters.push(page.after)
  }
  if (page.search !== undefined && page.search !== '') {
    conditions.push("lower(text) LIKE lower(?) ESCAPE '\\'")
    parameters.push(`%${page.search.replace(/[\\%_]/g, '\\$&')}%`)
  }
  const forward = page.after !== undefined && page.before === undefined
  const rows = await tx.all<ContactMessageRow>(
    `SELECT * FROM contact_messages WHERE ${conditions.join(' AND ')}
     ORDER BY message ${forward ? 'ASC' : 'DESC'} LIMIT ?`,
    ...parameters,
    limit,
  )
  if (!forward) rows.reverse()
  const views: ContactMessageView[] = []
  for (const row of rows) views.push(await viewOfMessage(tx, row))
  return views
}

export async function contactMessageView(tx: Tx, message: ContactMessageId): Promise<ContactMessageView | undefined> {
  const row = await contactMessage(tx, message)
  return row && viewOfMessage(tx, row)
}

async function viewOfMessage(tx: Tx, row: ContactMessageRow): Promise<ContactMessageView> {
  const { content, quote } = containerOf(row)
  const quoted =
    row.quoted_msg_id === null ? undefined : await contactMessageByShared(tx, row.contact, row.quoted_msg_id)
  // `sent` of a quote is its author's view: what they call sent is received here.
  const quotedIsOwn = quote && (row.sent === 1) === quote.msgRef.sent
  return {
    id: row.message,
    contact: row.contact,
    sharedMsgId: base64url(row.shared_msg_id),
    sent: row.sent === 1,
    content,
    text: content.text,
    quote: quote && { message: quoted?.message, content: quote.content, sent: quotedIsOwn === true },
    time: row.time,
    receivedAt: row.created_at,
    editedAt: row.edited_at ?? undefined,
    disappears: expiryOf(row),
    deletedAt: row.deleted_at ?? undefined,
    reactions: await reactionsOf(tx, row.message),
    delivery: row.state === null ? undefined : deliveryOf(row.state),
  }
}

async function reactionsOf(tx: Tx, message: ContactMessageId): Promise<ReactionView[]> {
  const rows = await tx.all<ReactionCount>(
    `SELECT min(reaction) AS reaction, count(*) AS n, max(own) AS own FROM contact_reactions WHERE message = ?
     GROUP BY reaction_key ORDER BY min(time), reaction_key`,
    message,
  )
  return rows.map(reactionView)
}
