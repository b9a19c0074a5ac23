import type { TFunction } from 'i18next'
import { expect, test } from 'vitest'
import type { Group, Message } from '../../../core/host/contract/types.ts'
import { groupOfPath, newsOf, unreadOf } from '../../../renderer/features/chats/news.ts'

const t = ((key: string) => key) as unknown as TFunction

function message(id: number, change: Partial<Message> = {}): Message {
  return { id, sent: false, text: `text ${id}`, authorName: 'Ada', mentioned: false, content: {}, ...change } as Message
}

function group(id: number, change: Partial<Group> = {}): Group {
  const flags = { muted: false, pinned: false, archived: false }
  return { id, displayName: `Group ${id}`, status: 'active', unread: 0, mayWrite: true, flags, ...change } as Group
}

const map = (...groups: Group[]): ReadonlyMap<number, Group> => new Map(groups.map((one) => [one.id, one]))
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
  expect(unreadOf(map(group(1, { unread: 2 }), group(2, { unread: 3 }), group(3, { unread: 7, flags })))).toBe(5)
})

test('an answer finds its group by the path alone', () => {
  expect(groupOfPath('/chats/12')).toBe(12)
  expect(groupOfPath('/chats/12/x')).toBeUndefined()
  expect(groupOfPath('/settings')).toBeUndefined()
})
