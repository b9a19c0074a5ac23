import { api } from './api.ts'
import { type ChatMessage, type ChatRef, fromContact } from './chats.ts'

export interface MessagePage {
  readonly before?: number
  readonly after?: number
  readonly limit?: number
  readonly search?: string
}

export interface Said {
  readonly text: string
  /** Data URI. */
  readonly image?: string
  readonly quote?: number
  /** Of groups. */
  readonly mentions?: readonly { readonly name: string; readonly member: number }[]
}

export interface ChatFlags {
  readonly muted?: boolean
  readonly pinned?: boolean
  readonly archived?: boolean
}

/** What one can do with a conversation, the same for every kind. */
export interface ChatCalls {
  list(page: MessagePage): Promise<readonly ChatMessage[]>
  get(message: number): Promise<ChatMessage>
  send(said: Said): Promise<unknown>
  edit(message: number, text: string): Promise<unknown>
  remove(message: number): Promise<unknown>
  react(message: number, emoji: string, add: boolean): Promise<unknown>
  markRead(message: number): Promise<unknown>
  flags(flags: ChatFlags): Promise<unknown>
}

export function callsOf({ kind, id }: ChatRef): ChatCalls {
  return kind === 'group' ? groupCalls(id) : contactCalls(id)
}

function groupCalls(group: number): ChatCalls {
  return {
    list: (page) => api().messages.list({ group, ...page }),
    get: (message) => api().messages.get({ message }),
    send: ({ mentions, ...said }) =>
      api().messages.send({ group, ...said, ...(mentions === undefined ? {} : { mentions: [...mentions] }) }),
    edit: (message, text) => api().messages.edit({ group, message, text }),
    remove: (message) => api().messages.delete({ group, message }),
    react: (message, emoji, add) => api().messages.react({ group, message, emoji, add }),
    markRead: (message) => api().messages.markRead({ group, message }),
    flags: (flags) => api().groups.flags({ group, ...flags }),
  }
}

function contactCalls(contact: number): ChatCalls {
  return {
    list: async (page) => (await api().contactMessages.list({ contact, ...page })).map(fromContact),
    get: async (message) => fromContact(await api().contactMessages.get({ message })),
    send: ({ mentions: _, ...said }) => api().contactMessages.send({ contact, ...said }),
    edit: (message, text) => api().contactMessages.edit({ contact, message, text }),
    remove: (message) => api().contactMessages.delete({ contact, message }),
    react: (message, emoji, add) => api().contactMessages.react({ contact, message, emoji, add }),
    markRead: (message) => api().contactMessages.markRead({ contact, message }),
    flags: (flags) => api().contacts.flags({ contact, ...flags }),
  }
}
