import { HearthError } from '../../codec/error.ts'
import type { Clock } from '../../env/env.ts'
import { wait } from '../../env/wait.ts'
import type { Group, GroupProgress } from '../contract/types.ts'
import { createDemoHost, type DemoHost } from './host-process.ts'
import { createMessageBook, type MessageBook } from './messages.ts'
import { type DemoOptions, type DemoResult, memberName, superPeerName } from './options.ts'
import { createProcesses, type Processes, type StartedProcess } from './processes.ts'
import { bar, type Screen } from './screen.ts'
import { sendAll } from './sending.ts'

/** One demonstration: its processes, and the promise that fails when one of them ends by itself. */
export interface Demo {
  run(): Promise<DemoResult>
  /** Ends all processes; synchronous. */
  kill(): void
}

export interface DemoDeps {
  readonly options: DemoOptions
  readonly folder: string
  readonly screen: Screen
  readonly clock: Clock
}

const OWNER = 'Owner'
const GROUP_NAME = 'Harbour news'
/** Processes that start at the same time. */
const PARALLEL = 4
/** Milliseconds without a new delivery after which the rest counts as missing. */
const PATIENCE = 45_000
const CHECK = 100
/** Checks in a row that find nothing under way. */
const QUIET_CHECKS = 3
/** How long a killed process stays away. */
const DOWN = 300
/** A demonstration sends faster than people write. */
const PACE = ['--set', 'superPeer.memberRate=1000000', '--set', 'superPeer.memberBurst=1000000']

export function createDemo(deps: DemoDeps): Demo {
  const processes = createProcesses(`${deps.folder}/logs`)
  return { run: () => run(deps, processes), kill: processes.killAll }
}

async function run({ options, folder, screen, clock }: DemoDeps, processes: Processes): Promise<DemoResult> {
  const begin = clock.monotonic()
  const failure = Promise.withResolvers<never>()
  failure.promise.catch(() => {})
  /** Waits for `work`, or fails with the first process that ended by itself. */
  function orFail<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, failure.promise])
  }
  const members = Array.from({ length: options.members }, (_, index) => memberName(index))
  const book = createMessageBook([OWNER, ...members], () => clock.monotonic())
  const killed: string[] = []

  function hostOf(name: string, args: readonly string[], participant: boolean): DemoHost {
    return createDemoHost({
      name,
      folder,
      processes,
      args: ['--router', router.address, ...args],
      failed: failure.reject,
      ...(participant ? { message: (message, announced) => book.received(name, message, announced) } : {}),
    })
  }

  screen.phase('Starting a router')
  const router = await orFail(startRouter(folder, processes, failure.reject))
  const superPeers = Array.from({ length: options.superPeers }, (_, index) => {
    const name = superPeerName(index)
    return hostOf(name, ['--super-peer', name, ...PACE], false)
  })
  const owner = hostOf(OWNER, [], true)
  const memberHosts = members.map((name) => hostOf(name, [], true))
  const people = [owner, ...memberHosts]

  screen.phase(`Starting ${superPeers.length} super-peers, the owner and ${members.length} members`)
  const all = [...superPeers, ...people]
  screen.state(() => [startedLine(all)])
  await orFail(inParallel(all, PARALLEL, (host) => host.start()))
  await orFail(inParallel(people, PARALLEL, (host) => host.api.profiles.create({ displayName: host.name })))

  screen.phase(`Creating the group "${GROUP_NAME}"`)
  const group = await orFail(createGroup(owner, superPeers, screen))
  screen.phase(`Joining by ${group.link}`)
  const groups = await orFail(joinAll(memberHosts, group.link, superPeers.length, screen))
  groups.set(owner.name, group.id)

  const offline = memberHosts.slice(memberHosts.length - options.offline)
  const writers = people.filter((host) => !offline.includes(host))
  if (offline.length > 0) screen.phase(`${names(offline)} ${offline.length > 1 ? 'go' : 'goes'} away`)
  for (const host of offline) {
    await orFail(host.stop())
    book.away(host.name)
  }

  screen.phase(`Sending ${options.messages} messages`)
  screen.state(() => deliveryLines(book, people, options.messages))
  await orFail(
    sendAll({
      writers,
      groups,
      messages: options.messages,
      book,
      listening: () => upNames(people),
      middle: () => faults(),
    }),
  )
  async function faults(): Promise<void> {
    if (!options.kill) return
    const victims = [superPeers[0], memberHosts.filter((host) => !offline.includes(host)).at(-1)].filter(
      (host) => host !== undefined,
    )
    killed.push('router', ...victims.map(({ name }) => name))
    screen.note(`Killing the router, ${names(victims)}`)
    await Promise.all([router.kill(), ...victims.map((host) => host.kill())])
    for (const host of people) if (!host.up) book.away(host.name)
    await wait(clock, DOWN)
    screen.note('Starting them again')
    await Promise.all([router.start(), ...victims.map((host) => host.start())])
  }

  if (offline.length > 0) screen.phase(`${names(offline)} ${offline.length > 1 ? 'come' : 'comes'} back`)
  screen.state(() => deliveryLines(book, people, options.messages))
  await orFail(Promise.all(offline.map((host) => host.start())))

  const expected = options.messages * (people.length - 1)
  await orFail(untilQuiet(clock, () => book.delivered, expected))
  await orFail(untilDrained(clock, all, superPeers))
  const { p50, p95, max } = percentiles(book.latencies())
  const result: DemoResult = {
    group: { link: group.link, publicGroupId: group.publicGroupId ?? '' },
    superPeers: await orFail(superPeerFigures(owner, group.id, superPeers)),
    members: members.length,
    sent: book.sentCount,
    expected,
    delivered: book.delivered,
    missing: expected - book.delivered,
    duplicates: book.duplicates,
    outOfOrder: book.outOfOrder,
    latencyMs: { p50, p95, max },
    elapsedMs: Math.round(clock.monotonic() - begin),
    killed,
  }
  screen.result(result)
  return result
}

interface DemoRouter {
  readonly address: string
  kill(): Promise<void>
  start(): Promise<void>
}

async function startRouter(folder: string, processes: Processes, failed: (error: Error) => void): Promise<DemoRouter> {
  const args = ['router', '--dir', `${folder}/router`]
  let child: StartedProcess
  let wanted = true
  async function start(port: string): Promise<void> {
    wanted = true
    child = await processes.start('router', [...args, '--port', port])
    void child.gone.then(() => {
      if (wanted) failed(new HearthError('usage', 'demo', 'the router ended by itself'))
    })
  }
  await start('0')
  const address = child!.firstLine
  const port = address.split(':').at(-1) ?? ''
  return {
    address,
    start: () => start(port),
    async kill() {
      wanted = false
      child.signal('SIGKILL')
      await child.gone
    },
  }
}

/** The owner's wizard: all super-peers, then the confirmation. */
async function createGroup(owner: DemoHost, superPeers: readonly DemoHost[], screen: Screen): Promise<Group> {
  const addresses = await Promise.all(superPeers.map((host) => host.api.serving.address({})))
  const [profile] = await owner.api.profiles.list({})
  const stream = await owner.api.groups.create({
    profile: profile?.id ?? 0,
    displayName: GROUP_NAME,
    writers: 'everyone',
    history: true,
    superPeers: addresses.map((given) => given?.address ?? ''),
  })
  const states = new Map<string, string>()
  screen.state(() => superPeers.map(({ name }) => `         ${name.padEnd(12)} ${states.get(name) ?? 'invited'}`))
  const group = await finished(stream, (progress) => {
    if (progress.step === 'super-peer') states.set(progress.superPeer.displayName, progress.superPeer.status)
  })
  const active = group.superPeers.active
  if (active < superPeers.length) {
    throw new HearthError('usage', 'demo', `only ${active} of ${superPeers.length} super-peers serve the group`)
  }
  return owner.api.groups.confirm({ group: group.id })
}

/** Resolves to each member's own number of the group. */
async function joinAll(
  members: readonly DemoHost[],
  link: string,
  superPeers: number,
  screen: Screen,
): Promise<Map<string, number>> {
  const groups = new Map<string, number>()
  const connected = new Map<string, number>()
  screen.state(() =>
    members.map(
      ({ name }) => `         ${name.padEnd(12)} ${bar(connected.get(name) ?? 0, superPeers, superPeers * 2)}`,
    ),
  )
  await inParallel(members, PARALLEL, async (host) => {
    const [profile] = await host.api.profiles.list({})
    const stream = await host.api.groups.join({ profile: profile?.id ?? 0, link })
    const active = new Set<number>()
    const group = await finished(stream, (progress) => {
      if (progress.step === 'super-peer' && progress.superPeer.status === 'active') active.add(progress.superPeer.id)
      connected.set(host.name, active.size)
    })
    if (group.superPeers.active < superPeers) {
      const got = `${group.superPeers.active} of ${superPeers} super-peers`
      throw new HearthError('usage', 'demo', `${host.name} is connected to ${got} only`)
    }
    groups.set(host.name, group.id)
  })
  return groups
}

async function finished(stream: AsyncIterable<GroupProgress>, each: (progress: GroupProgress) => void): Promise<Group> {
  for await (const progress of stream) {
    each(progress)
    if (progress.step === 'done') return progress.group
  }
  throw new HearthError('usage', 'demo', 'the host ended the stream of its progress')
}

async function superPeerFigures(owner: DemoHost, group: number, hosts: readonly DemoHost[]) {
  const views = await owner.api.superPeers.list({ group })
  return Promise.all(
    hosts.map(async ({ name, api }) => {
      const [served] = await api.serving.groups({})
      const status = views.find(({ displayName }) => displayName === name)?.status ?? 'unknown'
      return { name, status, connected: served?.members ?? 0, forwarded: served?.forwarded ?? 0 }
    }),
  )
}

/** Waits until `figure` reaches `goal`, or does not grow any more. */
async function untilQuiet(clock: Clock, figure: () => number, goal: number): Promise<void> {
  let last = figure()
  let since = clock.monotonic()
  while (figure() < goal && clock.monotonic() - since < PATIENCE) {
    await wait(clock, CHECK)
    if (figure() === last) continue
    last = figure()
    since = clock.monotonic()
  }
}

/**
 * Waits until nobody has anything to send or to forward, so that every copy still under way has come and is counted.
 */
async function untilDrained(clock: Clock, hosts: readonly DemoHost[], superPeers: readonly DemoHost[]): Promise<void> {
  const until = clock.monotonic() + PATIENCE
  let before = ''
  for (let quiet = 0; quiet < QUIET_CHECKS && clock.monotonic() < until; ) {
    await wait(clock, CHECK)
    const states = await Promise.all(hosts.map(({ api }) => api.host.status({})))
    const served = (await Promise.all(superPeers.map(({ api }) => api.serving.groups({})))).flat()
    const pending = states.reduce((sum, { connections }) => sum + connections.pendingMessages, 0)
    const backlog = served.reduce((sum, group) => sum + group.backlog, 0)
    const now = served.map(({ forwarded }) => forwarded).join()
    quiet = pending === 0 && backlog === 0 && now === before ? quiet + 1 : 0
    before = now
  }
}

function percentiles(ascending: readonly number[]): { p50: number; p95: number; max: number } {
  function at(share: number): number {
    return Math.round(ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? 0)
  }
  return { p50: at(0.5), p95: at(0.95), max: at(1) }
}

async function inParallel<T>(items: readonly T[], limit: number, work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items]
  async function next(): Promise<void> {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: limit }, next))
}

function startedLine(hosts: readonly DemoHost[]): string {
  const up = hosts.filter((host) => host.up).length
  return `         ${bar(up, hosts.length)} ${up} of ${hosts.length}`
}

function deliveryLines(book: MessageBook, people: readonly DemoHost[], messages: number): string[] {
  const expected = messages * (people.length - 1)
  const { p50, p95 } = percentiles(book.latencies())
  return [
    `         sent         ${bar(book.sentCount, messages)} ${book.sentCount} of ${messages}`,
    `         delivered    ${bar(book.delivered, expected)} ${book.delivered} of ${expected}`,
    `         latency      ${p50} ms half, ${p95} ms 95 %`,
    ...people.map((host) => {
      const got = book.deliveredTo(host.name)
      return `         ${host.name.padEnd(12)} ${host.up ? '●' : '○'} ${String(got).padStart(5)} received`
    }),
  ]
}

function names(hosts: readonly DemoHost[]): string {
  return hosts.map(({ name }) => name).join(' and ')
}

function upNames(hosts: readonly DemoHost[]): Set<string> {
  return new Set(hosts.filter((host) => host.up).map(({ name }) => name))
}
