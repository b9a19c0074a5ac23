import { describe, expect, test } from 'vitest'
import { community, createGroupWorld, eventually, settled } from './world.ts'

describe('a group', () => {
  test('is created, confirmed, joined, and everybody reads everything once', async () => {
    const { world, owner, group, join, superPeers } = await community({ superPeers: 3 })
    const anna = await join('anna')
    const bert = await join('bert')
    await owner.groups.send(group, { text: 'welcome' })
    await anna.person.groups.send(anna.group, { text: 'hello' })
    await bert.person.groups.send(bert.group, { text: 'hi' })
    const all = async () => {
      const texts = await Promise.all([
        owner.texts(group),
        anna.person.texts(anna.group),
        bert.person.texts(bert.group),
      ])
      return texts.every((list) => list.length === 3)
    }
    await eventually(world.time, all)
    await world.time.pass(60_000)
    for (const [person, id] of [
      [owner, group],
      [anna.person, anna.group],
      [bert.person, bert.group],
    ] as const) {
      expect((await person.texts(id)).sort()).toEqual(['hello', 'hi', 'welcome'])
      expect(person.events.filter(({ type }) => type === 'refused')).toEqual([])
    }
    expect((await anna.person.message(anna.group, 'hello')).delivery).toEqual({
      total: superPeers.length,
      taken: superPeers.length,
      waiting: 0,
      failed: 0,
    })
    const heard = await bert.person.message(bert.group, 'hello')
    expect(await bert.person.groups.deliveredBy(heard.id)).toMatchObject([
      { same: true },
      { same: true },
      { same: true },
    ])
    expect(heard.authorName).toBe('anna')
    const said = await anna.person.message(anna.group, 'hello')
    const taken = await anna.person.groups.deliveredBy(said.id)
    expect(taken.map(({ name }) => name).sort()).toEqual(['relay0', 'relay1', 'relay2'])
    expect(taken.every(({ receivedAt }) => receivedAt !== undefined)).toBe(true)
    const author = heard.author!
    expect(await bert.person.groups.members(bert.group, { only: [author] })).toMatchObject([{ id: author }])
    expect(await bert.person.groups.members(bert.group, { only: [] })).toEqual([])
    expect(world.network.errors).toEqual([])
  })

  test('comes into being although one super-peer refuses and one never answers', async () => {
    const world = createGroupWorld()
    const owner = await world.person('owner')
    const good = await world.superPeer('good')
    const refuses = await world.oddSuperPeer('refuses', {
      type: 'x.grp.relay.reject',
      params: { reason: 'rejoin_rejected' },
    })
    const silent = await world.oddSuperPeer('silent')
    const group = await settled(
      world.time,
      owner.groups.create(owner.profile, {
        displayName: 'news',
        writers: 'owners',
        history: false,
        superPeers: [refuses, good.address, silent],
      }),
    )
    await expect(owner.groups.confirm(group)).rejects.toMatchObject({ code: 'not-active' })
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 1)
    const byAddress = async (address: string) =>
      (await owner.groups.superPeers(group)).find((superPeer) => superPeer.address === address)!
    expect(await byAddress(refuses)).toMatchObject({ status: 'rejected', error: 'rejoin_rejected' })
    expect(await byAddress(silent)).toMatchObject({ status: 'invited', connected: false })
    expect(await byAddress(good.address)).toMatchObject({ status: 'active', connected: true, displayName: 'good' })
    await owner.groups.confirm(group)
    expect((await owner.view(group)).status).toBe('active')
    const statuses = owner.events.flatMap((event) =>
      event.type === 'super-peer' && event.superPeer.address === good.address ? [event.superPeer.status] : [],
    )
    expect([...new Set(statuses)]).toEqual(['new', 'invited', 'accepted', 'acknowledged_roster', 'active'])
  })
})
