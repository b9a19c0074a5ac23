import { sameContent } from '../../chat/content.ts'
import type { ChatEventParams } from '../../chat/events.ts'
import type { SharedMsgId } from '../../chat/ids.ts'
import { DELETE_WINDOW } from '../../chat/limits.ts'
import { isInline, type MsgContainer } from '../../chat/msg-container.ts'
import { effectiveScope, prohibition } from '../../chat/permissions.ts'
import { atLeast, type MemberRole, mayModerate } from '../../chat/roles.ts'
import { containerOf } from '../../chat/state/columns.ts'
import { isModeration, mayChangeItem, mayPostAsGroup } from '../../chat/verification.ts'
import { equal } from '../../codec/bytes.ts'
import type { MemberRowId } from '../api.ts'
import { type Member, memberById, memberByRow } from '../state/members.ts'
import {
  eventByShared,
  insertEvent,
  insertMessage,
  type MessageRow,
  messageByShared,
  replaceContent,
  wipeMessage,
} from '../state/messages.ts'
import { applied, GROUP_SCOPE, ignored, type Outcome, type Received, refused } from './context.ts'
import { deliveryScope, isAuthorOf, itemScope, takesPart } from './items.ts'

/** Content of conversations: new messages, edits, deletions (chat §2.3). */

type Params<K extends keyof ChatEventParams> = ChatEventParams[K]

export async function receiveNew(received: Received, container: Params<'x.msg.new'>): Promise<Outcome> {
  const { message, tx, group } = received
  const sharedMsgId = message.msgId
  if (sharedMsgId === undefined) return refused('no-id')
  if ((await messageByShared(tx, group.id, sharedMsgId)) !== undefined) return { outcome: 'duplicate' }
  return addMessage(received, sharedMsgId, container)
}

/** A message that no edit came before, or an edit of a message that never came. */
async function addMessage(received: Received, sharedMsgId: SharedMsgId, container: MsgContainer): Promise<Outcome> {
  const { author, tx, group, context, now } = received
  const asGroup = author === undefined || container.asGroup === true
  if (author?.status === 'unknown') return ignored('unknown-sender', { open: true })
  if (asGroup && !mayPostAsGroup(author)) return refused('as-group')
  const judged = judge(author, container, received)
  const scopeMember = await scopeMemberOf(received, judged.scope)
  if (scopeMember === 'unknown') return ignored('unknown-scope', { open: true })
  if (judged.prohibition === 'role' || judged.prohibition === 'scope' || judged.prohibition === 'asGroup') {
    return refused(judged.prohibition)
  }
  const rejected = judged.prohibition !== undefined
  const hidden = author?.blocked === true
  const moderation = await takeModeration(received, sharedMsgId, author)
  const item = await insertMessage(tx, {
    group: group.id,
    sharedMsgId,
    author: author?.id,
    sent: false,
    asGroup,
    scope: scopeMember?.id,
    kind: rejected ? 'rejected' : 'content',
    container,
    versions: received.message.v,
    body: received.signed?.body,
    signature: received.signed?.signature,
    signed: signedState(received),
    time: await shownTime(received),
    now,
    hidden,
    unread: group.part === 'super-peer',
  })
  if (author !== undefined) await takesPart(received, author, now)
  if (moderation !== undefined) await wipeMessage(tx, item, moderation, now)
  if (!rejected && !hidden) {
    context.notify(tx, { type: 'message', group: group.id, message: item, change: 'added' })
  }
  if (rejected) return { ...refused(`prohibited-${judged.prohibition}`, { item }), open: false }
  const forwards = !hidden && moderation === undefined && !isInline(container)
  return applied({ item, asGroup, scope: forwards ? deliveryScope(scopeMember) : undefined })
}

function judge(author: Member | undefined, container: MsgContainer, { group }: Received) {
  if (author?.memberId === undefined) return { prohibition: undefined, scope: undefined }
  const asking = { memberId: author.memberId, role: author.role }
  const scope = effectiveScope(asking, container.content, container.scope)
  return {
    scope,
    prohibition: prohibition({
      author: asking,
      content: container.content,
      file: container.file,
      scope,
      asGroup: container.asGroup,
      preferences: group.groupProfile.groupPreferences,
    }),
  }
}

async function scopeMemberOf(
  { tx, group }: Received,
  scope: MsgContainer['scope'],
): Promise<Member | 'unknown' | undefined> {
  if (scope === undefined) return undefined
  return (await memberById(tx, group.id, scope.memberId)) ?? 'unknown'
}

function signedState({ verification }: Received): 'no' | 'signed' | 'verified' {
  return verification === 'verified' ? 'verified' : verification === 'unverified' ? 'signed' : 'no'
}

/** Clocks of different routers may be this far apart; more means that the message really is older. */
const CLOCK_SKEW = 5 * 60_000

/**
 * Messages of one author are shown in the order in which they came, although copies taken from different super-peers
 * carry times of different clocks, and forwards only whole seconds (chat §11.18).
 */
async function shownTime({ tx, author, time, group }: Received): Promise<number> {
  if (author === undefined) return time
  const last = await tx.get<{ time: number }>(
    'SELECT time FROM chat_messages WHERE author = ? AND group_id = ? ORDER BY message DESC LIMIT 1',
    author.id,
    group.id,
  )
  return last !== undefined && time < last.time && time > last.time - CLOCK_SKEW ? last.time : time
}

async function takeModeration(
  { tx, group }: Received,
  sharedMsgId: SharedMsgId,
  author: Member | undefined,
): Promise<MemberRowId | undefined> {
  if (author?.memberId === undefined) return undefined
  const row = await tx.get<{ moderator: number; author_id: Uint8Array }>(
    'SELECT moderator, author_id FROM chat_moderations WHERE group_id = ? AND shared_msg_id = ?',
    group.id,
    sharedMsgId,
  )
  if (row === undefined || !equal(row.author_id, author.memberId)) return undefined
  const moderator = await memberByRow(tx, row.moderator)
  await tx.run('DELETE FROM chat_moderations WHERE group_id = ? AND shared_msg_id = ?', group.id, sharedMsgId)
  return moderator !== undefined && mayModerate(moderator.role, author.role) ? moderator.id : undefined
}

export async function receiveUpdate(received: Received, params: Params<'x.msg.update'>): Promise<Outcome> {
  const { tx, group, author, context, now } = received
  const item = await messageByShared(tx, group.id, params.msgId)
  if (item === undefined) {
    const { msgId, ...container } = params
    if (await eventByShared(tx, group.id, msgId)) return ignored('gone')
    const outcome = await addMessage(received, msgId, container)
    if (outcome.item !== undefined && outcome.open !== true) {
      await insertEvent(tx, {
        group: group.id,
        sharedMsgId: msgId,
        event: 'x.msg.new',
        sender: author?.id,
        message: outcome.item,
        signed: received.verification === 'verified',
        now,
      })
    }
    return outcome
  }
  if (!isAuthorOf(author, item)) return refused('not-author')
  if (!mayChangeItem(item.signed === 'verified', received.verification)) return refused('signature')
  if (item.deleted_at !== null || item.kind !== 'content') return ignored('deleted')
  const before = containerOf(item)
  const after: MsgContainer = {
    ...before,
    content: params.content,
    mentions: params.mentions,
    ttl: params.ttl,
    live: params.live,
  }
  const judged = judge(author, after, received)
  if (judged.prohibition !== undefined) return refused(`prohibited-${judged.prohibition}`)
  const wasLive = before.live === true
  if (!wasLive && sameContent(before.content, after.content)) return ignored('unchanged')
  await replaceContent(tx, item, after, now, wasLive)
  context.notify(tx, { type: 'message', group: group.id, message: item.message, change: 'updated' })
  const scope = author?.blocked === true ? undefined : itemScope(item)
  return applied({ item: item.message, asGroup: item.as_group === 1, scope })
}

export async function receiveDelete(received: Received, params: Params<'x.msg.del'>): Promise<Outcome> {
  const { tx, group, author } = received
  const item = await messageByShared(tx, group.id, params.msgId)
  if (params.onlyHistory === true) return removeFromHistory(received, item)
  if (isModeration(received.message.event) && !equal(params.memberId!, author?.memberId ?? params.msgId)) {
    return moderate(received, params, item)
  }
  if (item === undefined) return ignored('unknown-message', { open: true })
  if (!isAuthorOf(author, item)) return refused('not-author')
  if (received.time > item.time + DELETE_WINDOW) return refused('too-late')
  return remove(received, item)
}

async function moderate(
  received: Received,
  params: Params<'x.msg.del'>,
  item: MessageRow | undefined,
): Promise<Outcome> {
  const { tx, group, author, now } = received
  if (author === undefined || !atLeast(author.role, 'moderator')) return refused('role')
  if (item !== undefined) {
    const wrote = item.author === null ? undefined : await memberByRow(tx, item.author)
    const role: MemberRole = wrote?.role ?? 'owner'
    if (wrote?.memberId === undefined || !equal(wrote.memberId, params.memberId!)) return refused('not-author')
    if (!mayModerate(author.role, role)) return refused('role')
    return remove(received, item)
  }
  if (received.verification !== 'verified') return refused('signature')
  await tx.run(
    `INSERT INTO chat_moderations (group_id, shared_msg_id, author_id, moderator, time) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    group.id,
    params.msgId,
    params.memberId!,
    author.id,
    now,
  )
  return applied({ scope: GROUP_SCOPE })
}

async function remove(received: Received, item: MessageRow): Promise<Outcome> {
  const { tx, group, author, context, now } = received
  if (!mayChangeItem(item.signed === 'verified', received.verification)) return refused('signature')
  if (item.deleted_at !== null) return ignored('deleted')
  await wipeMessage(tx, item.message, author?.id, now)
  context.notify(tx, { type: 'message', group: group.id, message: item.message, change: 'deleted' })
  const scope = author?.blocked === true || item.kind !== 'content' ? undefined : itemScope(item)
  return applied({ item: item.message, asGroup: item.as_group === 1, scope })
}

/** Moderators take a message out of what newcomers get; nobody else hears of it (chat §2.3). */
async function removeFromHistory(received: Received, item: MessageRow | undefined): Promise<Outcome> {
  const { tx, author } = received
  if (author === undefined || !atLeast(author.role, 'moderator')) return refused('role')
  if (item === undefined) return ignored('unknown-message', { open: true })
  await tx.run('UPDATE chat_messages SET in_history = 0 WHERE message = ?', item.message)
  return applied({ item: item.message })
}
