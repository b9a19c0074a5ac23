import type { Group, GroupProgress } from '../../../core/host/contract/types.ts'
import type { TestHost } from './hosts.ts'
import type { Stage } from './stage.ts'

/** People in a group, on hosts of their own, brought together without a browser. */
export interface Community {
  readonly owner: Person
  readonly members: readonly Person[]
  readonly superPeers: readonly TestHost[]
}

export interface Person {
  readonly host: TestHost
  readonly profile: number
  /** The group, as this host counts. */
  readonly group: number
}

export interface CommunityOptions {
  readonly name: string
  readonly writers?: 'everyone' | 'owners'
  readonly superPeers: readonly string[]
  readonly owner: string
  readonly members: readonly string[]
}

export async function community(stage: Stage, options: CommunityOptions): Promise<Community> {
  const { name, writers = 'everyone' } = options
  const starting = options.superPeers.map((superPeer) => stage.host(superPeer, '--super-peer', superPeer))
  const people = [options.owner, ...options.members].map((person) => personOn(stage, person))
  const superPeers = await Promise.all(starting)
  const [first, ...others] = await Promise.all(people)
  const { api } = first!.host
  const created = await api.groups.create({
    profile: first!.profile,
    displayName: name,
    writers,
    history: true,
    superPeers: superPeers.map(({ superPeer }) => superPeer),
  })
  const group = await finished(created)
  await api.groups.confirm({ group: group.id })
  const members = await Promise.all(others.map((person) => join(person, group.link)))
  return { owner: { ...first!, group: group.id }, members, superPeers }
}

export async function personOn(stage: Stage, name: string): Promise<Omit<Person, 'group'>> {
  const host = await stage.host(name)
  const profile = await host.api.profiles.create({ displayName: name })
  return { host, profile: profile.id }
}

async function join(person: Omit<Person, 'group'>, link: string): Promise<Person> {
  const group = await finished(await person.host.api.groups.join({ profile: person.profile, link }))
  return { ...person, group: group.id }
}

/** All its super-peers are active. */
async function finished(progress: AsyncIterable<GroupProgress>): Promise<Group> {
  let group: Group | undefined
  for await (const step of progress) {
    if ('group' in step) group = step.group
    if (step.step === 'done') break
  }
  if (group === undefined) throw new Error('the stream told of no group')
  return group
}
