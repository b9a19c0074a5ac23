import type { TFunction } from 'i18next'
import type { Group, Message } from '../../../core/host/contract/types.ts'

/** The second line of a chat in the list: what was said last, or what is going on. */
export function summaryOf(group: Group, t: TFunction): string {
  if (group.status === 'creating' || group.status === 'ready') return t('chats.status.creating')
  if (group.status === 'joining') return t('chats.status.joining')
  const { lastMessage } = group
  if (lastMessage === undefined) return group.description ?? t('chats.status.empty')
  const text = textOf(lastMessage, t)
  if (lastMessage.sent) return t('chats.you', { text })
  const { authorName } = lastMessage
  return authorName === undefined ? text : `${authorName}: ${text}`
}

/** A message in one line. */
export function textOf(message: Message, t: TFunction): string {
  if (message.deletedAt !== undefined) return t('chats.message.deleted')
  if (message.hidden) return t('chats.message.hidden')
  const text = message.text.replaceAll(/\s+/g, ' ').trim()
  if (text !== '') return text
  const type = String(message.content.type ?? '')
  return t([`chats.message.kind.${type}`, 'chats.message.kind.other'])
}
