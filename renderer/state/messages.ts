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

export function forgetMessages(): void {
  useMessages.setState({ byGroup: new Map() })
}

/** Loads a conversation from its newest message, or around `around`. */
export async function openConversation(group: number, around?: number): Promise<void> {
  const current = useMessages.getState().byGroup.get(group)
  if (current !== undefined && current.messages.length > 0 && around === undefined) return
  update(group, () => ({ ...EMPTY, loading: true }))
  if (around === undefined) {
    const messages = await api().messages.list({ group, limit: PAGE })
    update(group, () => ({ ...EMPTY, messages, atStart: messages.length < PAGE, atEnd: true }))
    return
  }
  const [older, newer] = await Promise.all([
    api().messages.list({ group, before: around, limit: PAGE }),
    api().messages.list({ group, after: around - 1, limit: PAGE }),
  ])
  const known = new Set(older.map((message) => message.id))
  const messages = [...older, ...newer.filter((message) => !known.has(message.id))]
  update(group, () => ({ ...EMPTY, messages, atStart: older.length < PAGE, atEnd: newer.length < PAGE }))
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
