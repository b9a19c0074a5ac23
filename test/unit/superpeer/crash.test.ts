import { expect, test } from 'vitest'
import { createMember, createOwner } from './people.ts'
import { expectComplete, type Said, scene } from './scene.ts'
import { createWorld } from './world.ts'

/** A join and some messages, with a crash at the `count`-th write of the super-peer, before or after its commit. */
async function crashing(count: number, committed: boolean): Promise<boolean> {
  const { world, owner, member, hosts } = await scene(1)
  const host = hosts[0]!
  const [alice, bob] = [await member('alice'), await member('bob')]
  host.crashAt(count, committed)
  const said: Said[] = []
  const say = async (by: Said['by'], text: string) => {
    said.push({ by, text })
    await by.say(text)
  }
  await say(alice, 'a0')
  await say(owner, 'o0')
  const restart = async () => {
    if (!host.crashed) return false
    await host.start()
    return true
  }
  await world.time.pass(500)
  let restarted = await restart()
  await say(bob, 'b0')
  await say(alice, 'a1')
  await world.time.pass(500)
  restarted = (await restart()) || restarted
  await say(owner, 'o1')
  await world.time.pass(500)
  restarted = (await restart()) || restarted
  await world.time.until(() => [owner, alice, bob].every((person) => person.texts().length === 5 - own(person)))
  await world.time.pass(60_000)
  for (const person of [owner, alice, bob]) expectComplete(person, owner.relays, said)
  return restarted

  function own(person: Said['by']): number {
    return said.filter(({ by }) => by === person).length
  }
}

test('a crash at any write while messages pass loses nothing and sends nothing twice', async () => {
  let reached = 0
  for (let count = 1; count <= 24; count++) {
    for (const committed of [false, true]) if (await crashing(count, committed)) reached++
  }
  expect(reached).toBeGreaterThan(30)
})

test('a crash at any write of the agreement with the owner and of a join is taken up again', async () => {
  for (let count = 1; count <= 20; count++) {
    for (const committed of [false, true]) {
      const world = createWorld()
      const owner = await createOwner(world, { everyone: true })
      const host = await world.superPeer('relay')
      const { address } = await host.superPeer.enable({ displayName: 'Relay', autoAccept: true })
      host.crashAt(count, committed)
      await owner.invite(address)
      for (let i = 0; i < 20 && owner.relays.length === 0; i++) {
        await world.time.pass(10_000)
        if (host.crashed) await host.start()
      }
      expect(owner.relays.length, `write ${count}`).toBe(1)
      const alice = await createMember(world, owner, 'alice')
      await alice.join()
      await world.time.pass(10_000)
      if (host.crashed) await host.start()
      await world.time.until(() => alice.connected.size === 1)
      await owner.say('hello')
      await world.time.pass(10_000)
      if (host.crashed) await host.start()
      await world.time.until(() => alice.texts().length === 1)
      const [group] = await host.superPeer.groups()
      expect(group?.status, `write ${count}`).toBe('active')
      expect(await host.superPeer.groups()).toHaveLength(1)
    }
  }
})
