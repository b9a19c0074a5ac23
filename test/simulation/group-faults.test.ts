import { expect, test } from 'vitest'
import { type AssembledHost, assembleHost } from '../../bench/assembled-host.ts'
import type { GroupId, GroupView } from '../../core/group/api.ts'
import type { RouterAddress } from '../../core/smp/address.ts'
import { routerHost } from './scenarios/router-host.ts'
import { createWorld, type World } from './world.ts'

/** Faults of groups at chosen moments; the scenario strikes at random ones. */

async function host(world: World, name: string, router: RouterAddress): Promise<AssembledHost> {
  const env = world.host(name)
  return world.wait(assembleHost(env, world.disk(name), { threads: 0, routers: [router] }))
}

async function superPeer(world: World, name: string, router: RouterAddress): Promise<string> {
  const { superPeer } = await host(world, name, router)
  return (await world.wait(superPeer.enable({ displayName: name, autoAccept: true }))).address
}

/** Looks at a group again and again. */
async function until(world: World, { groups }: AssembledHost, group: GroupId, holds: (view: GroupView) => boolean) {
  const end = world.now + 1_800_000
  while (!holds((await world.wait(groups.get(group)))!)) {
    if (world.now > end) throw new Error('not so within half an hour')
    await world.runFor(500)
  }
}

test('who joins while a super-peer is added finds it', async () => {
  const world = createWorld(1)
  try {
    const { address: router } = await routerHost(world, 'router', 128)
    const addresses = [await superPeer(world, 'relay-1', router), await superPeer(world, 'relay-2', router)]
    const owner = await host(world, 'owner', router)
    const member = await host(world, 'member', router)
    const profile = await world.wait(owner.profile('owner'))
    const options = { displayName: 'group', writers: 'everyone', history: false, superPeers: addresses } as const
    world.links.partition(['relay-2'], ['router'])
    const group = await world.wait(owner.groups.create(profile, options))
    await until(world, owner, group, ({ superPeers }) => superPeers.active === 1)
    await world.wait(owner.groups.confirm(group))
    const { link } = (await world.wait(owner.groups.get(group)))!

    const joining = world.wait(member.profile('member')).then((own) => world.wait(member.groups.join(own, link)))
    const joined = await joining
    // The member has read the link and takes long to be admitted; meanwhile the other super-peer is there.
    world.links.set('member', 'router', { latency: 5000 })
    world.links.heal()
    await until(world, owner, group, ({ superPeers }) => superPeers.active === 2)
    expect((await world.wait(member.groups.get(joined)))!.status).toBe('joining')
    world.links.set('member', 'router', { latency: 10 })
    await until(world, member, joined, ({ superPeers }) => superPeers.connected === 2)
  } finally {
    world.dispose()
  }
})
