import { expect, test } from 'vitest'
import type { MemberView } from '../../../core/host/contract/types.ts'
import { parseMarkdown } from '../../../renderer/features/chats/markdown.ts'
import { fitting, mentionQuery, mentionsIn, nameFor, written } from '../../../renderer/features/chats/mentions.ts'

function member(id: number, displayName: string, change: Partial<MemberView> = {}): MemberView {
  return { id, displayName, memberId: `m${id}`, self: false, blocked: false, wroteAt: id, ...change } as MemberView
}

test('a name is being written after an @ that begins a word', () => {
  expect(mentionQuery('@', 1)).toEqual({ start: 0, end: 1, text: '' })
  expect(mentionQuery('hello @an', 9)).toEqual({ start: 6, end: 9, text: 'an' })
  expect(mentionQuery('hello @an na', 9)).toEqual({ start: 6, end: 9, text: 'an' })
  expect(mentionQuery("(@'Anna of t", 12)).toEqual({ start: 1, end: 12, text: 'Anna of t' })
  expect(mentionQuery('mail@example', 12)).toBeUndefined()
  expect(mentionQuery('@anna said', 10)).toBeUndefined()
  expect(mentionQuery('plain', 5)).toBeUndefined()
})

test('those are offered whose name begins so, and whoever wrote last first', () => {
  const members = [
    member(1, 'Anna'),
    member(2, 'Joanna'),
    member(3, 'Maria Anna'),
    member(4, 'anton'),
    member(5, 'Andrew', { self: true }),
    member(6, 'Andrea', { blocked: true }),
    member(7, 'Anselm', { memberId: undefined }),
  ]
  expect(fitting(members, 'an', 8).map(({ id }) => id)).toEqual([4, 1, 3])
  expect(fitting(members, '', 2).map(({ id }) => id)).toEqual([4, 3])
})

test('two of one name are told apart, and a name with spaces stands in quotes', () => {
  const [first, second] = [member(1, 'Anna'), member(2, 'Anna')]
  expect(nameFor(new Map(), first)).toBe('Anna')
  expect(nameFor(new Map([['Anna', 1]]), first)).toBe('Anna')
  expect(nameFor(new Map([['Anna', 1]]), second)).toBe('Anna_1')
  expect(nameFor(new Map(), member(3, "Anna's friend"))).toBe('Anna’s friend')
  expect(written('Anna_1')).toBe('@Anna_1')
  expect(written('Anna of the harbour')).toBe("@'Anna of the harbour'")
})

test('only those that the text still names are mentioned', () => {
  const mentioned = new Map([
    ['Anna', 1],
    ['Anna_1', 2],
    ['Ben of Kiel', 3],
  ])
  expect(mentionsIn('@Anna_1 and nobody else', mentioned)).toEqual([{ name: 'Anna_1', member: 2 }])
  expect(mentionsIn("@'Ben of Kiel', @Anna!", mentioned)).toEqual([
    { name: 'Anna', member: 1 },
    { name: 'Ben of Kiel', member: 3 },
  ])
})

test('markdown: marks count around words, in every script', () => {
  const kinds = (text: string) => parseMarkdown(text).map(({ kind, text: said }) => `${kind}:${said}`)
  expect(kinds('a *bold* word')).toEqual(['text:a ', 'bold:bold', 'text: word'])
  expect(kinds('2*3*4 and snake_case_name')).toEqual(['text:2*3*4 and snake_case_name'])
  expect(kinds('*жирный*текст')).toEqual(['text:*жирный*текст'])
  expect(kinds('@Анна, hi')).toEqual(['mention:@Анна', 'text:, hi'])
  expect(kinds("@'Anna B' hi")).toEqual(['mention:@Anna B', 'text: hi'])
  expect(kinds('see https://example.org/a.')).toEqual(['text:see ', 'link:https://example.org/a', 'text:.'])
  expect(kinds('!1 red! text')).toEqual(['colour:red', 'text: text'])
})
