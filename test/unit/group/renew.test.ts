import { describe, expect, test } from 'vitest'
import { encodeConnInfo } from '../../../core/chat/outgoing.ts'
import { proveReturn } from '../../../core/chat/return-proof.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import { type Community, community, eventually, settled, type TestPerson } from './world.ts'

/** What a person's host does after its database came back from a backup and took over (docs/backup.md). */

async function renew({ world }: Community, person: TestPerson): Promise<void> {
  const change = await settled(world.time, person.groups.prepareRenewal())
  await person.store.write((tx) => change(tx))
  person.crash()
  await person.start()
}

async function superPeersOf(person: TestPerson, group: number): Promise<unknown[]> {
  const views = await person.groups.superPeers(group)
  return views.map(({ displayName, status, connected, link }) => ({ displayName, status, connected, link }))
}

describe('an owner that came back', () => {
  test('is with the same super-peers again, and members never leave them', async () => {
    const scene = await community({ superPeers: 2 })
    const { world, owner, group, join, link } = scene
    const anna = await join('anna')
    const [before, published] = [await superPeersOf(owner, group), world.network.link(link)!.relays]
    const memberBefore = await superPeersOf(anna.person, anna.group)
    await renew(scene, owner)
    await eventually(world.time, async () => (await owner.view(group)).superPeers.connected === 2)
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 2)
    expect(await superPeersOf(owner, group)).toEqual(before)
    await owner.groups.updateProfile(group, { displayName: 'news and weather' })
    await eventually(world.time, async () => (await anna.person.view(anna.group)).displayName === 'news and weather')
    expect(world.network.link(link)!.relays).toEqual(published)
    expect(await superPeersOf(anna.person, anna.group)).toEqual(memberBefore)
    await anna.person.groups.send(anna.group, { text: 'welcome back' })
    await eventually(world.time, async () => (await owner.texts(group)).includes('welcome back'))
  })

  test('keeps what the link says now, not what the backup said', async () => {
    const scene = await community({ superPeers: 1 })
    const { world, owner, group } = scene
    await owner.groups.updateProfile(group, { displayName: 'newer', description: 'since the backup' })
    await world.time.pass(60_000)
    const change = await settled(world.time, owner.groups.prepareRenewal())
    owner.crash()
    await owner.store.write((tx) =>
      tx.run("UPDATE groups SET group_profile = json_set(group_profile, '$.displayName', 'older')"),
    )
    await owner.store.write((tx) => change(tx))
    await owner.start()
    expect(await owner.view(group)).toMatchObject({ displayName: 'newer', description: 'since the backup' })
  })

  test('issues rosters that members do not take for old ones', async () => {
    const scene = await community({ superPeers: 1 })
    const { world, owner, group, join } = scene
    const anna = await join('anna')
    const seen = async () => {
      const row = await anna.person.store.read((tx) => tx.get<{ v: number }>('SELECT roster_version AS v FROM groups'))
      return row?.v ?? 0
    }
    const member = (await owner.groups.members(group)).find(({ displayName }) => displayName === 'anna')!.id
    await owner.groups.setRole(group, member, 'moderator')
    await eventually(world.time, async () => (await anna.person.view(anna.group)).role === 'moderator')
    const before = await seen()
    // The backup is from before that.
    owner.crash()
    await owner.store.write((tx) => tx.run('UPDATE groups SET roster_version = 0, roster_complete_version = 0'))
    await owner.start()
    await renew(scene, owner)
    await eventually(world.time, async () => (await owner.view(group)).superPeers.connected === 1)
    await owner.groups.setRole(group, member, 'member')
    await eventually(world.time, async () => (await anna.person.view(anna.group)).role === 'member')
    expect(await seen()).toBeGreaterThan(before)
  })

  test('says again what no super-peer had taken', async () => {
    const scene = await community({ superPeers: 1 })
    const { world, owner, group, superPeers, join } = scene
    const anna = await join('anna')
    superPeers[0]!.host.crash()
    await owner.groups.send(group, { text: 'said into the void' })
    await world.time.pass(1000)
    await renew(scene, owner)
    await superPeers[0]!.host.start()
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('said into the void'))
    expect((await anna.person.texts(anna.group)).filter((text) => text === 'said into the void')).toHaveLength(1)
  })

  test('does not bring a super-peer back that was removed after the backup', async () => {
    const scene = await community({ superPeers: 2 })
    const { world, owner, group, link } = scene
    const [first] = await owner.groups.superPeers(group)
    const rows = await owner.store.read((tx) =>
      tx.all<Record<string, string | number | null>>('SELECT * FROM group_relays'),
    )
    await owner.groups.removeSuperPeer(group, first!.id)
    await eventually(world.time, async () => world.network.link(link)!.relays.length === 1)
    const change = await settled(world.time, owner.groups.prepareRenewal())
    owner.crash()
    await owner.store.write(async (tx) => {
      const row = rows.find(({ member }) => member === first!.id)!
      const names = Object.keys(row)
      await tx.run(
        `INSERT INTO group_relays (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
        ...Object.values(row),
      )
      await change(tx)
    })
    await owner.start()
    await eventually(world.time, async () => (await owner.view(group)).superPeers.connected === 1)
    expect((await owner.groups.superPeers(group)).map(({ status }) => status).sort()).toEqual(['active', 'inactive'])
    expect(world.network.link(link)!.relays).toHaveLength(1)
  })

  test('takes a super-peer that does not know the group any more for another one', async () => {
    const scene = await community({ superPeers: 1 })
    const { world, owner, group, superPeers, join, link } = scene
    const anna = await join('anna')
    const [before] = world.network.link(link)!.relays
    // As super-peers of others do: every invitation makes a group of its own (chat §4.4).
    await superPeers[0]!.host.query("UPDATE served_groups SET status = 'inactive' RETURNING group_id")
    await renew(scene, owner)
    await eventually(world.time, async () => {
      const { relays } = world.network.link(link)!
      return relays.length === 1 && relays[0] !== before
    })
    await eventually(world.time, async () => (await owner.view(group)).superPeers.active === 1)
    await settled(world.time, anna.person.groups.resync(anna.group))
    await eventually(world.time, async () => (await anna.person.view(anna.group)).superPeers.connected === 1)
    await owner.groups.send(group, { text: 'all together again' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('all together again'))
  })
})

describe('somebody who is not the owner', () => {
  test('cannot take its place at a super-peer, whatever it knows', async () => {
    const scene = await community({ superPeers: 1 })
    const { world, owner, group, link, superPeers } = scene
    const mallory = await world.person('mallory')
    const [superPeer] = await owner.groups.superPeers(group)
    const ids = await owner.store.read((tx) =>
      tx.get<{ owner: Uint8Array; relay: Uint8Array; id: Uint8Array }>(
        `SELECT g.own_member_id AS owner, m.member_id AS relay, g.public_group_id AS id FROM groups g
         JOIN group_members m ON m.member = ?`,
        superPeer!.id,
      ),
    )
    const stranger = generateKeyPair('Ed25519', (size) => new Uint8Array(size).fill(7)).privateKey
    const returning = { publicGroupId: ids!.id, ownerId: ids!.owner, relayMemberId: ids!.relay }
    const { fullLink } = await settled(world.time, mallory.agent.readLink(superPeers[0]!.address))
    for (const proof of [undefined, proveReturn(stranger, returning)]) {
      const info = encodeConnInfo({
        type: 'x.grp.relay.inv',
        params: {
          groupRelayInvitation: {
            fromMember: { memberId: ids!.owner, memberRole: 'owner' },
            fromMemberProfile: { displayName: 'mallory', fullName: '' },
            relayMemberId: ids!.relay,
            groupLink: link,
            proof,
          },
        },
      })
      await mallory.store.write((tx) => mallory.agent.join(tx, fullLink, info))
      await world.time.pass(60_000)
    }
    const refused = superPeers[0]!.host.events.filter(({ type }) => type === 'refused')
    expect(refused).toMatchObject([{ reason: 'return-proof' }, { reason: 'return-proof' }])
    await owner.groups.updateProfile(group, { displayName: 'still mine' })
    const anna = await scene.join('anna')
    await owner.groups.send(group, { text: 'still here' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('still here'))
    expect(await superPeersOf(owner, group)).toMatchObject([{ status: 'active', connected: true }])
  })
})

describe('a member that came back', () => {
  test('is the same member, through every super-peer', async () => {
    const scene = await community({ superPeers: 2 })
    const { world, owner, group, join } = scene
    const anna = await join('anna')
    await anna.person.groups.send(anna.group, { text: 'before' })
    await eventually(world.time, async () => (await owner.texts(group)).includes('before'))
    await renew(scene, anna.person)
    await eventually(world.time, async () => (await anna.person.view(anna.group)).superPeers.connected === 2)
    await anna.person.groups.send(anna.group, { text: 'after' })
    await eventually(world.time, async () => (await owner.texts(group)).includes('after'))
    const [one, two] = [await owner.message(group, 'before'), await owner.message(group, 'after')]
    expect(two.author).toBe(one.author)
    await owner.groups.send(group, { text: 'welcome back' })
    await eventually(world.time, async () => (await anna.person.texts(anna.group)).includes('welcome back'))
  })
})
