import { create } from 'zustand'
import type { Change } from '../../core/host/contract/types.ts'
import { callsOf } from './chat-calls.ts'
import { type ChatMessage, type ChatRef, chatKey, fromContact } from './chats.ts'

/** The loaded part of one conversation, in its order. */
export interface Conversation {
  readonly messages: readonly ChatMessage[]
  /** Nothing older, nothing newer is left to load. */
  readonly atStart: boolean
  readonly atEnd: boolean
  /** How many were put before those that were there first: the list keeps its place by it. */
  readonly prepended: number
  readonly loading: boolean
  /** The message that somebody asked for, and a number that grows with every asking. */
  readonly focus: { readonly message: number; readonly serial: number } | undefined
}

const EMPTY: Conversation = {
  messages: [],
  atStart: false,
  atEnd: false,
  prepended: 0,
  loading: false,
  focus: undefined,
}
const PAGE = 60
/** The host answers with no more at once. */
const MOST = 500

interface Loaded extends Conversation {
  readonly chat: ChatRef
}

interface Conversations {
  readonly byChat: ReadonlyMap<string, Loaded>
}

export const useMessages = create<Conversations>(() => ({ byChat: new Map() }))

export function conversationOf(state: Conversations, chat: ChatRef): Conversation {
  return state.byChat.get(chatKey(chat)) ?? EMPTY
}

export function isLoaded(state: Conversations, chat: ChatRef): boolean {
  return state.byChat.has(chatKey(chat))
}

function update(chat: ChatRef, change: (conversation: Conversation) => Conversation): void {
  useMessages.setState((state) => ({
    byChat: new Map(state.byChat).set(chatKey(chat), { ...change(conversationOf(state, chat)), chat }),
  }))
}

/** Too much was missed to follow: what is loaded is read again, and the list keeps its place. */
export function refreshMessages(): void {
  for (const { chat } of useMessages.getState().byChat.values()) refresh(chat).catch(() => forgetConversation(chat))
}

async function refresh(chat: ChatRef): Promise<void> {
  const { messages } = conversationOf(useMessages.getState(), chat)
  const first = messages.at(-MOST)
  if (first === undefined) return forgetConversation(chat)
  const [head, rest] = await Promise.all([single(chat, first.id), callsOf(chat).list({ after: first.id, limit: MOST })])
  update(chat, (conversation) => ({
    ...conversation,
    messages: [...head, ...rest],
    atEnd: rest.length < MOST,
    atStart: conversation.atStart && first === messages[0],
    prepended: conversation.prepended - messages.indexOf(first),
    loading: false,
  }))
}

/** None where it is gone. Where something else went wrong, the call beside this one tells. */
function single(chat: ChatRef, message: number): Promise<ChatMessage[]> {
  return callsOf(chat)
    .get(message)
    .then(
      (found) => [found],
      () => [],
    )
}

/** Loads a conversation from its newest message, or around `around`; where that fails, it stays as it is. */
export async function openConversation(chat: ChatRef, around?: number): Promise<void> {
  const current = useMessages.getState().byChat.get(chatKey(chat))
  if (current !== undefined && current.messages.length > 0 && around === undefined) return
  update(chat, () => ({ ...EMPTY, loading: true }))
  try {
    const opened = around === undefined ? await newestPage(chat) : await pagesAround(chat, around)
    update(chat, () => ({ ...EMPTY, ...opened }))
  } catch (error) {
    update(chat, () => current ?? EMPTY)
    throw error
  }
}

type Opened = Pick<Conversation, 'messages' | 'atStart' | 'atEnd'>

async function newestPage(chat: ChatRef): Promise<Opened> {
  const messages = await callsOf(chat).list({ limit: PAGE })
  return { messages, atStart: messages.length < PAGE, atEnd: true }
}

async function pagesAround(chat: ChatRef, around: number): Promise<Opened> {
  const [older, middle, newer] = await Promise.all([
    callsOf(chat).list({ before: around, limit: PAGE }),
    single(chat, around),
    callsOf(chat).list({ after: around, limit: PAGE }),
  ])
  return { messages: [...older, ...middle, ...newer], atStart: older.length < PAGE, atEnd: newer.length < PAGE }
}

let asked = 0

/** Goes to a message of this conversation, which may not be loaded yet. */
export async function showMessage(chat: ChatRef, message: number): Promise<void> {
  const known = conversationOf(useMessages.getState(), chat).messages.some(({ id }) => id === message)
  if (!known) await openConversation(chat, message)
  const serial = ++asked
  update(chat, (conversation) => ({ ...conversation, focus: { message, serial } }))
}

/** It was looked at long enough. */
export function dropFocus(chat: ChatRef): void {
  update(chat, (conversation) => ({ ...conversation, focus: undefined }))
}

export async function loadOlder(chat: ChatRef): Promise<void> {
  const { messages, atStart, loading } = conversationOf(useMessages.getState(), chat)
  const first = messages[0]
  if (first === undefined || atStart || loading) return
  update(chat, (conversation) => ({ ...conversation, loading: true }))
  try {
    const page = await callsOf(chat).list({ before: first.id, limit: PAGE })
    update(chat, (conversation) => ({
      ...conversation,
      messages: [...page, ...conversation.messages],
      prepended: conversation.prepended + page.length,
      atStart: page.length < PAGE,
      loading: false,
    }))
  } catch (error) {
    update(chat, (conversation) => ({ ...conversation, loading: false }))
    throw error
  }
}

export async function loadNewer(chat: ChatRef): Promise<void> {
  const { messages, atEnd, loading } = conversationOf(useMessages.getState(), chat)
  const last = messages.at(-1)
  if (last === undefined || atEnd || loading) return
  update(chat, (conversation) => ({ ...conversation, loading: true }))
  try {
    const page = await callsOf(chat).list({ after: last.id, limit: PAGE })
    update(chat, (conversation) => ({
      ...conversation,
      messages: [...conversation.messages, ...page],
      atEnd: page.length < PAGE,
      loading: false,
    }))
  } catch (error) {
    update(chat, (conversation) => ({ ...conversation, loading: false }))
    throw error
  }
}

type MessageChange =
  | { readonly chat: ChatRef; readonly state: number; readonly delivery: ChatMessage['delivery'] }
  | {
      readonly chat: ChatRef
      readonly id: number
      readonly added: boolean
      /** Undefined where it is gone. */
      readonly message: ChatMessage | undefined
    }

function messageChange(change: Change): MessageChange | undefined {
  switch (change.type) {
    case 'message':
      return {
        chat: { kind: 'group', id: change.group },
        id: change.id,
        added: change.change === 'added',
        message: change.message,
      }
    case 'message-state':
      return { chat: { kind: 'group', id: change.group }, state: change.message, delivery: change.delivery }
    case 'contact-message':
      return {
        chat: { kind: 'contact', id: change.contact },
        id: change.id,
        added: change.change === 'added',
        message: change.message && fromContact(change.message),
      }
    case 'contact-message-state':
      return { chat: { kind: 'contact', id: change.contact }, state: change.message, delivery: change.delivery }
    default:
      return undefined
  }
}

/** What the host says about messages of conversations that are loaded. */
export function applyMessageChange(change: Change): void {
  const changed = messageChange(change)
  if (changed === undefined || !isLoaded(useMessages.getState(), changed.chat)) return
  update(changed.chat, (conversation) => {
    const { messages } = conversation
    if ('state' in changed) {
      const { state, delivery } = changed
      return {
        ...conversation,
        messages: messages.map((message) => (message.id === state ? { ...message, delivery } : message)),
      }
    }
    const { id, message } = changed
    if (message === undefined) return { ...conversation, messages: messages.filter((other) => other.id !== id) }
    if (messages.some((other) => other.id === id)) {
      return { ...conversation, messages: messages.map((other) => (other.id === id ? message : other)) }
    }
    return changed.added ? withMessage(conversation, changed.chat, message) : conversation
  })
}

/** What comes late stands where it was said; what is older than the loaded part comes with its page. */
function withMessage(conversation: Conversation, chat: ChatRef, message: ChatMessage): Conversation {
  const { messages } = conversation
  // Two people read in the order of arrival; groups, whose copies come by many ways, in that of the times.
  const stands = (other: ChatMessage) => (chat.kind === 'group' ? other.time <= message.time : other.id < message.id)
  const place = messages.findLastIndex(stands) + 1
  if ((place === messages.length && !conversation.atEnd) || (place === 0 && !conversation.atStart)) return conversation
  return { ...conversation, messages: messages.toSpliced(place, 0, message) }
}

/** Drops what is loaded of one conversation, to load another part of it. */
export function forgetConversation(chat: ChatRef): void {
  useMessages.setState((state) => {
    const byChat = new Map(state.byChat)
    byChat.delete(chatKey(chat))
    return { byChat }
  })
}
