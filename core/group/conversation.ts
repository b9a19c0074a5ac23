import type { MsgContent, Reaction } from '../chat/content.ts'
import { isKnownReaction, quotedContent, reaction as reactionCodec, reactionKey } from '../chat/content.ts'
import type { MemberId } from '../chat/ids.ts'
import { timestampOf } from '../chat/json.ts'
import { DELETE_WINDOW, MAX_MENTIONS_SENT, MAX_REACTIONS } from '../chat/limits.ts'
import type { Mentions, MsgContainer } from '../chat/msg-container.ts'
import { mayReact, prohibition } from '../chat/permissions.ts'
import { groupPreference } from '../chat/preferences.ts'
import { mayModerate } from '../chat/roles.ts'
import { containerOf, contentOf } from '../chat/state/columns.ts'
import { CHAT_VERSIONS } from '../chat/versions.ts'
import { HearthError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { GroupId, Mention, MessageRowId, Outgoing } from './api.ts'
import type { GroupContext } from './context.ts'
import { requireGroup } from './owner/administration.ts'
import { encodeOwn, sendElements, sendEvents, sendProfileIfChanged } from './sending/compose.ts'
import { deliveryView } from './sending/deliveries.ts'
import type { Group } from './state/groups.ts'
import { type Member, memberByRow } from './state/members.ts'
import { insertMessage, type MessageRow, messageByRow, replaceContent, wipeMessage } from './state/messages.ts'

/** Own messages: written, changed, taken back. The row and what is to be sent are one transaction (design §5.1). */

async function writer(tx: Tx, id: GroupId): Promise<{ readonly group: Group; readonly own: Member }> {
  const group = await requireGroup(tx, id)
  const own = await memberByRow(tx, group.ownMember)
  if (group.status !== 'active' || own === undefined) {
    throw new HearthError('usage', 'not-active', 'the group is not in use')
  }
  return { group, own }
}

export async function sendMessage(
  context: GroupContext,
  tx: Tx,
  id: GroupId,
  outgoing: Outgoing,
): Promise<MessageRowId> {
  const { group, own } = await writer(tx, id)
  const container = await containerFor(tx, group, outgoing)
  checkAllowed(group, own, container)
  if (outgoing.asGroup !== true) await sendProfileIfChanged(context, tx, group)
  const preferences = group.groupProfile.groupPreferences
  const element = await encodeOwn(context, tx, group, {
    event: { type: 'x.msg.new', params: container },
    sign: outgoing.sign ?? groupPreference(preferences, 'signMessages').enable,
  })
  const now = context.env.clock.now()
  const message = await insertMessage(tx, {
    group: id,
    sharedMsgId: element.msgId,
    author: own.id,
    sent: true,
    asGroup: outgoing.asGroup === true,
    container,
    versions: CHAT_VERSIONS,
    body: element.signed?.body,
    signature: element.signed?.signatures[0],
    signed: element.signed === undefined ? 'no' : 'verified',
    time: now,
    now,
  })
  if (outgoing.asGroup !== true) {
    await tx.run('UPDATE group_members SET wrote_at = ? WHERE member = ?', now, own.id)
  }
  await sendElements(context, tx, group, [element], { message, notify: true })
  context.notify(tx, { type: 'message', group: id, message, change: 'added' })
  if (container.ttl !== undefined) context.wake(tx, { type: 'expiry' })
  const delivery = await deliveryView(tx, message)
  context.notify(tx, { type: 'message-state', group: id, message, delivery })
  return message
}

async function containerFor(tx: Tx, group: Group, outgoing: Outgoing): Promise<MsgContainer> {
  const content: MsgContent = outgoing.content ?? { type: 'text', text: outgoing.text }
  const quote = outgoing.quote === undefined ? undefined : await quoteOf(tx, group, content, outgoing.quote)
  const mentions = await mentionsOf(tx, group, outgoing.mentions ?? [])
  const timed = groupPreference(group.groupProfile.groupPreferences, 'timedMessages')
  return {
    content,
    ...(mentions && { mentions }),
    ...(quote && { quote }),
    ...(outgoing.asGroup === true && { asGroup: true }),
    ...(timed.enable && timed.ttl !== undefined && { ttl: timed.ttl }),
  }
}

async function mentionsOf(tx: Tx, group: Group, mentions: readonly Mention[]): Promise<Mentions | undefined> {
  if (mentions.length > MAX_MENTIONS_SENT) {
    throw new HearthError('usage', 'mentions', `a message mentions at most ${MAX_MENTIONS_SENT} members`)
  }
  const entries: [string, { memberId: MemberId }][] = []
  for (const { name, member } of mentions) {
    const mentioned = await memberByRow(tx, member)
    if (mentioned?.group !== group.id || mentioned.memberId === undefined) {
      throw new HearthError('usage', 'no-member', 'the member does not exist')
    }
    entries.push([name, { memberId: mentioned.memberId }])
  }
  return entries.length === 0 ? undefined : new Map(entries)
}

async function quoteOf(
  tx: Tx,
  group: Group,
  quoting: MsgContent,
  message: MessageRowId,
): Promise<MsgContainer['quote']> {
  const row = await requireMessage(tx, group, message)
  const author = row.author === null ? undefined : await memberByRow(tx, row.author)
  const memberId = row.as_group === 1 ? undefined : author?.memberId
  return {
    msgRef: {
      msgId: row.shared_msg_id,
      sentAt: timestampOf(row.time),
      sent: row.sent === 1,
      ...(memberId && { memberId }),
    },
    content: quotedContent(quoting, contentOf(row)),
  }
}

async function requireMessage(tx: Tx, group: Group, message: MessageRowId): Promise<MessageRow> {
  const row = await messageByRow(tx, message)
  if (row === undefined || row.group_id !== group.id || row.deleted_at !== null) {
    throw new HearthError('usage', 'no-message', 'the message does not exist')
  }
  return row
}

function checkAllowed(group: Group, own: Member, container: MsgContainer): void {
  const forbidden = prohibition({
    author: { memberId: group.ownMemberId, role: own.role },
    content: container.content,
    file: container.file,
    scope: container.scope,
    asGroup: container.asGroup,
    preferences: group.groupProfile.groupPreferences,
  })
  if (own.blocked || forbidden !== undefined) {
    throw new HearthError('usage', forbidden ?? 'role', 'the group does not allow you to send this')
  }
}

function isOwn(group: Group, own: Member, row: MessageRow): boolean {
  return row.author === group.ownMember || (row.as_group === 1 && own.role === 'owner')
}

export async function editMessage(
  context: GroupContext,
  tx: Tx,
  id: GroupId,
  message: MessageRowId,
  text: string,
): Promise<void> {
  const { group, own } = await writer(tx, id)
  const row = await requireMessage(tx, group, message)
  if (!isOwn(group, own, row)) throw new HearthError('usage', 'role', 'only the author can edit a message')
  const before = containerOf(row)
  if (before.content.type === 'unknown') throw new HearthError('usage', 'content', 'this message cannot be edited')
  const content: MsgContent = { ...before.content, text }
  const container: MsgContainer = { ...before, content }
  checkAllowed(group, own, container)
  await sendEvents(context, tx, group, [
    {
      event: {
        type: 'x.msg.update',
        params: {
          msgId: row.shared_msg_id,
          content,
          mentions: before.mentions,
          ttl: before.ttl,
          ...(row.as_group === 1 && { asGroup: true }),
        },
      },
      sign: row.signed === 'verified',
    },
  ])
  await replaceContent(tx, row, container, context.env.clock.now(), false)
  context.notify(tx, { type: 'message', group: id, message, change: 'updated' })
}

export async function deleteMessage(context: GroupContext, tx: Tx, id: GroupId, message: MessageRowId): Promise<void> {
  const { group, own } = await writer(tx, id)
  const row = await requireMessage(tx, group, message)
  const now = context.env.clock.now()
  const author = row.author === null ? undefined : await memberByRow(tx, row.author)
  if (isOwn(group, own, row)) {
    if (now > row.time + DELETE_WINDOW) throw new HearthError('usage', 'too-late', 'the message is too old to delete')
  } else if (author?.memberId === undefined || !mayModerate(own.role, author.role)) {
    throw new HearthError('usage', 'role', 'your role does not allow this')
  }
  const memberId = isOwn(group, own, row) ? undefined : author?.memberId
  await sendEvents(context, tx, group, [
    {
      event: { type: 'x.msg.del', params: { msgId: row.shared_msg_id, ...(memberId && { memberId }) } },
      sign: row.signed === 'verified',
    },
  ])
  await wipeMessage(tx, message, group.ownMember, now)
  context.notify(tx, { type: 'message', group: id, message, change: 'deleted' })
}

export async function react(
  context: GroupContext,
  tx: Tx,
  id: GroupId,
  message: MessageRowId,
  emoji: string,
  add: boolean,
): Promise<void> {
  const { group } = await writer(tx, id)
  const row = await requireMessage(tx, group, message)
  const value: Reaction = { type: 'emoji', emoji }
  if (!isKnownReaction(value)) throw new HearthError('usage', 'reaction', 'not one of the reactions of the network')
  if (!mayReact(group.groupProfile.groupPreferences)) {
    throw new HearthError('usage', 'reactions', 'the group does without reactions')
  }
  const changed = add
    ? await addReaction(context, tx, group, message, value)
    : await tx.run(
        'DELETE FROM chat_reactions WHERE message = ? AND member = ? AND reaction_key = ?',
        message,
        group.ownMember,
        reactionKey(value),
      )
  if (changed === 0) return
  const author = row.author === null || row.as_group === 1 ? undefined : await memberByRow(tx, row.author)
  await sendEvents(context, tx, group, [
    {
      event: {
        type: 'x.msg.react',
        params: {
          msgId: row.shared_msg_id,
          ...(author?.memberId && { memberId: author.memberId }),
          reaction: value,
          add,
        },
      },
    },
  ])
  context.notify(tx, { type: 'message', group: id, message, change: 'updated' })
}

async function addReaction(
  context: GroupContext,
  tx: Tx,
  group: Group,
  message: MessageRowId,
  value: Reaction,
): Promise<number> {
  const count = await tx.get<{ n: number }>(
    'SELECT count(*) AS n FROM chat_reactions WHERE message = ? AND member = ?',
    message,
    group.ownMember,
  )
  if (count!.n >= MAX_REACTIONS) throw new HearthError('usage', 'reactions-limit', `at most ${MAX_REACTIONS} reactions`)
  return tx.run(
    `INSERT INTO chat_reactions (message, member, reaction_key, reaction, time) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    message,
    group.ownMember,
    reactionKey(value),
    JSON.stringify(reactionCodec.encode(value)),
    context.env.clock.now(),
  )
}
