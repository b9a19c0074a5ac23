import { expect, test } from 'vitest'
import { encodeBinaryBatch } from '../../../core/chat/batch.ts'
import { forwardElement } from '../../../core/chat/forward.ts'
import { CHAT_VERSIONS } from '../../../core/chat/versions.ts'
import { createMember, type Person } from './people.ts'
import { scene } from './scene.ts'

test('content of observers goes nowhere, their reactions and support messages do', async () => {
  const { world, owner, member, hosts } = await scene(1, { everyone: false })
  const [alice, bob] = [await member('alice'), await member('bob')]
  expect(alice.role).toBe('observer')
  const post = await owner.say('post')
  await world.time.until(() => alice.texts().length === 1)
  await alice.say('not allowed')
  await alice.tell({
    type: 'x.msg.react',
    params: { msgId: Buffer.from(post, 'base64url'), reaction: { type: 'emoji', emoji: '👍' }, add: true },
  })
  await world.time.until(() => bob.heard.some(({ event }) => event.type === 'x.msg.react'))
  await world.time.pass(5000)
  expect(bob.texts()).toEqual(['post'])
  expect(owner.texts()).toEqual([])
  expect((await hosts[0]!.superPeer.groups())[0]?.status).toBe('active')
})

test('joiners may write where the link data of the group say so', async () => {
  const { member } = await scene(1, { everyone: true })
  expect((await member('alice')).role).toBe('author')
})

test('a forward by a member, and content in a super-peer’s name, are refused', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const [alice, bob] = [await member('alice'), await member('bob')]
  const forged = forwardElement({
    message: {
      v: CHAT_VERSIONS,
      msgId: new Uint8Array(16).fill(1),
      event: { type: 'x.msg.new', params: { content: { type: 'text', text: 'forged' } } },
    },
    sender: { memberId: owner.author.memberId, name: 'owner' },
    ts: 1,
  })
  await alice.sendRaw(encodeBinaryBatch([forged]))
  const asRelay = forwardElement({
    message: {
      v: CHAT_VERSIONS,
      msgId: new Uint8Array(16).fill(2),
      event: { type: 'x.msg.new', params: { content: { type: 'text', text: 'from the relay' } } },
    },
    sender: { memberId: owner.relayMemberId(owner.relays[0]!), name: 'Relay' },
    ts: 1,
  })
  await alice.sendRaw(encodeBinaryBatch([asRelay]))
  await alice.sendRaw(new Uint8Array([0x3d, 0xff, 1, 2, 3]))
  await alice.say('honest')
  await world.time.until(() => bob.texts().includes('honest'))
  expect(bob.texts()).toEqual(['honest'])
  const [group] = await hosts[0]!.superPeer.groups()
  expect(group?.refused).toBe(3)
  expect(hosts[0]!.events.filter(({ type }) => type === 'refused')).toHaveLength(3)
})

test('administrative events without a valid signature are refused', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const [alice, bob] = [await member('alice'), await member('bob')]
  const removal = { type: 'x.grp.mem.del' as const, params: { memberId: bob.author.memberId } }
  await alice.tell(removal)
  const { groupElement } = await import('../../../core/chat/outgoing.ts')
  const { element } = groupElement({ ...owner.author, key: alice.author.key }, { event: removal }, (size) =>
    new Uint8Array(size).fill(7),
  )
  await owner.sendRaw(element)
  await world.time.pass(5000)
  await alice.say('still here')
  await world.time.until(() => bob.texts().includes('still here'))
  expect((await hosts[0]!.superPeer.groups())[0]?.refused).toBe(2)
})

test('a blocked member is heard by nobody', async () => {
  const { world, owner, member } = await scene(1)
  const [alice, bob] = [await member('alice'), await member('bob')]
  await owner.tell({
    type: 'x.grp.mem.restrict',
    params: { memberId: alice.author.memberId, memberRestrictions: { restriction: 'blocked' } },
  })
  await world.time.until(() => bob.heard.some(({ event }) => event.type === 'x.grp.mem.restrict'))
  await alice.say('spam')
  await alice.tell({ type: 'x.info', params: { profile: { displayName: 'other', fullName: '' } } })
  await bob.say('fine')
  await world.time.until(() => alice.texts().includes('fine'))
  await world.time.pass(5000)
  expect(bob.texts()).toEqual([])
  expect(bob.heard.some(({ event }) => event.type === 'x.info')).toBe(false)
})

test('joins that do not prove their key, or speak to another super-peer, get no answer', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const bad = await createMember(world, owner, 'bad', { forgery: { badSignature: true } })
  await bad.join()
  const passedOn = await createMember(world, owner, 'passed', { forgery: { viaRelay: new Uint8Array(16) } })
  await passedOn.join()
  const alice = await member('alice')
  const thief: Person & { join(): Promise<void> } = await createMember(world, owner, 'thief', { as: owner })
  await thief.join()
  await world.time.pass(10_000)
  expect([bad.connected.size, passedOn.connected.size, alice.connected.size]).toEqual([0, 0, 1])
  expect(hosts[0]!.events.flatMap((event) => (event.type === 'refused' ? [event.reason] : []))).toEqual([
    'signature',
    'via-relay',
    'member-id',
  ])
})

test('programs that know no signed joins are let in with an id that nobody has, and with no other', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const older = await createMember(world, owner, 'older', { forgery: { unsigned: { min: 1, max: 18 } } })
  await older.join()
  await world.time.until(() => older.connected.size === 1)
  const alice = await member('alice')
  await older.say('from a release of before')
  await world.time.until(() => alice.texts().includes('from a release of before'))
  const unsigned = await createMember(world, owner, 'unsigned', { forgery: { unsigned: CHAT_VERSIONS } })
  await unsigned.join()
  const thief = await createMember(world, owner, 'thief', { as: alice, forgery: { unsigned: { min: 1, max: 18 } } })
  await thief.join()
  await world.time.pass(10_000)
  expect([unsigned.connected.size, thief.connected.size]).toEqual([0, 0])
  expect(hosts[0]!.events.flatMap((event) => (event.type === 'refused' ? [event.reason] : []))).toEqual([
    'signature',
    'signature',
  ])
})

test('a full group says so', async () => {
  const { world, owner, member } = await scene(1, { settings: { maxMembers: 2 } })
  await member('alice')
  const bob = await createMember(world, owner, 'bob')
  await bob.join()
  await world.time.until(() => bob.rejected.length === 1)
  expect(bob.rejected).toEqual(['full'])
})

test('whoever writes too fast is slowed down and loses nothing', async () => {
  const { world, member } = await scene(1, { settings: { memberRate: 60, memberBurst: 5 } })
  const [alice, bob] = [await member('alice'), await member('bob')]
  for (let i = 0; i < 15; i++) await alice.say(`${i}`)
  await world.time.pass(3000)
  expect(bob.texts().length).toBeLessThan(12)
  await world.time.until(() => bob.texts().length === 15)
  expect(bob.texts()).toEqual(Array.from({ length: 15 }, (_, i) => `${i}`))
})

test('a super-peer that missed who may write now finds it in the link data', async () => {
  const { world, owner, member, hosts } = await scene(1, { everyone: true })
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.say('before')
  await world.time.until(() => bob.texts().length === 1)
  await owner.setEveryone(false)
  await world.time.pass(16 * 60_000)
  await alice.say('after')
  await world.time.pass(5000)
  expect(bob.texts()).toEqual(['before'])
  expect((await member('carol')).role).toBe('observer')
  await owner.setEveryone(true)
  await world.time.pass(16 * 60_000)
  expect((await member('dora')).role).toBe('author')
  await bob.say('again')
  await world.time.until(() => alice.texts().includes('again'))
  expect((await hosts[0]!.superPeer.groups())[0]?.status).toBe('active')
})
