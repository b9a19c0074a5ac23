import { describe, expect, test } from 'vitest'
import { setOwnProfile } from '../../../core/chat/state/profiles.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { community, eventually, settled } from './world.ts'

describe('a conversation', () => {
  test('carries edits, reactions, quotes and deletions to everybody', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    const bert = await join('bert')
    const id = await anna.person.groups.send(anna.group, { text: 'frist' })
    await eventually(world.time, async () => (await bert.person.texts(bert.group)).includes('frist'))
    await anna.person.groups.edit(anna.group, id, 'first')
    await eventually(world.time, async () => (await bert.person.texts(bert.group)).includes('first'))
    expect(await bert.person.texts(bert.group)).toEqual(['first'])
    const seen = await bert.person.message(bert.group, 'first')
    expect(seen.editedAt).toBeDefined()

    await bert.person.groups.react(bert.group, seen.id, '👍', true)
    await bert.person.groups.send(bert.group, { text: 'indeed', quote: seen.id })
    await eventually(world.time, async () => (await owner.texts(group)).includes('indeed'))
    await eventually(world.time, async () => (await owner.message(group, 'first')).reactions.length === 1)
    expect((await anna.person.message(anna.group, 'first')).reactions).toEqual([
      { reaction: { type: 'emoji', emoji: '👍' }, count: 1, own: false },
    ])
    expect((await bert.person.message(bert.group, 'first')).reactions).toMatchObject([{ own: true }])
    const reply = await anna.person.message(anna.group, 'indeed')
    expect(reply.quote).toEqual({
      message: id,
      content: { type: 'text', text: 'first' },
      authorName: 'anna',
      sent: true,
    })
    expect((await owner.message(group, 'indeed')).quote).toMatchObject({ authorName: 'anna', sent: false })

    await bert.person.groups.react(bert.group, seen.id, '👍', false)
    await eventually(world.time, async () => (await owner.message(group, 'first')).reactions.length === 0)

    await anna.person.groups.deleteMessage(anna.group, id)
    await eventually(world.time, async () => !(await owner.texts(group)).includes('first'))
    const [gone] = await bert.person.groups.messages(bert.group)
    expect(gone).toMatchObject({ text: '', deletedBy: seen.author })
    expect(world.network.errors).toEqual([])
  })

  test('names members, who see that they are meant', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    const bert = await join('bert')
    await bert.person.groups.send(bert.group, { text: 'here' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('here'))
    const member = (await anna.person.message(anna.group, 'here')).author!
    const text = 'hello @bert'
    await anna.person.groups.send(anna.group, { text, mentions: [{ name: 'bert', member }] })
    await eventually(world.time, async () => (await bert.person.texts(bert.group)).includes(text))
    await eventually(world.time, async () => (await owner.texts(group)).includes(text))
    expect((await bert.person.message(bert.group, text)).mentioned).toBe(true)
    const mention = (await bert.person.message(bert.group, text)).id
    expect((await bert.person.view(bert.group)).unreadMentions).toEqual([mention])
    expect((await owner.view(group)).unreadMentions).toEqual([])
    await bert.person.groups.markRead(bert.group, mention)
    expect((await bert.person.view(bert.group)).unreadMentions).toEqual([])
    expect((await owner.message(group, text)).mentioned).toBe(false)
    expect((await anna.person.message(anna.group, text)).mentioned).toBe(false)
    const many = Array.from({ length: 4 }, (_, i) => ({ name: `bert${i}`, member }))
    await expect(anna.person.groups.send(anna.group, { text, mentions: many })).rejects.toMatchObject({
      code: 'mentions',
    })
  })

  test('tells how far an own message is, and sends it later to a super-peer that is away', async () => {
    const { world, join, superPeers, owner, group } = await community({ superPeers: 2 })
    const anna = await join('anna')
    superPeers[1]!.host.crash()
    world.network.quota = 2
    for (const text of ['one', 'two', 'three', 'four']) await anna.person.groups.send(anna.group, { text })
    await eventually(world.time, async () => (await owner.texts(group)).length === 4)
    expect((await anna.person.message(anna.group, 'four')).delivery).toMatchObject({ total: 2, taken: 1 })
    await superPeers[1]!.host.start()
    await eventually(world.time, async () => (await anna.person.message(anna.group, 'four')).delivery?.taken === 2)
    await world.time.pass(60_000)
    expect(await owner.texts(group)).toEqual(['one', 'two', 'three', 'four'])
    const states = anna.person.events.flatMap((event) =>
      event.type === 'message-state' ? [`${event.delivery.taken} of ${event.delivery.total}`] : [],
    )
    expect(states).toContain('1 of 2')
    expect(states.at(-1)).toBe('2 of 2')
  })

  test('queues for a super-peer that is not connected yet', async () => {
    const { world, owner, group, link } = await community({ superPeers: 2 })
    const anna = await world.person('anna')
    const relays = world.network.link(link)!.relays
    world.network.failReads(6, new HearthError('network', 'refused', 'refused', true), relays[1])
    const joined = await settled(world.time, anna.groups.join(anna.profile, link))
    await eventually(world.time, async () => (await anna.view(joined)).status === 'active')
    expect((await anna.view(joined)).superPeers.connected).toBe(1)
    await anna.groups.send(joined, { text: 'early' })
    expect((await anna.message(joined, 'early')).delivery).toMatchObject({ total: 2, waiting: 1 })
    await eventually(world.time, async () => (await anna.message(joined, 'early')).delivery?.taken === 2)
    await eventually(world.time, async () => (await owner.texts(group)).length === 1)
    await world.time.pass(60_000)
    const message = await owner.message(group, 'early')
    expect(await owner.groups.deliveredBy(message.id)).toHaveLength(2)
    expect(await owner.texts(group)).toEqual(['early'])
  })

  test('makes a changed name known before the next message', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    const profile = { displayName: 'Anna B.', fullName: '' }
    await anna.person.store.write((tx) => setOwnProfile(tx, anna.person.profile, profile, world.time.clock.now() + 1))
    await anna.person.groups.send(anna.group, { text: 'hello' })
    await eventually(world.time, async () => (await owner.texts(group)).length === 1)
    expect((await owner.message(group, 'hello')).authorName).toBe('Anna B.')
  })

  test('of owners only: members read and react, and cannot write', async () => {
    const { world, owner, group, join } = await community({ writers: 'owners' })
    const anna = await join('anna')
    expect(await anna.person.view(anna.group)).toMatchObject({ role: 'observer', mayWrite: false })
    await expect(anna.person.groups.send(anna.group, { text: 'hello' })).rejects.toMatchObject({ code: 'role' })
    await owner.groups.send(group, { text: 'news', asGroup: true })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).length === 1)
    const news = await anna.person.message(anna.group, 'news')
    expect(news).toMatchObject({ asGroup: true, author: undefined })
    await anna.person.groups.react(anna.group, news.id, '🚀', true)
    await eventually(world.time, async () => (await owner.message(group, 'news')).reactions.length === 1)
  })

  test('signed content is verified by every member', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    await owner.groups.send(group, { text: 'signed', sign: true })
    await owner.groups.send(group, { text: 'plain' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).length === 2)
    expect((await anna.person.message(anna.group, 'signed')).signed).toBe('verified')
    expect((await anna.person.message(anna.group, 'plain')).signed).toBe('no')
  })

  test('pages through messages in order, counts unread ones, and finds words', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    for (let i = 0; i < 12; i++) await owner.groups.send(group, { text: `message ${i}` })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).length === 12)
    const { groups } = anna.person
    const newest = await groups.messages(anna.group, { limit: 5 })
    expect(newest.map(({ text }) => text)).toEqual([7, 8, 9, 10, 11].map((i) => `message ${i}`))
    const before = await groups.messages(anna.group, { limit: 3, before: newest[0]!.id })
    expect(before.map(({ text }) => text)).toEqual([4, 5, 6].map((i) => `message ${i}`))
    const after = await groups.messages(anna.group, { limit: 2, after: before[2]!.id })
    expect(after.map(({ text }) => text)).toEqual(['message 7', 'message 8'])
    expect((await groups.messages(anna.group, { search: 'e 1' })).map(({ text }) => text)).toEqual([
      'message 1',
      'message 10',
      'message 11',
    ])
    expect((await anna.person.view(anna.group)).unread).toBe(12)
    await groups.markRead(anna.group, newest[2]!.id)
    expect((await anna.person.view(anna.group)).unread).toBe(2)
    expect((await anna.person.view(anna.group)).lastMessage?.text).toBe('message 11')
  })

  test('a newcomer gets the last messages, once from all super-peers', async () => {
    const { world, owner, group, join } = await community({ superPeers: 3, history: true })
    for (let i = 0; i < 5; i++) await owner.groups.send(group, { text: `old ${i}` })
    await world.time.pass(30_000)
    const anna = await join('anna')
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).length === 5)
    await world.time.pass(30_000)
    expect(await anna.person.texts(anna.group)).toEqual([0, 1, 2, 3, 4].map((i) => `old ${i}`))
    expect(anna.person.events.filter(({ type }) => type === 'refused')).toEqual([])
  })
})
