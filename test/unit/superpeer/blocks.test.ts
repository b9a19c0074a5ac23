import { expect, test } from 'vitest'
import { HearthError } from '../../../core/codec/error.ts'
import { createOwner } from './people.ts'
import { createWorld } from './world.ts'

/** An owner has invited a super-peer that asks its person. */
async function invited(autoAccept = false) {
  const world = createWorld()
  const owner = await createOwner(world)
  const host = await world.superPeer('relay')
  const { address } = await host.superPeer.enable({ displayName: 'Relay', autoAccept })
  const invite = async (link?: string): Promise<void> => {
    await owner.invite(address, link)
    await world.time.pass(5000)
  }
  await invite()
  return { world, owner, host, invite }
}

test('whoever is blocked asks in vain, hears nothing, and is counted', async () => {
  const { world, owner, host, invite } = await invited()
  const [request] = await host.superPeer.requests()
  await host.superPeer.block(request!.id)
  expect(await host.superPeer.requests()).toEqual([])
  const events = host.events.length
  await invite()
  await invite()
  await world.time.pass(60_000)
  expect(await host.superPeer.requests()).toEqual([])
  expect(owner.rejections).toEqual([])
  expect(owner.relays).toEqual([])
  expect(await host.superPeer.blocked()).toMatchObject([
    { groupName: 'news', owner: 'owner', groupLink: owner.link, refused: 2, lastAt: world.time.clock.now() - 65_000 },
  ])
  expect(host.events.slice(events).map(({ type }) => type)).toEqual(['blocked', 'blocked'])
})

test('a block holds after a restart, whatever the link looks like, and with automatic acceptance', async () => {
  const { owner, host, invite } = await invited()
  await host.superPeer.block((await host.superPeer.requests())[0]!.id)
  host.crash()
  await host.start()
  await host.superPeer.enable({ displayName: 'Relay', autoAccept: true })
  await invite(`${owner.link}=`)
  expect(owner.relays).toEqual([])
  expect(await host.superPeer.groups()).toEqual([])
  expect(await host.superPeer.blocked()).toMatchObject([{ groupLink: owner.link, refused: 1 }])
})

test('a block that is lifted lets the next invitation in', async () => {
  const { world, owner, host, invite } = await invited()
  await host.superPeer.block((await host.superPeer.requests())[0]!.id)
  const [block] = await host.superPeer.blocked()
  await host.superPeer.unblock(block!.id)
  expect(await host.superPeer.blocked()).toEqual([])
  await expect(host.superPeer.unblock(block!.id)).rejects.toMatchObject({ code: 'no-block' })
  await invite()
  await host.superPeer.accept((await host.superPeer.requests())[0]!.id)
  await world.time.until(() => owner.relays.length === 1)
})

test('blocking takes everything that the group asked for', async () => {
  const { host, invite } = await invited()
  await invite()
  const requests = await host.superPeer.requests()
  expect(requests).toHaveLength(2)
  await host.superPeer.block(requests[0]!.id)
  expect(await host.superPeer.requests()).toEqual([])
  expect(host.events.filter(({ type }) => type === 'request-gone')).toHaveLength(2)
  await expect(host.superPeer.block(requests[0]!.id)).rejects.toMatchObject({ code: 'no-request' })
})

test('what is being set up cannot be blocked any more, and what failed can', async () => {
  const { owner, world, host, invite } = await invited()
  world.network.failReads(1, new HearthError('network', 'down', 'down', true), owner.link)
  const [request] = await host.superPeer.requests()
  await host.superPeer.accept(request!.id)
  await expect(host.superPeer.block(request!.id)).rejects.toMatchObject({ code: 'accepted' })
  await world.time.until(() => owner.relays.length === 1)
  world.network.failReads(1, new HearthError('protocol', 'link'), owner.link)
  await host.superPeer.enable({ displayName: 'Relay', autoAccept: true })
  await invite()
  const [failed] = await host.superPeer.requests()
  expect(failed).toMatchObject({ state: 'failed' })
  await host.superPeer.block(failed!.id)
  expect(await host.superPeer.blocked()).toMatchObject([{ groupName: undefined, owner: 'owner' }])
})
