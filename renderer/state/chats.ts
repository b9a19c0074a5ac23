import type { Contact, ContactMessage } from '../../core/host/contract/contacts.ts'
import type { DeliveryView, Group, Message } from '../../core/host/contract/types.ts'

/** A conversation of any kind: with a group, or with one person. */
export interface ChatRef {
  readonly kind: 'group' | 'contact'
  readonly id: number
}

/** One text for one conversation. */
export function chatKey({ kind, id }: ChatRef): string {
  return `${kind}:${id}`
}

/** Where it is shown. */
export function chatPath({ kind, id }: ChatRef): string {
  return kind === 'group' ? `/chats/${id}` : `/contacts/${id}`
}

/** The conversation of such a path. */
export function chatOfPath(path: string): ChatRef | undefined {
  const [, section, id] = /^\/(chats|contacts)\/(\d+)$/.exec(path) ?? []
  return id === undefined ? undefined : { kind: section === 'chats' ? 'group' : 'contact', id: Number(id) }
}

/** The page about the group or person. */
export function chatAboutPath({ kind, id }: ChatRef): string {
  return kind === 'group' ? `/groups/${id}` : `/contacts/${id}/about`
}

/** What a message answers. */
export interface Quote {
  readonly message: number | undefined
  readonly text: string
  /** Undefined between two, and where the quoted message is not known here. */
  readonly authorName?: string | undefined
  readonly sent: boolean
}

/** A message as conversations show it, whoever said it where. */
export interface ChatMessage {
  readonly id: number
  readonly author: number | undefined
  readonly authorName: string | undefined
  readonly sent: boolean
  readonly asGroup: boolean
  readonly content: Message['content']
  readonly text: string
  readonly quote: Quote | undefined
  readonly time: number
  readonly receivedAt: number
  readonly editedAt: number | undefined
  readonly disappears: Message['disappears']
  readonly deletedAt: number | undefined
  readonly hidden: boolean
  readonly signed: Message['signed']
  readonly copiesDiffer: boolean
  readonly mentioned: boolean
  readonly reactions: Message['reactions']
  readonly delivery: DeliveryView | undefined
}

/** What only groups know is absent between two. */
export function fromContact(message: ContactMessage): ChatMessage {
  const { contact: _, sharedMsgId: __, ...rest } = message
  return {
    ...rest,
    author: undefined,
    authorName: undefined,
    asGroup: false,
    hidden: false,
    signed: 'no',
    copiesDiffer: false,
    mentioned: false,
  }
}

interface Common {
  readonly ref: ChatRef
  readonly key: string
  /** Empty while nothing is known of a person. */
  readonly name: string
  readonly fullName: string
  readonly image: string | undefined
  readonly unread: number
  readonly mentions: readonly number[]
  readonly readMessage: number
  readonly lastMessage: ChatMessage | undefined
  readonly mayWrite: boolean
  readonly flags: Group['flags']
  readonly activeAt: number
}

export type Chat =
  | (Common & { readonly kind: 'group'; readonly group: Group })
  | (Common & { readonly kind: 'contact'; readonly contact: Contact })

export function groupChat(group: Group): Chat {
  const ref: ChatRef = { kind: 'group', id: group.id }
  return {
    kind: 'group',
    group,
    ref,
    key: chatKey(ref),
    name: group.displayName,
    fullName: group.fullName,
    image: group.image,
    unread: group.unread,
    mentions: group.unreadMentions,
    readMessage: group.readMessage,
    lastMessage: group.lastMessage,
    mayWrite: group.mayWrite,
    flags: group.flags,
    activeAt: group.activeAt,
  }
}

export function contactChat(contact: Contact): Chat {
  const ref: ChatRef = { kind: 'contact', id: contact.id }
  return {
    kind: 'contact',
    contact,
    ref,
    key: chatKey(ref),
    name: contact.displayName,
    fullName: contact.fullName,
    image: contact.image,
    unread: contact.unread,
    mentions: NONE,
    readMessage: contact.readMessage,
    lastMessage: contact.lastMessage && fromContact(contact.lastMessage),
    mayWrite: contact.mayWrite,
    flags: contact.flags,
    activeAt: contact.activeAt,
  }
}

const NONE: readonly number[] = []
