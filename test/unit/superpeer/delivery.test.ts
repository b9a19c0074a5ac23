import { expect, test } from 'vitest'
import type { SuperPeerSettings } from '../../../core/superpeer/api.ts'
import { createMember, createOwner, type OwnerOptions, type Person, type TestMember, type TestOwner } from './people.ts'
import { createWorld, type SuperPeerHost, type World } from './world.ts'

interface Scene {
  readonly world: World
  readonly owner: TestOwner
  readonly hosts: readonly SuperPeerHost[]
  member(name: string): Promise<TestMember>
}

async function scene(
  count: number,
  options: OwnerOptions & { readonly settings?: Partial<SuperPeerSettings> } = {},
): Promise<Scene> {
  const world = createWorld()
  const owner = await createOwner(world, { everyone: true, ...options })
  const hosts: SuperPeerHost[] = []
  for (let i = 0; i < count; i++) {
    const host = await world.superPeer(`relay${i}`, options.settings)
    const { address } = await host.superPeer.enable({ displayName: `Relay ${i}`, autoAccept: true })
    await owner.invite(address)
    hosts.push(host)
  }
  await world.time.until(() => owner.relays.length === count)
  return {
    world,
    owner,
    hosts,
    member: async (name) => {
      const member = await createMember(world, owner, name)
      await member.join()
      await world.time.until(() => member.connected.size === owner.relays.length)
      return member
    },
  }
}

function copies(person: Person, relay: string, text: string): number {
  return person.texts(relay).filter((heard) => heard === text).length
}

test('everybody gets everything exactly once from each super-peer, nobody its own', async () => {
  const { world, owner, member } = await scene(2)
  const people: Person[] = [owner]
  for (const name of ['alice', 'bob', 'carol']) people.push(await member(name))
  const said: { by: Person; text: string }[] = []
  for (let i = 0; i < 5; i++) {
    for (const person of people) {
      said.push({ by: person, text: `${person.name} ${i}` })
      await person.say(`${person.name} ${i}`)
    }
  }
  await world.time.until(() => people.every((person) => person.texts().length === 2 * 5 * (people.length - 1)))
  await world.time.pass(10_000)
  for (const person of people) {
    for (const relay of owner.relays) {
      for (const { by, text } of said)
        expect(copies(person, relay, text), `${person.name} ${text}`).toBe(by === person ? 0 : 1)
    }
    expect(person.violations).toEqual([])
  }
  expect(world.network.errors).toEqual([])
})
