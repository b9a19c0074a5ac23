import { type AssembledHost, assembleHost } from '../../../bench/assembled-host.ts'
import { HearthError } from '../../../core/codec/error.ts'
import type { Env } from '../../../core/env/env.ts'
import { wait } from '../../../core/env/wait.ts'
import type { CreateOptions, GroupId, MessageView } from '../../../core/group/api.ts'
import type { SuperPeerSettings } from '../../../core/superpeer/api.ts'
import { askHost, mustHold, type Scenario } from '../scenario.ts'
import { makeTrouble, supervise } from '../supervise.ts'
import type { World } from '../world.ts'
import { routerHost } from './router-host.ts'

/**
 * A group: an owner, super-peers and members on hosts of their own over two routers. It is created and joined and
 * everybody writes, while routers, super-peers, owner and members crash and connections break. At the end everybody has
 * every message of everybody else, once, those of one author in order.
 */
export const group: Scenario = {
  name: 'group',
  steps: 60,
  world: { link: { split: 0.05 } },
  play: (world, steps) => play(world, steps, {}),
}

/**
 * The same while members are away for longer than their queues and the super-peers' patience last: what they miss is
 * kept for them.
 */
export const away: Scenario = {
  name: 'away',
  steps: 120,
  world: { link: { split: 0.05 } },
  play: (world, steps) => play(world, steps, { superPeer: { memberBacklog: 4 }, absence: 1_800_000 }),
}

/** The only super-peer is replaced while everybody writes: the new one comes, everybody finds it, the old one goes. */
export const replace: Scenario = {
  name: 'replace',
  steps: 60,
  world: { link: { split: 0.05 } },
  play: (world, steps) => play(world, steps, { replace: 'known' }),
}

/** The same by an owner in a hurry: the old one goes before anybody can know the new one. */
export const swap: Scenario = {
  name: 'swap',
  steps: 60,
  world: { link: { split: 0.05 } },
  play: (world, steps) => play(world, steps, { replace: 'at once' }),
}

interface Variant {
  readonly replace?: 'known' | 'at once'
  readonly superPeer?: Partial<SuperPeerSettings>
  /** Milliseconds that some members are away while the others write. */
  readonly absence?: number
}

const QUOTA = 16
const FOUNDING = 60_000
const TALKING = 120_000
const SETTLE = 6 * 3_600_000
const SUPER_PEERS = ['relay-1', 'relay-2']
const MEMBERS = ['anna', 'boris', 'clara']
const PEOPLE = ['owner', ...MEMBERS]

interface Person {
  /** Of the present life. */
  host: AssembledHost | undefined
  group: GroupId | undefined
}

async function play(world: World, steps: number, variant: Variant): Promise<Record<string, number>> {
  const count = Math.ceil(steps / PEOPLE.length)
  const routers = [await routerHost(world, 'router-1', QUOTA), await routerHost(world, 'router-2', QUOTA)]
  /** What travels out of band. */
  const board = {
    addresses: new Map<string, string>(),
    link: undefined as string | undefined,
    /** How many messages everybody may say by now. */
    limit: 0,
    add: false,
    remove: false,
  }
  const people = new Map<string, Person>(PEOPLE.map((name) => [name, { host: undefined, group: undefined }]))
  const refused: string[] = []
  const founders = variant.replace ? SUPER_PEERS.slice(0, 1) : SUPER_PEERS

  function open(env: Env, dir: string, name: string): Promise<AssembledHost> {
    const person = people.get(name)
    if (person !== undefined) person.host = undefined
    const index = [...SUPER_PEERS, ...PEOPLE].indexOf(name)
    return assembleHost(env, dir, {
      routers: [routers[index % 2]!.address],
      threads: 0,
      superPeer: { pausedCheck: 10_000, ...variant.superPeer },
      notify(event) {
        if (event.type === 'refused' && world.alive(name)) refused.push(`${name}: ${event.event} ${event.reason}`)
      },
    })
  }

  const superPeers = SUPER_PEERS.map((name) =>
    supervise(world, name, async (env, dir) => {
      const { superPeer } = await open(env, dir, name)
      const options = { displayName: name, autoAccept: true }
      const { address } = await persistently(env, async () => (await superPeer.address()) ?? superPeer.enable(options))
      board.addresses.set(name, address)
    }),
  )
  const options = (): CreateOptions => ({
    displayName: 'group',
    writers: 'everyone',
    // Who comes late to a super-peer gets from it what was said meanwhile.
    history: variant.replace !== undefined,
    superPeers: founders.map((each) => board.addresses.get(each)!),
  })
  const owner = supervise(world, 'owner', async (env, dir) => {
    const host = await open(env, dir, 'owner')
    while (board.addresses.size < SUPER_PEERS.length) await wait(env.clock, 500)
    const profile = await host.profile('owner')
    const id = await persistently(env, async () => {
      const [existing] = await host.groups.list()
      return existing?.id ?? host.groups.create(profile, options())
    })
    Object.assign(people.get('owner')!, { host, group: id })
    for (;;) {
      const view = await host.groups.get(id)
      if (view?.status === 'active') board.link = view.link
      else if (view !== undefined && view.superPeers.active > 0) await host.groups.confirm(id)
      if (view?.status === 'active') break
      await wait(env.clock, 500)
    }
    await Promise.all([talk(env, host, id), variant.replace ? replaceSuperPeer(env, host, id) : undefined])
  })
  const members = MEMBERS.map((name) =>
    supervise(world, name, async (env, dir) => {
      const host = await open(env, dir, name)
      while (board.link === undefined) await wait(env.clock, 500)
      const profile = await host.profile(name)
      const id = await persistently(env, () => host.groups.join(profile, board.link!))
      Object.assign(people.get(name)!, { host, group: id })
      await talk(env, host, id)
    }),
  )

  /** Says 1, 2, 3, …; what was said before a crash is known from the own history. */
  async function talk(env: Env, host: AssembledHost, id: GroupId): Promise<void> {
    for (;;) {
      const said = (await everything(host, id)).filter(({ sent }) => sent).length
      if (said === count) return
      if (said < board.limit) await host.groups.send(id, { text: String(said + 1) })
      await wait(env.clock, 30 * env.random(1)[0]!)
    }
  }

  /** Every step follows from what the group is like. */
  async function replaceSuperPeer(env: Env, host: AssembledHost, id: GroupId): Promise<void> {
    const [before, after] = SUPER_PEERS.map((each) => board.addresses.get(each)!)
    while (!board.add) await wait(env.clock, 500)
    for (;;) {
      const views = await host.groups.superPeers(id)
      const old = views.find(({ address }) => address === before)
      const fresh = views.find(({ address }) => address === after)
      if (old === undefined) return
      if (fresh === undefined) await host.groups.addSuperPeer(id, after!)
      else if (fresh.status === 'active' && board.remove) await host.groups.removeSuperPeer(id, old.id)
      await wait(env.clock, 500)
    }
  }

  const hosts = [...routers.map(({ host }) => host), ...superPeers, owner, ...members]
  const links = [...SUPER_PEERS, ...PEOPLE].flatMap((name) => routers.map(({ host }) => [name, host.name] as const))
  makeTrouble(world, { hosts, links, every: 1500, until: world.now + FOUNDING })
  await until(FOUNDING, connectedTo(founders.length))
  const founded = world.now
  if (variant.replace) {
    board.limit = count
    board.add = true
    makeTrouble(world, { hosts, links, every: 3000, until: world.now + FOUNDING })
    if (variant.replace === 'known') await until(FOUNDING, connectedTo(2))
    board.remove = true
    await until(FOUNDING, connectedTo(1))
  }
  board.limit = count
  makeTrouble(world, { hosts, links, every: 3000, until: world.now + TALKING })
  const { absence } = variant
  if (absence !== undefined) {
    const away = members.slice(1)
    for (const member of away) world.at(world.now + 5000, () => member.crash({ downtime: absence }))
  }
  await until(TALKING, everybodyHas(count))
  await world.runFor(120_000)
  await check()
  return {
    messages: count * PEOPLE.length,
    deliveries: count * PEOPLE.length * (PEOPLE.length - 1),
    crashes: hosts.reduce((sum, { crashes }) => sum + crashes, 0),
    foundedAfter: Math.round(founded / 1000),
  }

  async function ofAll<T>(work: (host: AssembledHost, id: GroupId, name: string) => Promise<T>): Promise<T[]> {
    const results: T[] = []
    for (const [name, person] of people) {
      const { host, group } = person
      if (host === undefined || group === undefined) continue
      const result = await askHost(world, name, () => work(host, group, name))
      if (result !== undefined) results.push(result)
    }
    return results
  }

  /** As they see it themselves: a super-peer counts a newcomer in a little later, and must not leave a gap. */
  function connectedTo(count: number): () => Promise<boolean> {
    return async () => {
      const views = await ofAll(({ groups }, id) => groups.get(id))
      return views.length === PEOPLE.length && views.every((view) => view?.superPeers.connected === count)
    }
  }

  /** So many messages of everybody. */
  function everybodyHas(each: number): () => Promise<boolean> {
    return async () => {
      const histories = await ofAll(everything)
      return (
        histories.length === PEOPLE.length && histories.every((messages) => messages.length >= each * PEOPLE.length)
      )
    }
  }

  async function until(trouble: number, condition: () => Promise<boolean>): Promise<void> {
    const end = world.now + trouble + SETTLE
    while (!(await condition())) {
      if (world.now > end) throw new Error(await report())
      await world.runFor(10_000)
    }
  }

  async function check(): Promise<void> {
    const wrong = (await ofAll(differences)).flat()
    mustHold(wrong.length === 0, () => wrong.join('\n'))
    mustHold(refused.length === 0, () => `refused: ${refused.join(', ')}`)
  }

  async function differences(host: AssembledHost, id: GroupId, name: string): Promise<string[]> {
    const expected = Array.from({ length: count }, (_, index) => String(index + 1)).join(' ')
    const messages = await everything(host, id)
    const wrong: string[] = []
    for (const author of PEOPLE) {
      const own = messages.filter(({ sent, authorName }) => (sent ? name : authorName) === author)
      const said = own.map(({ text }) => text).join(' ')
      if (said !== expected) wrong.push(`${name} has of ${author}: ${said}`)
    }
    return wrong
  }

  async function report(): Promise<string> {
    const views = await ofAll(async ({ groups }, id, name) => {
      const view = await groups.get(id)
      const of = (await groups.superPeers(id)).map(
        ({ displayName, status, connected, error }) =>
          `${displayName} ${status}${connected ? ' connected' : ''} ${error ?? ''}`,
      )
      return `${name}: ${view?.status} ${of.join('; ')}`
    })
    return [`not there after ${world.now} ms`, ...views, ...(await ofAll(differences)).flat(), ...refused].join('\n')
  }
}

/** All messages in the order of their arrival. */
async function everything(host: AssembledHost, id: GroupId): Promise<MessageView[]> {
  return (await host.groups.messages(id, { limit: 500 })).toSorted((a, b) => a.id - b.id)
}

async function persistently<T>(env: Env, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof HearthError) || !error.temporary) throw error
      await wait(env.clock, 1000)
    }
  }
}
