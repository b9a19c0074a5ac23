import { expect, test } from 'vitest'
import { createOwner } from './people.ts'
import { scene } from './scene.ts'
import { createWorld } from './world.ts'

test('an address made anew takes the place of the old one; groups and waiting invitations stay', async () => {
  const { world, owner, member, hosts } = await scene(1)
  const alice = await member('alice')
  const host = hosts[0]!
  const before = (await host.superPeer.address())!
  await host.superPeer.enable({ displayName: 'Relay 0', autoAccept: false })
  await owner.invite(before.address)
  await world.time.pass(5000)

  const after = await host.superPeer.renewAddress()
  await world.time.pass(5000)
  expect(after.address).not.toBe(before.address)
  expect(after).toMatchObject({ displayName: 'Relay 0', autoAccept: false, profile: before.profile })
  expect(await host.superPeer.address()).toEqual(after)
  expect(host.events.at(-1)).toEqual({ type: 'address' })
  expect(world.network.link(before.address)).toBeUndefined()
  expect(await host.query("SELECT count(*) AS n FROM conn_bindings WHERE kind = 'super-peer-address'")).toEqual([
    { n: 1 },
  ])

  await owner.say('still here')
  await world.time.until(() => alice.texts().length === 1)
  await host.superPeer.accept((await host.superPeer.requests())[0]!.id)
  await world.time.until(() => owner.relays.length === 2)
  await owner.invite(after.address)
  await world.time.pass(5000)
  expect(await host.superPeer.requests()).toMatchObject([{ state: 'waiting', groupName: 'news' }])
})

test('only whoever serves has an address to make anew', async () => {
  const world = createWorld()
  await createOwner(world)
  const host = await world.superPeer('relay')
  await expect(host.superPeer.renewAddress()).rejects.toMatchObject({ code: 'not-serving' })
  await host.superPeer.enable({ displayName: 'Relay', autoAccept: true })
  await host.superPeer.disable()
  await expect(host.superPeer.renewAddress()).rejects.toMatchObject({ code: 'not-serving' })
})
