import { expect } from 'vitest'
import type { SuperPeerSettings } from '../../../core/superpeer/api.ts'
import { createMember, createOwner, type OwnerOptions, type Person, type TestMember, type TestOwner } from './people.ts'
import { createWorld, type SuperPeerHost, type World } from './world.ts'

/** A group with its super-peers, all published. */
export interface Scene {
  readonly world: World
  readonly owner: TestOwner
  readonly hosts: readonly SuperPeerHost[]
  member(name: string, options?: { readonly image?: string }): Promise<TestMember>
}

export async function scene(
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
    member: async (name, memberOptions) => {
      const member = await createMember(world, owner, name, memberOptions)
      await member.join()
      await world.time.until(() => member.connected.size === owner.relays.length)
      return member
    },
  }
}

/** How many records of `subject` came to `person` through this relay. */
export function recordsOf(person: Person, relay: string, subject: Person): number {
  return person.heard.filter(
    ({ relay: from, event }) =>
      from === relay &&
      event.type === 'x.grp.mem.new' &&
      Buffer.from(event.params.memberInfo.memberId).equals(subject.author.memberId),
  ).length
}

/** Every text of the others once through each relay, in the order in which each author wrote; none of its own. */
export function expectComplete(person: Person, relays: readonly string[], said: readonly Said[]): void {
  expect(person.violations).toEqual([])
  for (const relay of relays) {
    const texts = person.texts(relay)
    for (const author of new Set(said.map(({ by }) => by))) {
      const own = said.filter(({ by }) => by === author).map(({ text }) => text)
      const heard = texts.filter((text) => own.includes(text))
      expect(heard, `${author.name} to ${person.name}`).toEqual(author === person ? [] : own)
    }
  }
}

export interface Said {
  readonly by: Person
  readonly text: string
}
