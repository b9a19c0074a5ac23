import { describe, expect, test } from 'vitest'
import type { GroupId } from '../../../core/group/api.ts'
import { community, eventually, settled, type TestPerson } from './world.ts'

async function memberRow(person: TestPerson, group: GroupId, name: string): Promise<number> {
  const found = (await person.groups.members(group)).find(({ displayName }) => displayName === name)
  expect(found, `${person.name} knows ${name}`).toBeDefined()
  return found!.id
}

async function knows(person: TestPerson, group: GroupId, name: string): Promise<boolean> {
  return (await person.groups.members(group)).some(({ displayName }) => displayName === name)
}

describe('administration', () => {
  test('promotion travels in the signed roster, and a moderator moderates', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    const bert = await join('bert')
    await eventually(world.time, async () => (await knows(owner, group, 'anna')) && (await knows(owner, group, 'bert')))
    await owner.groups.setRole(group, await memberRow(owner, group, 'anna'), 'moderator')
    await eventually(world.time, async () => (await anna.person.view(anna.group)).role === 'moderator')
    await bert.person.groups.send(bert.group, { text: 'nonsense' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('nonsense'))
    const nonsense = await anna.person.message(anna.group, 'nonsense')
    await anna.person.groups.deleteMessage(anna.group, nonsense.id)
    await eventually(world.time, async () => !(await bert.person.texts(bert.group)).includes('nonsense'))
    await eventually(world.time, async () => !(await owner.texts(group)).includes('nonsense'))
    const carl = await join('carl')
    await eventually(world.time, async () => {
      const members = await carl.person.groups.members(carl.group)
      return members.some((member) => member.displayName === 'anna' && member.role === 'moderator')
    })
    const moderator = (await carl.person.groups.members(carl.group)).find(({ displayName }) => displayName === 'anna')
    expect(moderator?.keyOrigin).toBe('roster')
    await expect(
      bert.person.groups.setRole(bert.group, await memberRow(bert.person, bert.group, 'anna'), 'observer'),
    ).rejects.toMatchObject({ code: 'role' })
  })

  test('a blocked member is heard by nobody until it is let speak again', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    const bert = await join('bert')
    await eventually(world.time, async () => knows(owner, group, 'bert'))
    const row = await memberRow(owner, group, 'bert')
    await owner.groups.blockMember(group, row, true)
    await eventually(world.time, async () => !(await bert.person.view(bert.group)).mayWrite)
    await expect(bert.person.groups.send(bert.group, { text: 'psst' })).rejects.toMatchObject({ code: 'role' })
    await owner.groups.blockMember(group, row, false)
    await eventually(world.time, async () => (await bert.person.view(bert.group)).mayWrite)
    await bert.person.groups.send(bert.group, { text: 'thanks' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('thanks'))
  })

  test('a removed member is out everywhere, with its messages where the owner wants it so', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    const bert = await join('bert')
    await bert.person.groups.send(bert.group, { text: 'spam' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('spam'))
    await eventually(world.time, async () => (await owner.view(group)).memberCount === 3)
    await owner.groups.removeMember(group, await memberRow(owner, group, 'bert'), { messages: true })
    await eventually(world.time, async () => (await bert.person.view(bert.group)).status === 'removed')
    await eventually(world.time, async () => !(await anna.person.texts(anna.group)).includes('spam'))
    expect((await owner.view(group)).memberCount).toBe(2)
    expect(await knows(anna.person, anna.group, 'bert')).toBe(false)
    await expect(bert.person.groups.send(bert.group, { text: 'but' })).rejects.toMatchObject({ code: 'not-active' })
    const again = await settled(
      world.time,
      bert.person.groups.join(bert.person.profile, (await owner.view(group)).link),
    )
    await eventually(world.time, async () => (await bert.person.view(again)).status === 'active')
    await bert.person.groups.forget(bert.group)
    expect(await bert.person.groups.list()).toHaveLength(1)
  })

  test('a changed profile reaches members, link data and those who come later', async () => {
    const { world, owner, group, join, link } = await community()
    const anna = await join('anna')
    await owner.groups.updateProfile(group, { displayName: 'daily news', description: 'every day' })
    await eventually(world.time, async () => (await anna.person.view(anna.group)).displayName === 'daily news')
    const preview = await settled(world.time, anna.person.groups.preview(link))
    expect(preview.groupProfile).toMatchObject({ displayName: 'daily news', description: 'every day' })
    expect(preview).toMatchObject({ joined: anna.group, writers: 'everyone' })
    expect((await anna.person.view(anna.group)).history).toBe(true)
  })

  test('the member count is published after a while', async () => {
    const { world, join, link, owner } = await community()
    await join('anna')
    await join('bert')
    await world.time.pass(60_000)
    const preview = await settled(world.time, owner.groups.preview(link))
    expect(preview.memberCount).toBe(3)
  })

  test('leaving is told to everybody', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    await eventually(world.time, async () => knows(owner, group, 'anna'))
    await anna.person.groups.leave(anna.group)
    expect((await anna.person.view(anna.group)).status).toBe('left')
    await eventually(world.time, async () => !(await knows(owner, group, 'anna')))
    expect((await owner.view(group)).memberCount).toBe(1)
    expect(world.network.errors).toEqual([])
  })

  test('deleting the group ends it for everybody', async () => {
    const { world, owner, group, join, link, superPeers } = await community()
    const anna = await join('anna')
    const bert = await join('bert')
    await owner.groups.send(group, { text: 'goodbye' })
    await owner.groups.remove(group)
    for (const { person, group: id } of [anna, bert]) {
      await eventually(world.time, async () => (await person.view(id)).status === 'deleted')
      expect(await person.texts(id)).toEqual(['goodbye'])
    }
    expect((await owner.view(group)).status).toBe('deleted')
    await world.time.pass(60_000)
    expect(world.network.link(link)).toBeUndefined()
    for (const { host } of superPeers) {
      expect((await host.superPeer.groups()).every(({ status }) => status !== 'active')).toBe(true)
    }
    await expect(settled(world.time, anna.person.groups.join(anna.person.profile, link))).rejects.toMatchObject({
      code: 'AUTH',
    })
  })
})
