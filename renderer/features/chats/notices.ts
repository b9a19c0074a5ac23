import i18next from 'i18next'
import type { Runtime } from '../../runtime/runtime.ts'
import { callsOf } from '../../state/chat-calls.ts'
import { type Chat, type ChatRef, chatOfPath, contactChat, groupChat } from '../../state/chats.ts'
import { type ContactsState, useContacts } from '../../state/contacts.ts'
import { type HostState, useHost } from '../../state/host.ts'
import { usePreferences } from '../../state/preferences.ts'
import { keepDraft } from './drafts.ts'
import { newRequests, newsOf, unreadOf } from './news.ts'

/** Notifications of the system about new messages, answers written into them, and the number on the icon. */
export function startNotices(runtime: Runtime): void {
  let unread = 0

  function count(): void {
    const { groups } = useHost.getState()
    const { contacts, requests } = useContacts.getState()
    const now = unreadOf([...groups.values(), ...contacts.values()]) + requests.length
    if (now !== unread) runtime.setUnread(now)
    unread = now
  }

  function tell(before: ReadonlyMap<string, Chat>, after: ReadonlyMap<string, Chat>): void {
    if (!usePreferences.getState().notifications) return
    for (const notice of newsOf(before, after, i18next.t)) runtime.notify(notice)
  }

  useHost.subscribe((state, before) => {
    if (state.groups === before.groups) return
    count()
    if (before.loaded) tell(groupsOf(before), groupsOf(state))
  })
  useContacts.subscribe((state, before) => {
    if (state.contacts === before.contacts && state.requests === before.requests) return
    count()
    if (before.loaded) tell(contactsOf(before), contactsOf(state))
    if (!before.loaded || !usePreferences.getState().notifications) return
    for (const notice of newRequests(before.requests, state.requests, i18next.t)) runtime.notify(notice)
  })
  runtime.onReply((path, text) => {
    const chat = chatOfPath(path)
    if (chat !== undefined) void answer(chat, text)
  })
}

function groupsOf({ groups }: Pick<HostState, 'groups'>): ReadonlyMap<string, Chat> {
  return byKey([...groups.values()].map(groupChat))
}

function contactsOf({ contacts }: Pick<ContactsState, 'contacts'>): ReadonlyMap<string, Chat> {
  return byKey([...contacts.values()].map(contactChat))
}

function byKey(chats: readonly Chat[]): ReadonlyMap<string, Chat> {
  return new Map(chats.map((chat) => [chat.key, chat]))
}

/** What cannot be sent waits in the field for the next message. */
async function answer(chat: ChatRef, text: string): Promise<void> {
  try {
    await callsOf(chat).send({ text })
  } catch {
    keepDraft(chat, text)
  }
}
