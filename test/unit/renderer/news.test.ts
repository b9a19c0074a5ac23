import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import type { Contact, ContactMessage, ContactRequestView } from '../../../core/host/contract/contacts.ts'
import type { Group, Message } from '../../../core/host/contract/types.ts'
import { newRequests, newsOf, unreadOf } from '../../../renderer/features/chats/news.ts'
import { type Chat, chatOfPath, contactChat, groupChat } from '../../../renderer/state/chats.ts'

const t = ((key: string) => key) as unknown as TFunction

function message(id: number, change: Partial<Message> = {}): Message {
  return { id, sent: false, text: `text ${id}`, authorName: 'Ada', mentioned: false, content: {}, ...change } as Message
}

function group(id: number, change: Partial<Group> = {}): Group {
  const flags = { muted: false, pinned: false, archived: false }
  return { id, displayName: `Group ${id}`, status: 'active', unread: 0, mayWrite: true, flags, ...change } as Group
}

const map = (...groups: Group[]): ReadonlyMap<string, Chat> =>
  new Map(groups.map(groupChat).map((one) => [one.key, one]))
const news = (before: Group, after: Group) => newsOf(map(before), map(after), t)

test('a new message of somebody else is told, with its chat and a way to answer', () => {
  const before = group(1, { lastMessage: message(1), unread: 1 })
  expect(news(before, group(1, { lastMessage: message(2), unread: 2 }))).toEqual([
    { title: 'Group 1', body: 'Ada: text 2', path: '/chats/1', reply: 'chats.actions.reply' },
  ])
  expect(news(before, group(1, { lastMessage: message(2), unread: 2, mayWrite: false }))[0]).not.toHaveProperty('reply')
})

test('own messages, edits, what was read elsewhere and groups that appear are not', () => {
  const before = group(1, { lastMessage: message(1), unread: 1 })
  expect(news(before, group(1, { lastMessage: message(2, { sent: true }), unread: 1 }))).toEqual([])
  expect(news(before, group(1, { lastMessage: message(1, { text: 'edited' }), unread: 1 }))).toEqual([])
  expect(news(before, group(1, { lastMessage: message(2), unread: 0 }))).toEqual([])
  expect(newsOf(map(), map(group(1, { lastMessage: message(2), unread: 2 })), t)).toEqual([])
})

test('a muted group is quiet unless somebody names the person', () => {
  const flags = { muted: true, pinned: false, archived: false }
  const before = group(1, { flags })
  expect(news(before, group(1, { flags, lastMessage: message(2), unread: 1 }))).toEqual([])
  expect(news(before, group(1, { flags, lastMessage: message(2, { mentioned: true }), unread: 1 }))).toHaveLength(1)
})

test('the number on the icon leaves muted groups out', () => {
  const flags = { muted: true, pinned: false, archived: false }
  expect(unreadOf([group(1, { unread: 2 }), group(2, { unread: 3 }), group(3, { unread: 7, flags })])).toBe(5)
})

test('an answer finds its conversation by the path alone', () => {
  expect(chatOfPath('/chats/12')).toEqual({ kind: 'group', id: 12 })
  expect(chatOfPath('/contacts/12')).toEqual({ kind: 'contact', id: 12 })
  expect(chatOfPath('/chats/12/x')).toBeUndefined()
  expect(chatOfPath('/settings')).toBeUndefined()
})

test('a person is told like a group, without repeating the name', () => {
  const contact = (change: Partial<Contact>) =>
    contactChat({
      id: 4,
      displayName: 'Ada',
      status: 'active',
      unread: 0,
      mayWrite: true,
      flags: { muted: false, pinned: false, archived: false },
      ...change,
    } as Contact)
  const said = (id: number) => ({ id, sent: false, text: `text ${id}`, content: {} }) as ContactMessage
  const chats = (chat: Chat) => new Map([[chat.key, chat]])
  const before = chats(contact({ lastMessage: said(1) }))
  expect(newsOf(before, chats(contact({ lastMessage: said(2), unread: 1 })), t)).toEqual([
    { title: 'Ada', body: 'text 2', path: '/contacts/4', reply: 'chats.actions.reply' },
  ])
})

test('who asks to talk is told once', () => {
  const request = (id: number, text?: string) => ({ id, displayName: `Person ${id}`, text }) as ContactRequestView
  expect(newRequests([request(1)], [request(1), request(2, 'hello')], t)).toEqual([
    { title: 'Person 2', body: 'hello', path: '/chats' },
  ])
  expect(newRequests([], [request(1)], t)[0]?.body).toBe('contacts.requests.asks')
})
