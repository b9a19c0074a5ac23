import { create } from 'zustand'
import type { Change, Message } from '../../core/host/contract/types.ts'
import { api } from './api.ts'

/** The loaded part of one conversation, in its order. */
export interface Conversation {
  readonly messages: readonly Message[]
  /** Nothing older, nothing newer is left to load. */
  readonly atStart: boolean
  readonly atEnd: boolean
  /** How many were put before those that were there first: the list keeps its place by it. */
  readonly prepended: number
  readonly loading: boolean
}

const EMPTY: Conversation = { messages: [], atStart: false, atEnd: false, prepended: 0, loading: false }
const PAGE = 60
/** The host answers with no more at once. */
const MOST = 500

interface Conversations {
  readonly byGroup: ReadonlyMap<number, Conversation>
}

export const useMessages = create<Conversations>(() => ({ byGroup: new Map() }))

export function conversationOf(state: Conversations, group: number): Conversation {
  return state.byGroup.get(group) ?? EMPTY
}

function update(group: number, change: (conversation: Conversation) => Conversation): void {
  useMessages.setState((state) => ({
    byGroup: new Map(state.byGroup).set(group, change(conversationOf(state, group))),
  }))
}

/** Too much was missed to follow: what is loaded is read again, and the list keeps its place. */
export function refreshMessages(): void {
  for (const group of useMessages.getState().byGroup.keys()) refresh(group).catch(() => forgetConversation(group))
}

async function refresh(group: number): Promise<void> {
  const { messages } = conversationOf(useMessages.getState(), group)
  const first = messages.at(-MOST)
  if (first === undefined) return forgetConversation(group)
  const [head, rest] = await Promise.all([
    single(first.id),
    api().messages.list({ group, after: first.id, limit: MOST }),
  ])
  update(group, (conversation) => ({
    ...conversation,
    messages: [...head, ...rest],
    atEnd: rest.length < MOST,
    atStart: conversation.atStart && first === messages[0],
    prepended: conversation.prepended - messages.indexOf(first),
    loading: false,
  }))
}

/** None where it is gone. Where something else went wrong, the call beside this one tells. */
function single(message: number): Promise<Message[]> {
  return api()
    .messages.get({ message })
    .then(
      (found) => [found],
      () => [],
    )
}

/** Loads a conversation from its newest message, or around `around`; where that fails, it stays as it is. */
export async function openConversation(group: number, around?: number): Promise<void> {
  const current = useMessages.getState().byGroup.get(group)
  if (current !== undefined && current.messages.length > 0 && around === undefined) return
  update(group, () => ({ ...EMPTY, loading: true }))
  try {
    const opened = around === undefined ? await newestPage(group) : await pagesAround(group, around)
    update(group, () => ({ ...EMPTY, ...opened }))
  } catch (error) {
    update(group, () => current ?? EMPTY)
    throw error
  }
}

type Opened = Pick<Conversation, 'messages' | 'atStart' | 'atEnd'>

async function newestPage(group: number): Promise<Opened> {
  const messages = await api().messages.list({ group, limit: PAGE })
  return { messages, atStart: messages.length < PAGE, atEnd: true }
}

async function pagesAround(group: number, around: number): Promise<Opened> {
  const [older, middle, newer] = await Promise.all([
    api().messages.list({ group, before: around, limit: PAGE }),
    single(around),
    api().messages.list({ group, after: around, limit: PAGE }),
  ])
  return { messages: [...older, ...middle, ...newer], atStart: older.length < PAGE, atEnd: newer.length < PAGE }
}

export async function loadOlder(group: number): Promise<void> {
  const { messages, atStart, loading } = conversationOf(useMessages.getState(), group)
  const first = messages[0]
  if (first === undefined || atStart || loading) return
  update(group, (conversation) => ({ ...conversation, loading: true }))
  try {
    const page = await api().messages.list({ group, before: first.id, limit: PAGE })
    update(group, (conversation) => ({
      ...conversation,
      messages: [...page, ...conversation.messages],
      prepended: conversation.prepended + page.length,
      atStart: page.length < PAGE,
      loading: false,
    }))
  } catch (error) {
    update(group, (conversation) => ({ ...conversation, loading: false }))
    throw error
  }
}

export async function loadNewer(group: number): Promise<void> {
  const { messages, atEnd, loading } = conversationOf(useMessages.getState(), group)
  const last = messages.at(-1)
  if (last === undefined || atEnd || loading) return
  update(group, (conversation) => ({ ...conversation, loading: true }))
  try {
    const page = await api().messages.list({ group, after: last.id, limit: PAGE })
    update(group, (conversation) => ({
      ...conversation,
      messages: [...conversation.messages, ...page],
      atEnd: page.length < PAGE,
      loading: false,
    }))
  } catch (error) {
    update(group, (conversation) => ({ ...conversation, loading: false }))
    throw error
  }
}

/** What the host says about messages of conversations that are loaded. */
export function applyMessageChange(change: Change): void {
  if (change.type !== 'message' && change.type !== 'message-state') return
  const { group } = change
  if (!useMessages.getState().byGroup.has(group)) return
  update(group, (conversation) => {
    const { messages } = conversation
    if (change.type === 'message-state') {
      const { delivery } = change
      return {
        ...conversation,
        messages: messages.map((message) => (message.id === change.message ? { ...message, delivery } : message)),
      }
    }
    const { id, message } = change
    if (message === undefined) return { ...conversation, messages: messages.filter((other) => other.id !== id) }
    if (messages.some((other) => other.id === id)) {
      return { ...conversation, messages: messages.map((other) => (other.id === id ? message : other)) }
    }
    if (change.change !== 'added') return conversation
    // What comes late stands where it was said; what is older than the loaded part comes with its page.
    const place = messages.findLastIndex((other) => other.time <= message.time) + 1
    if ((place === messages.length && !conversation.atEnd) || (place === 0 && !conversation.atStart))
      return conversation
    return { ...conversation, messages: messages.toSpliced(place, 0, message) }
  })
}

/** Drops what is loaded of one conversation, to load another part of it. */
export function forgetConversation(group: number): void {
  useMessages.setState((state) => {
    const byGroup = new Map(state.byGroup)
    byGroup.delete(group)
    return { byGroup }
  })
}
