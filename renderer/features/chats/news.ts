import type { TFunction } from 'i18next'
import type { ContactRequestView } from '../../../core/host/contract/contacts.ts'
import type { Notice } from '../../runtime/runtime.ts'
import { type Chat, chatPath } from '../../state/chats.ts'
import { chatName } from './names.ts'
import { summaryOf } from './summary.ts'

type Chats = ReadonlyMap<string, Chat>

/** What is worth a notification between two states: new unread messages of others, one notice for each chat. */
export function newsOf(before: Chats, after: Chats, t: TFunction): Notice[] {
  return [...after.values()]
    .filter((chat) => {
      const known = before.get(chat.key)
      const { lastMessage, flags } = chat
      if (known === undefined || lastMessage === undefined || lastMessage.sent) return false
      if (flags.muted && !lastMessage.mentioned) return false
      return lastMessage.id !== known.lastMessage?.id && chat.unread > known.unread
    })
    .map((chat) => ({
      title: chatName(chat, t),
      body: summaryOf(chat, t).slice(0, 300),
      path: chatPath(chat.ref),
      ...(chat.mayWrite ? { reply: t('chats.actions.reply') } : {}),
    }))
}

/** People who began to ask. */
export function newRequests(
  before: readonly ContactRequestView[],
  after: readonly ContactRequestView[],
  t: TFunction,
): Notice[] {
  const known = new Set(before.map(({ id }) => id))
  return after
    .filter(({ id }) => !known.has(id))
    .map(({ displayName, text }) => ({
      title: displayName,
      body: text ?? t('contacts.requests.asks'),
      path: '/chats',
    }))
}

/** The number on the icon. */
export function unreadOf(chats: Iterable<Pick<Chat, 'flags' | 'unread'>>): number {
  return [...chats].reduce((sum, { flags, unread }) => sum + (flags.muted ? 0 : unread), 0)
}
