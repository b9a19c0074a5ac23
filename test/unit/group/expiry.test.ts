import { describe, expect, test } from 'vitest'
import type { GroupId } from '../../../core/group/api.ts'
import { community, eventually, type TestPerson } from './world.ts'

/** From now on this person's messages in the group live for `ttl` seconds. */
async function saysForAWhile(person: TestPerson, group: GroupId, ttl: number): Promise<void> {
  await person.store.write((tx) =>
    tx.run(
      `UPDATE groups SET group_profile = json_set(group_profile, '$.groupPreferences.timedMessages',
         json('{"enable":"on","ttl":${ttl}}')) WHERE group_id = ?`,
      group,
    ),
  )
}

describe('messages that disappear', () => {
  test('go once they were read for long enough, with everything that belongs to them', async () => {
    const { world, owner, group, join, superPeers } = await community()
    const anna = await join('anna')
    await owner.groups.send(group, { text: 'stays' })
    await saysForAWhile(owner, group, 60)
    const sent = await owner.groups.send(group, { text: 'goes' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('goes'))
    const received = await anna.person.message(anna.group, 'goes')
    await anna.person.groups.react(anna.group, received.id, '👍', true)

    await world.time.pass(61_000)
    expect(await owner.texts(group)).toEqual(['stays'])
    expect(owner.events).toContainEqual({ type: 'message', group, message: sent, change: 'deleted' })
    for (const { host } of superPeers) {
      const kept = await host.query<{ text: string }>('SELECT text FROM chat_messages')
      expect(kept.map(({ text }) => text)).toContain('goes')
    }
    expect(await anna.person.texts(anna.group)).toEqual(['stays', 'goes'])

    await anna.person.groups.markRead(anna.group, received.id)
    await world.time.pass(59_000)
    expect(await anna.person.texts(anna.group)).toEqual(['stays', 'goes'])
    await world.time.pass(2_000)
    expect(await anna.person.texts(anna.group)).toEqual(['stays'])
    expect(await anna.person.view(anna.group)).toMatchObject({ unread: 0, lastMessage: { text: 'stays' } })
    expect(await anna.person.store.read((tx) => tx.all('SELECT * FROM chat_reactions'))).toEqual([])
  })

  test('are due over a restart, and do not come back with another copy', async () => {
    const { world, owner, group, join } = await community()
    const anna = await join('anna')
    await saysForAWhile(owner, group, 3600)
    await owner.groups.send(group, { text: 'for an hour' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).length === 1)
    await anna.person.groups.markRead(anna.group, (await anna.person.message(anna.group, 'for an hour')).id)
    anna.person.crash()
    await world.time.pass(3_700_000)
    expect(await anna.person.texts(anna.group)).toEqual(['for an hour'])
    await anna.person.start()
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).length === 0)
    await world.time.pass(600_000)
    expect(await anna.person.texts(anna.group)).toEqual([])
  })

  test('are not kept by a super-peer longer than they live', async () => {
    const { world, owner, group, superPeers } = await community({ superPeers: 1 })
    await saysForAWhile(owner, group, 60)
    await owner.groups.send(group, { text: 'goes' })
    const kept = () => superPeers[0]!.host.query('SELECT * FROM chat_messages')
    await eventually(world.time, async () => (await kept()).length === 1)
    await world.time.pass(25 * 60_000)
    expect(await kept()).toEqual([])
  })
})
