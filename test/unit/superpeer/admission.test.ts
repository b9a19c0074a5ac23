import { expect, test } from 'vitest'
import { parseConnInfo } from '../../../core/chat/container.ts'
import { decodeRelayLinkData } from '../../../core/chat/link-data.ts'
import { encodeConnInfo } from '../../../core/chat/outgoing.ts'
import { equal } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { verify } from '../../../core/crypto/sign.ts'
import { createMember, createOwner } from './people.ts'
import { scene } from './scene.ts'
import { createWorld } from './world.ts'

test('the link of a super-peer carries its key and member id of the group, its address its name', async () => {
  const { world, owner, hosts } = await scene(1)
  const relay = owner.relays[0]!
  const content = world.network.link(relay)!
  expect(equal(content.entityId!, owner.relayMemberId(relay))).toBe(true)
  expect(decodeRelayLinkData(content.userData).relayProfile.displayName).toBe('Relay 0')
  const [own] = await hosts[0]!.query<{ key: Uint8Array }>(
    "SELECT key FROM group_members WHERE role = 'relay' AND category = 'user'",
  )
  expect(equal(content.rootKey.raw, own!.key)).toBe(true)
  expect(await hosts[0]!.superPeer.requests()).toEqual([])
  await world.time.until(() =>
    hosts[0]!.events.some((event) => event.type === 'served-group' && event.status === 'active'),
  )
})

test('without automatic acceptance an invitation waits for a person, with the name of the group', async () => {
  const world = createWorld()
  const owner = await createOwner(world)
  const host = await world.superPeer('relay')
  const { address } = await host.superPeer.enable({ displayName: 'Relay', autoAccept: false })
  await owner.invite(address)
  await world.time.pass(5000)
  const [request] = await host.superPeer.requests()
  expect(request).toMatchObject({ state: 'waiting', groupName: 'news', owner: { displayName: 'owner' } })
  expect(await host.superPeer.groups()).toEqual([])
  await host.superPeer.accept(request!.id)
  await world.time.until(() => owner.relays.length === 1)
  expect(await host.superPeer.requests()).toEqual([])
  await expect(host.superPeer.accept(request!.id)).rejects.toMatchObject({ code: 'no-request' })
})

test('a rejected invitation is forgotten', async () => {
  const world = createWorld()
  const owner = await createOwner(world)
  const host = await world.superPeer('relay')
  const { address } = await host.superPeer.enable({ displayName: 'Relay', autoAccept: false })
  await owner.invite(address)
  await world.time.pass(5000)
  await host.superPeer.reject((await host.superPeer.requests())[0]!.id)
  await world.time.pass(60_000)
  expect(owner.relays).toEqual([])
  expect(await host.superPeer.requests()).toEqual([])
})

test('failures of the network are repeated, a link that is none of a group is given up', async () => {
  const world = createWorld()
  const owner = await createOwner(world)
  const host = await world.superPeer('relay')
  const { address } = await host.superPeer.enable({ displayName: 'Relay', autoAccept: true })
  world.network.failReads(4, new HearthError('network', 'down', 'down', true), owner.link)
  await owner.invite(address)
  await world.time.pass(1000)
  expect((await host.superPeer.requests())[0]).toMatchObject({ state: 'accepted', attempts: 1, error: 'down' })
  await world.time.until(() => owner.relays.length === 1)
  world.network.failReads(1, new HearthError('protocol', 'link'), owner.link)
  await owner.invite(address)
  await world.time.pass(5000)
  expect((await host.superPeer.requests())[0]).toMatchObject({ state: 'failed', error: 'link' })
})

test('a test of the address is answered with a signature of its key', async () => {
  const world = createWorld()
  const host = await world.superPeer('relay')
  const { address } = await host.superPeer.enable({ displayName: 'Relay', autoAccept: true })
  const { store, agent } = await world.host('tester')
  const challenge = new Uint8Array(32).fill(5)
  let signature: Uint8Array | undefined
  agent.setHandler({
    async handle(_tx, event) {
      if (event.type !== 'CONF') return undefined
      const answer = parseConnInfo(event.info).message.event
      if (answer.type === 'x.grp.relay.test') signature = answer.params.signature
      return undefined
    },
  })
  await agent.start()
  await store.write((tx) =>
    agent.join(tx, `full:${address}`, encodeConnInfo({ type: 'x.grp.relay.test', params: { challenge } })),
  )
  await world.time.until(() => signature !== undefined)
  expect(verify(world.network.link(address)!.rootKey, challenge, signature!)).toBe(true)
  await world.time.pass(20 * 60_000)
  expect(await host.query('SELECT * FROM conn_bindings WHERE kind = ?', 'super-peer-reply')).toEqual([])
  await host.superPeer.disable()
  expect(await host.superPeer.address()).toBeUndefined()
})

test('a member that lost its connection comes back with its key and gets what it missed', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const [alice, bob] = [await member('alice'), await member('bob')]
  const relay = owner.relays[0]!
  await owner.say('first')
  await world.time.until(() => alice.texts().length === 1 && bob.texts().length === 1)
  await alice.away()
  await owner.say('second')
  await world.time.pass(1000)
  await alice.back()
  await alice.join([relay])
  await world.time.pass(5000)
  await owner.say('third')
  await world.time.until(() => alice.texts().includes('third'))
  expect(new Set(alice.texts())).toEqual(new Set(['first', 'second', 'third']))
  expect((await hosts[0]!.superPeer.groups())[0]?.members).toBe(3)
})

test.each([
  ['a picture', 14_500, 100],
  ['a description', 100, 14_500],
])('a profile with %s too long for an answer does not keep anybody out', async (_, picture, description) => {
  const image = `data:image/png;base64,${'A'.repeat(picture)}`
  const { owner, member } = await scene(1, { image, description: 'd'.repeat(description) })
  const anna = await member('anna')
  expect([...anna.connected]).toEqual(owner.relays)
})

test.each([false, true])(
  'what is said while a newcomer connects reaches it once, after the history (history: %s)',
  async (history) => {
    const { world, owner, hosts } = await scene(1, { history })
    const [host] = hosts
    await owner.say('before')
    await world.time.settle()
    const anna = await createMember(world, owner, 'anna')
    host!.crash()
    await anna.join()
    await world.time.settle()
    // Let in, with an answer that it does not read yet.
    await anna.away()
    await host!.start()
    await world.time.pass(100)
    for (const text of ['first', 'second']) {
      await owner.say(text)
      await world.time.settle()
    }
    await anna.back()
    await world.time.until(() => anna.connected.size === 1)
    await owner.say('third')
    await world.time.until(() => anna.texts().includes('third'))
    expect(anna.texts()).toEqual([...(history ? ['before'] : []), 'first', 'second', 'third'])
    expect(anna.violations).toEqual([])
  },
)

test('whoever is let in and never connects is forgotten after three weeks, and may ask again', async () => {
  const { world, owner, hosts } = await scene(1)
  const [host] = hosts
  const anna = await createMember(world, owner, 'anna')
  host!.crash()
  await anna.join()
  await world.time.settle()
  await anna.away()
  await host!.start()
  await world.time.settle()
  const waiting = () => host!.query("SELECT * FROM served_members WHERE state = 'connecting'")
  expect(await waiting()).toHaveLength(1)
  await world.time.pass(20 * 24 * 3600_000)
  expect(await waiting()).toHaveLength(1)
  await world.time.pass(2 * 24 * 3600_000)
  expect(await waiting()).toEqual([])
  expect(await host!.query("SELECT * FROM group_members WHERE name = 'anna'")).toEqual([])
  expect(await host!.query("SELECT * FROM conn_bindings WHERE kind = 'served-member'")).toEqual([])
  await anna.back()
  await anna.join()
  await world.time.until(() => anna.connected.size === 1)
  await owner.say('hello')
  await world.time.until(() => anna.texts().includes('hello'))
})

test('rosters are acknowledged while being set up, kept, and served to newcomers', async () => {
  const { world, owner, member, hosts } = await scene(1)
  expect(owner.acks).toEqual([{ version: 0, error: undefined }])
  const alice = await member('alice')
  const { publicKeyOf } = await import('../../../core/crypto/keypair.ts')
  await owner.sendRoster(1, [
    { memberId: alice.author.memberId, key: publicKeyOf(alice.author.key), role: 'moderator' },
  ])
  await world.time.until(() =>
    hosts[0]!.events.some((event) => event.type === 'served-group' && event.status === 'active'),
  )
  const bob = await member('bob')
  await world.time.until(() => bob.heard.some(({ event }) => event.type === 'x.grp.roster'))
  expect(bob.heard.find(({ event }) => event.type === 'x.grp.roster')).toMatchObject({ sender: owner.id, signed: true })
  await world.time.until(() => alice.heard.some(({ event }) => event.type === 'x.grp.mem.new'))
  expect(bob.violations).toEqual([])
  await alice.say('as a moderator')
  await world.time.until(() => bob.texts().length === 1)
})
