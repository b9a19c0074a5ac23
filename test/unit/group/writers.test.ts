import { describe, expect, test } from 'vitest'
import type { GroupId } from '../../../core/group/api.ts'
import { community, eventually, settled, type TestPerson } from './world.ts'

async function memberRow(person: TestPerson, group: GroupId, name: string): Promise<number> {
  return (await person.groups.members(group)).find(({ displayName }) => displayName === name)!.id
}

async function roleOf(person: TestPerson, group: GroupId, name: string): Promise<string | undefined> {
  return (await person.groups.members(group)).find(({ displayName }) => displayName === name)?.role
}

describe('who may write', () => {
  test('is taken from members who had it because everybody had, and from those who come later', async () => {
    const { world, owner, group, join, link } = await community()
    const anna = await join('anna')
    const bert = await join('bert')
    await bert.person.groups.send(bert.group, { text: 'before' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('before'))
    await owner.groups.updateProfile(group, { writers: 'owners' })
    await eventually(world.time, async () => {
      const views = await Promise.all([anna, bert].map(({ person, group: id }) => person.view(id)))
      return views.every(({ mayWrite, writers, role }) => !mayWrite && writers === 'owners' && role === 'observer')
    })
    await expect(bert.person.groups.send(bert.group, { text: 'after' })).rejects.toMatchObject({ code: 'role' })
    expect(await roleOf(owner, group, 'bert')).toBe('observer')
    expect(await roleOf(anna.person, anna.group, 'bert')).toBe('observer')
    expect(await owner.view(group)).toMatchObject({ writers: 'owners', mayWrite: true })
    await owner.groups.send(group, { text: 'quiet, please' })
    await eventually(world.time, async () => (await bert.person.texts(bert.group)).includes('quiet, please'))
    expect((await settled(world.time, owner.groups.preview(link))).writers).toBe('owners')
    const carl = await join('carl')
    expect(await carl.person.view(carl.group)).toMatchObject({ role: 'observer', mayWrite: false })
    expect(world.network.errors).toEqual([])
  })

  test('is given to everybody, but not to those from whom the owner took it', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    const bert = await join('bert')
    await eventually(world.time, async () => (await roleOf(owner, group, 'bert')) !== undefined)
    await owner.groups.setRole(group, await memberRow(owner, group, 'bert'), 'observer')
    await owner.groups.updateProfile(group, { writers: 'owners' })
    await eventually(world.time, async () => !(await anna.person.view(anna.group)).mayWrite)
    const carl = await join('carl')
    await owner.groups.updateProfile(group, { writers: 'everyone' })
    await eventually(world.time, async () => (await anna.person.view(anna.group)).mayWrite)
    await eventually(world.time, async () => (await carl.person.view(carl.group)).mayWrite)
    expect(await bert.person.view(bert.group)).toMatchObject({ writers: 'everyone', mayWrite: false })
    await carl.person.groups.send(carl.group, { text: 'hello at last' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('hello at last'))
    await eventually(world.time, async () => (await owner.texts(group)).includes('hello at last'))
  })

  test('stays with those whom the owner let write', async () => {
    const { world, owner, group, join } = await community({ writers: 'owners' })
    const anna = await join('anna')
    await eventually(world.time, async () => (await roleOf(owner, group, 'anna')) !== undefined)
    await owner.groups.setRole(group, await memberRow(owner, group, 'anna'), 'author')
    await eventually(world.time, async () => (await anna.person.view(anna.group)).mayWrite)
    await owner.groups.updateProfile(group, { writers: 'everyone' })
    await eventually(world.time, async () => (await anna.person.view(anna.group)).writers === 'everyone')
    await owner.groups.updateProfile(group, { writers: 'owners' })
    await eventually(world.time, async () => (await anna.person.view(anna.group)).writers === 'owners')
    expect((await anna.person.view(anna.group)).mayWrite).toBe(true)
  })

  test('is learned from the link by a member that heard nothing of the change', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    await owner.groups.updateProfile(group, { writers: 'owners' })
    await eventually(world.time, async () => !(await anna.person.view(anna.group)).mayWrite)
    await anna.person.store.write(async (tx) => {
      await tx.run("UPDATE groups SET writers = 'everyone'")
      await tx.run("UPDATE group_members SET role = 'author' WHERE role = 'observer'")
    })
    expect((await anna.person.view(anna.group)).mayWrite).toBe(true)
    await settled(world.time, anna.person.groups.resync(anna.group))
    await eventually(world.time, async () => !(await anna.person.view(anna.group)).mayWrite)
    expect((await anna.person.view(anna.group)).writers).toBe('owners')
  })
})
