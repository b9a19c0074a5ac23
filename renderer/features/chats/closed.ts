import type { Chat } from '../../state/chats.ts'

/** Why nothing can be written here: the key of a sentence. */
export function closedText(chat: Chat): string {
  if (chat.kind === 'contact')
    return `contacts.closed.${chat.contact.status === 'active' ? 'notYet' : chat.contact.status}`
  switch (chat.group.status) {
    case 'left':
      return 'chats.closed.left'
    case 'removed':
      return 'chats.closed.removed'
    case 'deleted':
      return 'chats.closed.deleted'
    case 'failed':
      return 'chats.closed.failed'
    case 'creating':
    case 'ready':
    case 'joining':
      return 'chats.closed.notYet'
    case 'active':
      return 'chats.closed.readers'
  }
}
