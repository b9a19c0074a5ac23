import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import { isKnownReaction, type MsgContent, quotedContent, type Reaction } from '../content.ts'
import { timestampOf } from '../json.ts'
import { DELETE_WINDOW, MAX_REACTIONS } from '../limits.ts'
import type { MsgContainer } from '../msg-container.ts'
import { containerOf, contentOf } from '../state/columns.ts'
import type { ContactId, ContactMessageId, DirectMessage } from './api.ts'
import type { ContactContext } from './context.ts'
import { sendEvent, tellProfile } from './sending.ts'
import { type ContactRow, requireContact } from './state/contacts.ts'
import {
  type ContactMessageRow,
  changeReaction,
  contactMessage,
  deliveryOf,
  insertContactMessage,
  ownReactions,
  replaceContactMessage,
  wipeContactMessage,
} from './state/messages.ts'

/** Own messages: written, changed, taken back. The row and what is to be sent are one transaction (design §5.1). */

async function writable(tx: Tx, contact: ContactId): Promise<ContactRow> {
  const row = await requireContact(tx, contact)
  if (row.status !== 'active' || row.conn === null) {
    throw new HearthError('usage', 'not-active', 'the contact is not connected')
  }
  return row
}

async function requireMessage(tx: Tx, contact: ContactId, message: ContactMessageId): Promise<ContactMessageRow> {
  const row = await contactMessage(tx, message)
  if (row === undefined || row.contact !== contact || row.deleted_at !== null) {
    throw new HearthError('usage', 'no-message', 'the message does not exist')
  }
  return row
}

async function requireOwn(tx: Tx, contact: ContactId, message: ContactMessageId): Promise<ContactMessageRow> {
  const row = await requireMessage(tx, contact, message)
  if (row.sent !== 1) throw new HearthError('usage', 'role', 'only the author can do this')
  return row
}

export async function sendMessage(
  context: ContactContext,
  tx: Tx,
  contact: ContactId,
  outgoing: DirectMessage,
): Promise<ContactMessageId> {
  const row = await writable(tx, contact)
  const content: MsgContent = outgoing.content ?? { type: 'text', text: outgoing.text }
  const quote =
    outgoing.quote === undefined ? undefined : quoteOf(content, await requireMessage(tx, contact, outgoing.quote))
  const container: MsgContainer = { content, ...(quote && { quote }) }
  await tellProfile(context, tx, row)
  const { sharedMsgId, agentMessage } = await sendEvent(
    context,
    tx,
    row,
    { type: 'x.msg.new', params: container },
    { report: true },
  )
  const now = context.env.clock.now()
  const message = await insertContactMessage(tx, {
    contact,
    sharedMsgId,
    container,
    state: 'waiting',
    agentMessage,
    time: now,
    now,
  })
  context.notify(tx, { type: 'contact-message', contact, message, change: 'added' })
  context.notify(tx, { type: 'contact-message-state', contact, message, delivery: deliveryOf('waiting') })
  return message
}

function quoteOf(quoting: MsgContent, row: ContactMessageRow): MsgContainer['quote'] {
  return {
    msgRef: { msgId: row.shared_msg_id, sentAt: timestampOf(row.time), sent: row.sent === 1 },
    content: quotedContent(quoting, contentOf(row)),
  }
}

export async function editMessage(
  context: ContactContext,
  tx: Tx,
  contact: ContactId,
  message: ContactMessageId,
  text: string,
): Promise<void> {
  const row = await writable(tx, contact)
  const item = await requireOwn(tx, contact, message)
  const before = containerOf(item)
  if (before.content.type === 'unknown') throw new HearthError('usage', 'content', 'this message cannot be edited')
  const content: MsgContent = { ...before.content, text }
  await sendEvent(context, tx, row, {
    type: 'x.msg.update',
    params: { msgId: item.shared_msg_id, content, ttl: before.ttl },
  })
  await replaceContactMessage(tx, item, { ...before, content }, context.env.clock.now(), false)
  context.notify(tx, { type: 'contact-message', contact, message, change: 'updated' })
}

export async function deleteMessage(
  context: ContactContext,
  tx: Tx,
  contact: ContactId,
  message: ContactMessageId,
): Promise<void> {
  const row = await writable(tx, contact)
  const item = await requireOwn(tx, contact, message)
  const now = context.env.clock.now()
  if (now > item.time + DELETE_WINDOW) throw new HearthError('usage', 'too-late', 'the message is too old to delete')
  await sendEvent(context, tx, row, { type: 'x.msg.del', params: { msgId: item.shared_msg_id } })
  await wipeContactMessage(tx, message, now)
  context.notify(tx, { type: 'contact-message', contact, message, change: 'deleted' })
}

export async function react(
  context: ContactContext,
  tx: Tx,
  contact: ContactId,
  message: ContactMessageId,
  emoji: string,
  add: boolean,
): Promise<void> {
  const row = await writable(tx, contact)
  const item = await requireMessage(tx, contact, message)
  const reaction: Reaction = { type: 'emoji', emoji }
  if (!isKnownReaction(reaction)) throw new HearthError('usage', 'reaction', 'not one of the reactions of the network')
  const now = context.env.clock.now()
  if (add && (await ownReactions(tx, message)) >= MAX_REACTIONS) {
    throw new HearthError('usage', 'reactions-limit', `at most ${MAX_REACTIONS} reactions`)
  }
  if (!(await changeReaction(tx, message, { own: true, reaction, add, now }))) return
  await sendEvent(context, tx, row, { type: 'x.msg.react', params: { msgId: item.shared_msg_id, reaction, add } })
  context.notify(tx, { type: 'contact-message', contact, message, change: 'updated' })
}
