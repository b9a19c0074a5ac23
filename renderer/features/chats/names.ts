import type { TFunction } from 'i18next'
import type { Chat, ChatMessage } from '../../state/chats.ts'

/** What a conversation is called; a person may not have told a name yet. */
export function chatName(chat: Chat, t: TFunction): string {
  return chat.name === '' ? t('contacts.unnamed') : chat.name
}

/** Who wrote it. */
export function authorOf(chat: Chat, message: ChatMessage, t: TFunction): string {
  if (message.sent && !message.asGroup) return t('chats.yourself')
  if (chat.kind === 'contact' || message.asGroup) return chatName(chat, t)
  return message.authorName ?? t('chats.unknownAuthor')
}
