import { expect, test } from 'vitest'
import type { Person } from './people.ts'
import { scene } from './scene.ts'

const HOUR = 3_600_000

test('a removed member hears of it, others too, and its connection ends', async () => {
  const { world, owner, member, hosts } = await scene(2)
  const [alice, bob] = [await member('alice'), await member('bob')]
  await owner.tell({ type: 'x.grp.mem.del', params: { memberId: alice.author.memberId } })
  const removals = (person: typeof alice) => person.heard.filter(({ event }) => event.type === 'x.grp.mem.del').length
  await world.time.until(() => removals(alice) === 2 && removals(bob) === 2)
  await owner.say('after')
  await world.time.until(() => bob.texts().length === 2)
  await world.time.pass(5000)
  expect(alice.texts()).toEqual([])
  for (const host of hosts) expect((await host.superPeer.groups())[0]?.members).toBe(2)
})

test('a member that leaves is announced and gets nothing more', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.say('goodbye')
  await alice.tell({ type: 'x.grp.leave', params: {} })
  await world.time.until(() => bob.heard.some(({ event }) => event.type === 'x.grp.leave'))
  expect(bob.texts()).toEqual(['goodbye'])
  await owner.say('after')
  await world.time.until(() => bob.texts().includes('after'))
  expect(alice.texts()).toEqual([])
  expect(bob.violations).toEqual([])
  expect((await hosts[0]!.superPeer.groups())[0]?.members).toBe(2)
})

test('a member that left may come back, as a newcomer without what was said meanwhile', async () => {
  const { world, owner, member } = await scene(1, { history: false })
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.tell({ type: 'x.grp.leave', params: {} })
  await world.time.until(() => bob.heard.some(({ event }) => event.type === 'x.grp.leave'))
  await owner.say('meanwhile')
  await world.time.until(() => bob.texts().length === 1)
  alice.conns.clear()
  await alice.join()
  await world.time.until(() => alice.conns.size === 1)
  await bob.say('welcome back')
  await world.time.until(() => alice.texts().length === 1)
  expect(alice.texts()).toEqual(['welcome back'])
  expect(alice.violations).toEqual([])
})

test('a super-peer that leaves says so with its signature, and refuses a new invitation until it is allowed', async () => {
  const { world, owner, member, hosts } = await scene(2)
  const alice = await member('alice')
  const host = hosts[0]!
  const relay = owner.relays[0]!
  const [group] = await host.superPeer.groups()
  await host.superPeer.leave(group!.id)
  const left = (person: typeof alice | typeof owner) =>
    person.heard.filter(
      ({ event, relay: from, signed, sender }) =>
        event.type === 'x.grp.leave' && from === relay && signed && sender === undefined,
    )
  await world.time.until(() => left(alice).length === 1 && left(owner).length === 1)
  await world.time.until(() => host.events.some((event) => event.type === 'served-group' && event.change === 'ended'))
  expect(await host.superPeer.groups()).toMatchObject([{ status: 'rejected', members: 0 }])
  expect(world.network.link(relay)).toBeUndefined()
  const { address } = (await host.superPeer.address())!
  await owner.invite(address)
  await world.time.until(() => owner.rejections.length === 1)
  await host.superPeer.allow(group!.id)
  await owner.invite(address)
  await world.time.until(() => owner.relays.length === 3)
  await owner.say('through the other one')
  await world.time.until(() => alice.texts().length === 1)
})

test('a super-peer that is removed passes this on and ends', async () => {
  const { world, owner, member, hosts } = await scene(2)
  const alice = await member('alice')
  const relay = owner.relays[0]!
  const active = (host: (typeof hosts)[number]) =>
    host.events.some((event) => event.type === 'served-group' && event.status === 'active')
  await world.time.until(() => hosts.every(active))
  await owner.tell({ type: 'x.grp.mem.del', params: { memberId: owner.relayMemberId(relay) } })
  await world.time.until(() => alice.heard.filter(({ event }) => event.type === 'x.grp.mem.del').length === 2)
  await world.time.until(() =>
    hosts[0]!.events.some((event) => event.type === 'served-group' && event.change === 'ended'),
  )
  expect(await hosts[0]!.superPeer.groups()).toMatchObject([{ status: 'inactive', members: 0, backlog: 0 }])
  expect(await hosts[1]!.superPeer.groups()).toMatchObject([{ status: 'active', members: 2 }])
})

test('a super-peer that is removed or leaves passes on first what it took, also to those who are paused', async () => {
  for (const way of ['removed', 'leaves']) {
    const { world, owner, member, hosts } = await scene(1)
    world.network.quota = 4
    const [alice, bob] = [await member('alice'), await member('bob')]
    const [host] = hosts
    await alice.away()
    const texts = Array.from({ length: 12 }, (_, i) => `${i}`)
    for (const text of texts) {
      await bob.say(text)
      await world.time.settle()
    }
    // What waits for it when it begins is not passed on yet.
    host!.crash()
    await bob.say('last')
    await world.time.settle()
    await host!.start()
    if (way === 'removed') {
      await owner.tell({ type: 'x.grp.mem.del', params: { memberId: owner.relayMemberId(owner.relays[0]!) } })
    } else {
      await world.time.settle()
      await host!.superPeer.leave((await host!.superPeer.groups())[0]!.id)
    }
    const end = way === 'removed' ? 'x.grp.mem.del' : 'x.grp.leave'
    const ended = (person: Person) => person.heard.findIndex(({ event }) => event.type === end)
    await world.time.until(() => ended(owner) >= 0 || way === 'removed')
    await alice.back()
    await world.time.until(() => ended(alice) >= 0)
    expect(alice.texts(), way).toEqual([...texts, 'last'])
    expect(ended(alice)).toBe(alice.heard.length - 1)
    expect(alice.violations).toEqual([])
    expect(await host!.superPeer.groups()).toMatchObject([{ members: 0, backlog: 0 }])
    expect(await host!.query('SELECT * FROM delivery_jobs')).toEqual([])
  }
})

test('a super-peer that noticed in link data that it is out still passes its removal on', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const [alice, host] = [await member('alice'), hosts[0]!]
  const is = (status: string) => () =>
    host.events.some((event) => event.type === 'served-group' && event.status === status)
  await world.time.until(is('active'))
  const memberId = owner.relayMemberId(owner.relays[0]!)
  await owner.unpublish(owner.relays[0]!)
  await world.time.until(is('inactive'))
  await owner.say('not passed on')
  await owner.tell({ type: 'x.grp.mem.del', params: { memberId } })
  await world.time.until(() => alice.heard.some(({ event }) => event.type === 'x.grp.mem.del'))
  expect(alice.texts()).toEqual([])
  expect(await host.superPeer.groups()).toMatchObject([{ status: 'inactive', members: 0 }])
})

test('a deleted group is told to everybody, also to those who are paused', async () => {
  const { world, owner, member, hosts } = await scene(1)
  world.network.quota = 4
  const [alice, bob] = [await member('alice'), await member('bob')]
  await alice.away()
  for (let i = 0; i < 12; i++) {
    await bob.say(`${i}`)
    await world.time.settle()
  }
  await owner.tell({ type: 'x.grp.del', params: {} })
  await world.time.until(() => bob.heard.some(({ event }) => event.type === 'x.grp.del'))
  await alice.back()
  await world.time.until(() => alice.heard.some(({ event }) => event.type === 'x.grp.del'))
  expect(await hosts[0]!.query('SELECT * FROM delivery_tasks')).toEqual([])
  expect(await hosts[0]!.superPeer.groups()).toMatchObject([{ status: 'inactive', members: 0 }])
})

test('a super-peer that is no longer listed stops serving, and lets go after a time', async () => {
  const { world, owner, member, hosts } = await scene(2, { settings: { inactiveFor: HOUR } })
  const alice = await member('alice')
  const host = hosts[0]!
  const relay = owner.relays[0]!
  await world.time.until(() => host.events.some((event) => event.type === 'served-group' && event.status === 'active'))
  await owner.unpublish(relay)
  await world.time.until(() =>
    host.events.some((event) => event.type === 'served-group' && event.status === 'inactive'),
  )
  await owner.say('through one')
  await world.time.until(() => alice.texts().length === 1)
  await world.time.pass(60_000)
  expect(alice.texts()).toHaveLength(1)
  await world.time.pass(2 * HOUR)
  expect(await host.superPeer.groups()).toMatchObject([{ status: 'inactive', members: 0 }])
  expect(host.events.filter((event) => event.type === 'served-group' && event.change === 'ended')).toHaveLength(1)
})

test('a super-peer that is listed again in time goes on', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const [alice, host, relay] = [await member('alice'), hosts[0]!, owner.relays[0]!]
  const statuses = () =>
    host.events.flatMap((event) => (event.type === 'served-group' && event.change === 'status' ? [event.status] : []))
  await world.time.until(() => statuses().includes('active'))
  await owner.unpublish(relay)
  await world.time.until(() => statuses().includes('inactive'))
  ;(owner.relays as string[]).push(relay)
  await owner.publish()
  await world.time.until(() => statuses().at(-1) === 'active')
  await owner.say('again')
  await world.time.until(() => alice.texts().length === 1)
})
