import { describe, expect, test } from 'vitest'
import { HearthError } from '../../../core/codec/error.ts'
import { community, createGroupWorld, eventually, settled } from './world.ts'

const offline = new HearthError('network', 'refused', 'no connection', true)

describe('super-peers of a group', () => {
  test('one that is added later serves everybody who is there', async () => {
    const { world, owner, group, join, superPeers } = await community({ superPeers: 1 })
    const anna = await join('anna')
    const later = await world.superPeer('later')
    await owner.groups.addSuperPeer(group, later.address)
    await expect(owner.groups.addSuperPeer(group, later.address)).rejects.toMatchObject({ code: 'exists' })
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 2)
    await eventually(world.time, async () => (await anna.person.view(anna.group)).superPeers.connected === 2)
    superPeers[0]!.host.crash()
    await anna.person.groups.send(anna.group, { text: 'through the new one' })
    await eventually(world.time, async () => (await owner.texts(group)).includes('through the new one'))
  })

  test('one that is removed disappears everywhere, and the others carry on', async () => {
    const { world, owner, group, join, link } = await community({ superPeers: 2 })
    const anna = await join('anna')
    const [first] = await owner.groups.superPeers(group)
    await owner.groups.removeSuperPeer(group, first!.id)
    await eventually(world.time, async () => (await anna.person.view(anna.group)).superPeers.connected === 1)
    await eventually(world.time, async () => world.network.link(link)!.relays.length === 1)
    expect(await owner.groups.superPeers(group)).toHaveLength(1)
    await owner.groups.send(group, { text: 'still here' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('still here'))
  })

  test('a member who slept through a replacement finds the new one in link data', async () => {
    const { world, owner, group, join } = await community({ superPeers: 1 })
    const anna = await join('anna')
    anna.person.crash()
    const [old] = await owner.groups.superPeers(group)
    const fresh = await world.superPeer('fresh')
    await owner.groups.addSuperPeer(group, fresh.address)
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 2)
    await owner.groups.removeSuperPeer(group, old!.id)
    await owner.groups.send(group, { text: 'moved' })
    await world.time.pass(3_600_000)
    await anna.person.start()
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('moved'))
    const superPeers = await anna.person.groups.superPeers(anna.group)
    expect(superPeers.filter(({ connected }) => connected).map(({ displayName }) => displayName)).toEqual(['fresh'])
  })

  test('resync by hand finds what an announcement did not bring', async () => {
    const { world, owner, group, join } = await community({ superPeers: 1 })
    const anna = await join('anna')
    await settled(world.time, anna.person.groups.resync(anna.group))
    expect((await anna.person.view(anna.group)).superPeers.total).toBe(1)
    await expect(settled(world.time, anna.person.groups.resync(anna.group))).resolves.toBeUndefined()
    await settled(world.time, owner.groups.resync(group))
    expect((await owner.view(group)).superPeers.total).toBe(1)
  })

  test('one whose link is written in another way is the same one', async () => {
    const { world, join } = await community({ superPeers: 1 })
    const anna = await join('anna')
    const [known] = await anna.person.groups.superPeers(anna.group)
    const key = known!.link!.slice(known!.link!.indexOf('#') + 1)
    await anna.person.store.write((tx) =>
      tx.run(
        'UPDATE group_members SET relay_link = ? WHERE member = ?',
        `simplex:/g#${key}=?h=router.example`,
        known!.id,
      ),
    )
    await settled(world.time, anna.person.groups.resync(anna.group))
    expect(await anna.person.groups.superPeers(anna.group)).toMatchObject([{ id: known!.id, connected: true }])
  })

  test('a super-peer that leaves is inactive, and may be asked again', async () => {
    const { world, owner, group, join, superPeers, link } = await community({ superPeers: 2 })
    const anna = await join('anna')
    const leaving = superPeers[0]!.host
    const [served] = await leaving.superPeer.groups()
    await leaving.superPeer.leave(served!.id)
    const status = async (person: typeof owner, id: number) =>
      (await person.groups.superPeers(id)).map((superPeer) => superPeer.status).sort()
    await eventually(world.time, async () => (await status(owner, group)).includes('inactive'))
    await eventually(world.time, async () => (await status(anna.person, anna.group)).length === 1)
    expect((await anna.person.view(anna.group)).superPeers.total).toBe(1)
    await eventually(world.time, async () => world.network.link(link)!.relays.length === 1)
    const gone = (await owner.groups.superPeers(group)).find((superPeer) => superPeer.status === 'inactive')!
    const again = await owner.groups.retrySuperPeer(group, gone.id)
    await eventually(world.time, async () => {
      const found = (await owner.groups.superPeers(group)).find(({ id }) => id === again)
      return found?.status === 'rejected'
    })
    await leaving.superPeer.allow(served!.id)
    await owner.groups.retrySuperPeer(group, again)
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 2)
    await eventually(world.time, async () => (await anna.person.view(anna.group)).superPeers.connected === 2)
  })

  test('failures of the network are tried again, others wait for a person', async () => {
    const world = createGroupWorld()
    const owner = await world.person('owner')
    const good = await world.superPeer('good')
    world.network.failReads(4, offline, good.address)
    const group = await settled(
      world.time,
      owner.groups.create(owner.profile, {
        displayName: 'news',
        writers: 'owners',
        history: false,
        superPeers: [good.address, 'https://router.example/r#nobody'],
      }),
    )
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 1)
    expect(world.network.reads.get(good.address)).toBe(5)
    const failed = (await owner.groups.superPeers(group)).find(({ status }) => status === 'failed')!
    expect(failed).toMatchObject({ error: 'AUTH', connected: false })
    const told = owner.events.filter(
      (event) =>
        event.type === 'super-peer' && event.superPeer.address === good.address && event.superPeer.attempts > 0,
    )
    expect(told.length).toBeGreaterThan(0)
    await owner.groups.removeSuperPeer(group, failed.id)
    expect(await owner.groups.superPeers(group)).toHaveLength(1)
  })

  test('a group whose link cannot be made leaves nothing behind', async () => {
    const world = createGroupWorld()
    const owner = await world.person('owner')
    const options = { displayName: 'news', writers: 'owners', history: false } as const
    await expect(owner.groups.create(owner.profile, { ...options, superPeers: [] })).rejects.toMatchObject({
      code: 'no-super-peers',
    })
    world.network.failReads(1, offline, 'create')
    const creating = owner.groups.create(owner.profile, { ...options, superPeers: ['https://router.example/r#x'] })
    await expect(settled(world.time, creating)).rejects.toMatchObject({ code: 'refused' })
    expect(await owner.list()).toEqual([])
  })

  test('a profile that an answer to newcomers could not hold is refused', async () => {
    const { world, owner, group, superPeers } = await community()
    const image = `data:image/png;base64,${'A'.repeat(14_500)}`
    const update = owner.groups.updateProfile(group, { image })
    await expect(settled(world.time, update)).rejects.toMatchObject({ kind: 'usage', code: 'large' })
    const addresses = superPeers.map(({ address }) => address)
    const options = { displayName: 'big', writers: 'owners', history: false, superPeers: addresses, image } as const
    const created = owner.groups.create(owner.profile, options)
    await expect(settled(world.time, created)).rejects.toMatchObject({ kind: 'usage', code: 'large' })
    expect((await owner.view(group)).image).toBeUndefined()
    await settled(world.time, owner.groups.updateProfile(group, { image: image.slice(0, 12_500) }))
  })

  test('the test of a super-peer proves who answers, or says that nobody does', async () => {
    const world = createGroupWorld()
    const owner = await world.person('owner')
    const good = await world.superPeer('good')
    const tested = await settled(world.time, owner.groups.testSuperPeer(owner.profile, good.address))
    expect(tested.profile.displayName).toBe('good')
    const silent = await world.oddSuperPeer('silent')
    await expect(settled(world.time, owner.groups.testSuperPeer(owner.profile, silent))).rejects.toMatchObject({
      code: 'timeout',
    })
    const liar = await world.oddSuperPeer('liar', {
      type: 'x.grp.relay.test',
      params: { challenge: new Uint8Array(32), signature: new Uint8Array(64) },
    })
    await expect(settled(world.time, owner.groups.testSuperPeer(owner.profile, liar))).rejects.toMatchObject({
      code: 'relay-test',
    })
    await world.time.pass(60_000)
    const left = await owner.store.read((tx) => tx.all('SELECT conn FROM conn_bindings'))
    expect(left).toEqual([])
  })

  test('joining needs a super-peer, and joining twice is joining once', async () => {
    const { world, link } = await community()
    const anna = await world.person('anna')
    const joining = [anna.groups.join(anna.profile, link), anna.groups.join(anna.profile, link)]
    const [first, second] = await settled(world.time, Promise.all(joining))
    expect(first).toBe(second)
    const empty = createGroupWorld()
    const owner = await empty.person('owner')
    const silent = await empty.oddSuperPeer('silent')
    const options = { displayName: 'news', writers: 'owners', history: false, superPeers: [silent] } as const
    const group = await settled(empty.time, owner.groups.create(owner.profile, options))
    const early = await empty.person('early')
    const { link: unserved } = await owner.view(group)
    await expect(settled(empty.time, early.groups.join(early.profile, unserved))).rejects.toMatchObject({
      code: 'no-super-peers',
    })
  })
})

describe('a super-peer in the place of another', () => {
  /** Anna, who talks to the old one alone until she knows the new one; Boris hears through the new one alone. */
  async function replaced(options: { readonly quiet: number }) {
    const { world, owner, group, join, superPeers } = await community({ superPeers: 1 })
    const [anna, boris] = [await join('anna'), await join('boris')]
    const [old] = await owner.groups.superPeers(group)
    const fresh = await world.superPeer('fresh')
    // The old one takes what is said and passes nothing on any more.
    superPeers[0]!.host.crash()
    for (const text of ['one', 'two']) await anna.person.groups.send(anna.group, { text })
    await eventually(world.time, async () => (await anna.person.message(anna.group, 'two')).delivery?.taken === 1)
    await world.time.pass(options.quiet)
    await owner.groups.addSuperPeer(group, fresh.address)
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 2)
    await owner.groups.removeSuperPeer(group, old!.id)
    for (const { person, group: id } of [anna, boris]) await settled(world.time, person.groups.resync(id))
    await anna.person.groups.send(anna.group, { text: 'three' })
    await eventually(world.time, async () => (await boris.person.texts(boris.group)).includes('three'))
    await world.time.pass(60_000)
    return { owner: await owner.texts(group), boris: await boris.person.texts(boris.group) }
  }

  test('gets what only the old one took, before what is said next', async () => {
    const heard = await replaced({ quiet: 5000 })
    expect(heard).toEqual({ owner: ['one', 'two', 'three'], boris: ['one', 'two', 'three'] })
  })

  test('gets what is up to a day old, and nothing that is older', async () => {
    expect((await replaced({ quiet: 20 * 3_600_000 })).owner).toEqual(['one', 'two', 'three'])
    expect((await replaced({ quiet: 30 * 3_600_000 })).owner).toEqual(['three'])
  })

  test('hears from the owner who is blocked', async () => {
    const { world, owner, group, join } = await community({ superPeers: 1 })
    const anna = await join('anna')
    const members = await owner.groups.members(group)
    await owner.groups.blockMember(group, members.find(({ displayName }) => displayName === 'anna')!.id, true)
    const fresh = await world.superPeer('fresh')
    await owner.groups.addSuperPeer(group, fresh.address)
    await eventually(world.time, async () => (await anna.person.view(anna.group)).superPeers.connected === 2)
    expect(await fresh.host.query("SELECT name, blocked FROM group_members WHERE name = 'anna'")).toEqual([
      { name: 'anna', blocked: 1 },
    ])
  })
})

describe('a super-peer that comes later', () => {
  test('hears from the owner whom it let write or silenced by name', async () => {
    const { world, owner, group, join } = await community({ superPeers: 1, writers: 'owners' })
    const [anna, boris] = [await join('anna'), await join('boris')]
    const members = await owner.groups.members(group)
    const rowOf = (name: string) => members.find(({ displayName }) => displayName === name)!.id
    await owner.groups.setRole(group, rowOf('anna'), 'author')
    await owner.groups.setRole(group, rowOf('boris'), 'author')
    await owner.groups.setRole(group, rowOf('boris'), 'observer')
    await world.time.pass(60_000)
    await owner.groups.updateProfile(group, { writers: 'everyone' })
    const fresh = await world.superPeer('fresh')
    await owner.groups.addSuperPeer(group, fresh.address)
    for (const { person, group: id } of [anna, boris]) {
      await eventually(world.time, async () => (await person.view(id)).superPeers.connected === 2)
    }
    const roles = () =>
      fresh.host.query(
        "SELECT name, role, role_signed FROM group_members WHERE name IN ('anna', 'boris') ORDER BY name",
      )
    expect(await roles()).toEqual([
      { name: 'anna', role: 'author', role_signed: 1 },
      { name: 'boris', role: 'observer', role_signed: 1 },
    ])
    // The common role changes; what was said by name does not.
    await owner.groups.updateProfile(group, { writers: 'owners' })
    const [old] = (await owner.groups.superPeers(group)).filter(({ displayName }) => displayName !== 'fresh')
    await owner.groups.removeSuperPeer(group, old!.id)
    await world.time.pass(60_000)
    await anna.person.groups.send(anna.group, { text: 'by name' })
    await eventually(world.time, async () => (await boris.person.texts(boris.group)).includes('by name'))
    await expect(boris.person.groups.send(boris.group, { text: 'no' })).rejects.toMatchObject({ code: 'role' })
  })
})

describe('a member whose only super-peer is gone', () => {
  test('loses nothing of what it says: the next one takes it, in order', async () => {
    const { world, owner, group, join } = await community({ superPeers: 1 })
    const anna = await join('anna')
    const [old] = await owner.groups.superPeers(group)
    const fresh = await world.superPeer('fresh')
    anna.person.crash()
    await owner.groups.addSuperPeer(group, fresh.address)
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 2)
    await owner.groups.removeSuperPeer(group, old!.id)
    await world.time.pass(3_600_000)
    world.network.failReads(3, offline)
    await anna.person.start()
    await anna.person.groups.send(anna.group, { text: 'one' })
    await anna.person.groups.send(anna.group, { text: 'two' })
    await eventually(world.time, async () => (await owner.texts(group)).length === 2)
    expect(await owner.texts(group)).toEqual(['one', 'two'])
    await eventually(world.time, async () => (await anna.person.message(anna.group, 'two')).delivery?.taken === 1)
  })

  test('is let in again by one that lost its connection', async () => {
    const { world, owner, group, join } = await community({ superPeers: 1 })
    const anna = await join('anna')
    // The super-peer's side of the connection vanishes.
    await anna.person.store.read(async (tx) => {
      const row = await tx.get<{ peer: string }>("SELECT peer FROM fake_conns WHERE kind = 'invitation'")
      world.network.sever(row!.peer)
    })
    await anna.person.groups.send(anna.group, { text: 'are you there?' })
    await eventually(world.time, async () => (await owner.texts(group)).includes('are you there?'))
    await owner.groups.send(group, { text: 'yes' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('yes'))
    expect(await owner.texts(group)).toEqual(['are you there?', 'yes'])
  })
})
