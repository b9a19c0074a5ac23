import { expect } from 'vitest'
import { parseConnInfo } from '../../../core/chat/container.ts'
import type { ChatEvent } from '../../../core/chat/events.ts'
import { encodeRelayLinkData } from '../../../core/chat/link-data.ts'
import { encodeConnInfo } from '../../../core/chat/outgoing.ts'
import { insertProfile } from '../../../core/chat/state/profiles.ts'
import type { GroupEvent, GroupId, Groups, GroupView, MessageView, ProfileId } from '../../../core/group/api.ts'
import { createGroups } from '../../../core/group/groups.ts'
import { groupView, listGroups, messageViews } from '../../../core/group/state/views.ts'
import { openStore, type Store } from '../../../core/store/database.ts'
import type { FakeAgent, FakeNetwork } from '../../support/fake-agent.ts'
import { beginLives } from '../superpeer/lives.ts'
import type { VirtualTime } from '../superpeer/virtual.ts'
import { createWorld, type SuperPeerHost, type World } from '../superpeer/world.ts'

/** People with hosts of their own, and super-peers, on one fake network and one virtual clock. */
export interface GroupWorld {
  readonly network: FakeNetwork
  readonly time: VirtualTime
  readonly world: World
  person(name: string): Promise<TestPerson>
  superPeer(name: string): Promise<TestSuperPeer>
  /** Somebody at a super-peer address who answers as `answer` says, or not at all. */
  oddSuperPeer(name: string, answer?: ChatEvent): Promise<string>
}

export interface TestSuperPeer {
  readonly host: SuperPeerHost
  readonly address: string
}

export interface TestPerson {
  readonly name: string
  readonly profile: ProfileId
  readonly store: Store
  /** Of the present life. */
  readonly groups: Groups
  readonly agent: FakeAgent
  readonly events: GroupEvent[]
  start(): Promise<void>
  crash(): void
  /** Dies at the `count`-th write from now: before its commit, or right after it. */
  crashAt(count: number, committed: boolean): void
  readonly crashed: boolean
  /** What the database says, whether the host lives or not. */
  list(): Promise<GroupView[]>
  texts(group: GroupId): Promise<string[]>
  view(group: GroupId): Promise<GroupView>
  message(group: GroupId, text: string): Promise<MessageView>
}

export function createGroupWorld(): GroupWorld {
  const world = createWorld()
  const { network, time } = world
  return {
    network,
    time,
    world,
    person: (name) => createPerson(world, name),
    async superPeer(name) {
      const host = await world.superPeer(name)
      const { address } = await host.superPeer.enable({ displayName: name, autoAccept: true })
      return { host, address }
    },
    async oddSuperPeer(name, answer) {
      const { agent } = await world.host(name)
      agent.setHandler({
        async handle(tx, event) {
          if (event.type !== 'REQ' || answer === undefined) return undefined
          parseConnInfo(event.info)
          await agent.accept(tx, event.request, encodeConnInfo(answer))
          return undefined
        },
      })
      await agent.start()
      const userData = encodeRelayLinkData({ relayProfile: { displayName: name, fullName: '' } })
      return (await agent.createAddress({ type: 'r', userData })).short!
    },
  }
}

async function createPerson(world: World, name: string): Promise<TestPerson> {
  const { network, time } = world
  const store = await openStore(':memory:', time.clock)
  const profile = await store.write((tx) =>
    insertProfile(tx, { displayName: name, fullName: '' }, { now: time.clock.now() }),
  )
  const events: GroupEvent[] = []
  const lives = await beginLives({
    name,
    store,
    network,
    time,
    create: (deps) => createGroups({ ...deps, notify: (event) => events.push(event) }),
    start: (groups) => groups.start(),
    died: (groups) => void groups.stop(),
  })
  const messages = (group: GroupId) => store.read((tx) => messageViews(tx, group, { limit: 500 }))

  return {
    name,
    profile,
    store,
    get groups() {
      return lives.part
    },
    get agent() {
      return lives.agent
    },
    events,
    start: lives.start,
    crash: lives.crash,
    crashAt: lives.crashAt,
    get crashed() {
      return lives.crashed
    },
    list: () => store.read(listGroups),
    texts: async (group) => (await messages(group)).map(({ text }) => text),
    view: async (group) => {
      const view = await store.read((tx) => groupView(tx, group))
      expect(view).toBeDefined()
      return view!
    },
    message: async (group, text) => {
      const found = (await messages(group)).find((message) => message.text === text)
      expect(found, `${name} has "${text}"`).toBeDefined()
      return found!
    },
  }
}

/** Waits for something that is read from a database. */
export async function eventually(
  time: VirtualTime,
  condition: () => Promise<boolean>,
  limit = 3_600_000,
): Promise<void> {
  let holds = false
  let asking = false
  await time.until(() => {
    if (!asking) {
      asking = true
      void condition().then((value) => {
        holds = value
        asking = false
      })
    }
    return holds
  }, limit)
}

export interface Community {
  readonly world: GroupWorld
  readonly owner: TestPerson
  readonly group: GroupId
  readonly link: string
  readonly superPeers: readonly TestSuperPeer[]
  /** A new person who is in the group, connected to every super-peer. */
  join(name: string): Promise<{ readonly person: TestPerson; readonly group: GroupId }>
}

export interface CommunityOptions {
  readonly superPeers?: number
  readonly writers?: 'everyone' | 'owners'
  readonly history?: boolean
}

/** A group in use, with all its super-peers active. */
export async function community(options: CommunityOptions = {}): Promise<Community> {
  const world = createGroupWorld()
  const owner = await world.person('owner')
  const superPeers: TestSuperPeer[] = []
  for (let i = 0; i < (options.superPeers ?? 2); i++) superPeers.push(await world.superPeer(`relay${i}`))
  const creating = owner.groups.create(owner.profile, {
    displayName: 'news',
    writers: options.writers ?? 'everyone',
    history: options.history ?? true,
    superPeers: superPeers.map(({ address }) => address),
  })
  const group = await settled(world.time, creating)
  await eventually(world.time, async () => (await owner.view(group)).superPeers.active === superPeers.length)
  await settled(world.time, owner.groups.confirm(group))
  const { link } = await owner.view(group)
  return {
    world,
    owner,
    group,
    link,
    superPeers,
    async join(name) {
      const person = await world.person(name)
      const joined = await settled(world.time, person.groups.join(person.profile, link))
      await eventually(world.time, async () => (await person.view(joined)).superPeers.connected === superPeers.length)
      return { person, group: joined }
    },
  }
}

/** The value of a promise that needs virtual time to pass. */
export async function settled<T>(time: VirtualTime, promise: Promise<T>): Promise<T> {
  let done = false
  const finish = () => {
    done = true
  }
  promise.then(finish, finish)
  await time.until(() => done)
  return promise
}
