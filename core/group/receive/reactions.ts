import { isKnownReaction, reaction as reactionCodec, reactionKey } from '../../chat/content.ts'
import type { ChatEventParams } from '../../chat/events.ts'
import { MAX_REACTION_KEY, MAX_REACTIONS } from '../../chat/limits.ts'
import { mayReact } from '../../chat/permissions.ts'
import type { MessageRowId } from '../api.ts'
import { type Member, memberById } from '../state/members.ts'
import { messageByShared } from '../state/messages.ts'
import { applied, ignored, type Outcome, type Received, refused } from './context.ts'
import { deliveryScope, itemScope, takesPart } from './items.ts'

/** Reactions (chat §2.3). */

export async function receiveReaction(received: Received, params: ChatEventParams['x.msg.react']): Promise<Outcome> {
  const { tx, group, author, context, now } = received
  if (author === undefined) return refused('no-author')
  if (author.status === 'unknown') return ignored('unknown-sender', { open: true })
  if (!mayReact(group.groupProfile.groupPreferences)) return refused('prohibited-reactions')
  if (author.blocked) return ignored('blocked')
  const item = await messageByShared(tx, group.id, params.msgId)
  if (item === undefined) {
    const scope = params.scope && (await memberById(tx, group.id, params.scope.memberId))
    if (params.scope !== undefined && scope === undefined) return ignored('unknown-scope')
    return ignored('unknown-message', { scope: deliveryScope(scope) })
  }
  if (item.deleted_at !== null) return ignored('deleted')
  const changed = await changeReaction(received, author, item.message, params)
  if (!changed) return ignored('unchanged')
  context.notify(tx, { type: 'message', group: group.id, message: item.message, change: 'updated' })
  await takesPart(received, author, author.row.wrote_at ?? now)
  return applied({ item: item.message, scope: itemScope(item) })
}

async function changeReaction(
  { tx, now }: Received,
  author: Member,
  message: MessageRowId,
  params: ChatEventParams['x.msg.react'],
): Promise<boolean> {
  const key = reactionKey(params.reaction)
  if (!params.add) {
    const deleted = await tx.run(
      'DELETE FROM chat_reactions WHERE message = ? AND member = ? AND reaction_key = ?',
      message,
      author.id,
      key,
    )
    return deleted > 0
  }
  const count = await tx.get<{ n: number }>(
    'SELECT count(*) AS n FROM chat_reactions WHERE message = ? AND member = ?',
    message,
    author.id,
  )
  if (count!.n >= MAX_REACTIONS) return false
  if (!isKnownReaction(params.reaction) && key.length > MAX_REACTION_KEY) return false
  const inserted = await tx.run(
    `INSERT INTO chat_reactions (message, member, reaction_key, reaction, time) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    message,
    author.id,
    key,
    JSON.stringify(reactionCodec.encode(params.reaction)),
    now,
  )
  return inserted > 0
}
