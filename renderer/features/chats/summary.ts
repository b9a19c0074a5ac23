import type { TFunction } from 'i18next'
import type { Chat, ChatMessage } from '../../state/chats.ts'
import { plainText } from './markdown.ts'

/** The second line of a chat in the list: what was said last, or what is going on. */
export function summaryOf(chat: Chat, t: TFunction): string {
  const state = stateOf(chat, t)
  if (state !== undefined) return state
  const { lastMessage } = chat
  if (lastMessage === undefined) return emptyText(chat, t)
  const text = textOf(lastMessage, t)
  if (lastMessage.sent) return t('chats.you', { text })
  const { authorName } = lastMessage
  return authorName === undefined ? text : `${shortName(authorName)}: ${text}`
}

function stateOf(chat: Chat, t: TFunction): string | undefined {
  if (chat.kind === 'contact') {
    const { status } = chat.contact
    return status === 'connecting' || status === 'failed' ? t(`contacts.status.${status}`) : undefined
  }
  const { status } = chat.group
  if (status === 'creating' || status === 'ready') return t('chats.status.creating')
  return status === 'joining' ? t('chats.status.joining') : undefined
}

function emptyText(chat: Chat, t: TFunction): string {
  if (chat.kind === 'contact') return t(`contacts.status.${chat.contact.status}`)
  return chat.group.description ?? t('chats.status.empty')
}

const NAME = 16

/** The first word of a name: what was said needs the room. */
function shortName(name: string): string {
  const [first = name] = name.trim().split(/\s+/)
  const characters = [...first]
  return characters.length <= NAME ? first : `${characters.slice(0, NAME).join('')}…`
}

/** A message in one line. */
export function textOf(message: ChatMessage, t: TFunction): string {
  if (message.deletedAt !== undefined) return t('chats.message.deleted')
  if (message.hidden) return t('chats.message.hidden')
  const text = plainText(message.text).replaceAll(/\s+/g, ' ').trim()
  if (text !== '') return text
  const type = String(message.content.type ?? '')
  return t([`chats.message.kind.${type}`, 'chats.message.kind.other'])
}
