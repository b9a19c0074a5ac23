import { expect, test } from 'vitest'
import { community, eventually, settled } from './world.ts'

test('a newcomer counts itself in from the beginning, whatever the link says', async () => {
  const { world, owner, group, link, join } = await community()
  const anna = await world.person('anna')
  const counts: number[] = []
  const joined = await settled(world.time, anna.groups.join(anna.profile, link))
  const look = async () => {
    const view = await anna.view(joined)
    counts.push(view.memberCount)
    return view.superPeers.connected === 2
  }
  await eventually(world.time, look)
  for (let i = 0; i < 10; i++) {
    await world.time.pass(300)
    await look()
  }
  expect(new Set(counts)).toEqual(new Set([2]))
  const bert = await join('bert')
  expect((await bert.person.view(bert.group)).memberCount).toBe(3)
  await eventually(world.time, async () => (await owner.view(group)).memberCount === 3)
})

test('the owner that is away does not make those it has not counted disappear', async () => {
  const { world, owner, group, join } = await community()
  owner.crash()
  const anna = await join('anna')
  const bert = await join('bert')
  await anna.person.groups.send(anna.group, { text: 'hello' })
  await eventually(world.time, async () => (await bert.person.texts(bert.group)).includes('hello'))
  await world.time.pass(3_600_000)
  await settled(world.time, bert.person.groups.resync(bert.group))
  expect((await bert.person.view(bert.group)).memberCount).toBe(3)
  await owner.start()
  await eventually(world.time, async () => (await owner.view(group)).memberCount === 3)
})

test('a newcomer is counted by those who were there before it as soon as it speaks', async () => {
  const { world, join } = await community()
  const anna = await join('anna')
  const bert = await join('bert')
  expect((await anna.person.view(anna.group)).memberCount).toBe(2)
  await bert.person.groups.send(bert.group, { text: 'hello' })
  await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('hello'))
  expect((await anna.person.view(anna.group)).memberCount).toBe(3)
})
