import { setTimeout as sleep } from 'node:timers/promises'
import { type Community, cpuPer, createCommunity } from './community.ts'
import { measureLimit } from './limit.ts'
import { figure, figures, options } from './options.ts'

/**
 * One super-peer and its members: the owner says something, the super-peer gives it to everybody. A delivery is one
 * message for one member, and counts when the router has accepted it; with --receive when the member has decrypted it.
 * Messages are so long (`--size`) that none shares a body with another; shorter ones would, and cost less.
 */
const POLL = 20
const LOOKS_UNTIL_QUIET = 15
/** A router's queue takes 128 messages from which nobody reads. */
const MOST_UNREAD = 100

export async function run(args: readonly string[]): Promise<object> {
  const parameters = options(args, {
    members: 1000,
    messages: 20,
    size: 9000,
    threads: 1,
    receive: false,
    stages: true,
  })
  const { members, messages, size, receive } = parameters
  if (!receive && messages > MOST_UNREAD) throw new Error(`without --receive at most ${MOST_UNREAD} messages`)
  const limit = await measureLimit()
  const community = await createCommunity(parameters.threads)
  try {
    const setUp = performance.now()
    await community.members.ask('join', community.link, members)
    await settled(community)
    if (!receive) await community.members.ask('leave')
    const setupSeconds = (performance.now() - setUp) / 1000
    const measured = await deliver(community, { members, messages, size, receive, stages: parameters.stages })
    return {
      parameters,
      ...measured,
      limit: limit.blocksPerSecond,
      limitDetails: limit,
      setupSeconds: figure(setupSeconds),
    }
  } finally {
    await community.stop()
  }
}

interface Work {
  readonly members: number
  readonly messages: number
  readonly size: number
  readonly receive: boolean
  readonly stages: boolean
}

async function deliver(community: Community, { members, messages, size, receive, stages }: Work): Promise<object> {
  const { router, superPeer, owner } = community
  const deliveries = members * messages
  const accepted = async () => (await router.ask('statistics')).accepted
  const before = {
    usage: await community.usage(),
    accepted: await accepted(),
    received: await community.members.ask('received'),
    taken: await superPeer.ask('taken'),
    database: await superPeer.ask('databaseBytes'),
    disk: await superPeer.ask('diskBytes'),
  }
  if (stages) await superPeer.ask('startStages')
  const started = performance.now()
  const said = owner.ask('say', messages, size)
  const { seconds, database } = await finished(community, { receive, before, expected: deliveries, messages, started })
  await said
  await settled(community)
  const { mainThreadMs, stages: byStage } = stages ? await superPeer.ask('stopStages') : { mainThreadMs: 0, stages: {} }
  const after = await community.usage()
  const cpu = cpuPer(deliveries, before.usage, after)
  const disk = await superPeer.ask('diskBytes')
  const perDelivery = (ms: number) => ms / deliveries
  return {
    deliveries,
    seconds: figure(seconds),
    deliveriesPerSecond: figure(deliveries / seconds),
    sendsPerDelivery: figure(((await accepted()) - before.accepted - messages) / deliveries),
    cpuMsPerDelivery: figure(cpu.superPeer + cpu.router),
    cpuMsPerDeliveryByProcess: figures({ ...cpu }),
    ...(stages && {
      superPeerMsByStage: figures({
        ...Object.fromEntries(
          Object.entries(shares(byStage)).map(([stage, share]) => [stage, share * perDelivery(mainThreadMs)]),
        ),
        otherThreads: cpu.superPeer - perDelivery(mainThreadMs),
      }),
    }),
    peakRssMB: after.superPeer.peakRssMB,
    peakRssMBByProcess: Object.fromEntries(Object.entries(after).map(([part, { peakRssMB }]) => [part, peakRssMB])),
    rssBeforeMB: before.usage.superPeer.peakRssMB,
    databaseBytesPerDelivery: figure((database - before.database) / deliveries),
    ...(disk !== undefined &&
      before.disk !== undefined && { diskBytesPerDelivery: figure((disk - before.disk) / deliveries) }),
  }
}

interface Course {
  readonly receive: boolean
  readonly before: {
    readonly accepted: number
    readonly received: number
    readonly taken: number
    readonly database: number
  }
  readonly expected: number
  readonly messages: number
  readonly started: number
}

/** When the last delivery counted, and how large the super-peer's database was at most. */
async function finished(community: Community, course: Course): Promise<{ seconds: number; database: number }> {
  const { router, superPeer, members } = community
  const { receive, before, expected, messages, started } = course
  let { database } = before
  let count = 0
  let last = started
  for (let look = 0; ; look++) {
    const now = receive
      ? (await members.ask('received')) - before.received
      : // What the owner sends is accepted as well.
        (await router.ask('statistics')).accepted - before.accepted - messages
    if (now > count) last = performance.now()
    count = Math.max(count, now)
    database = Math.max(database, await superPeer.ask('databaseBytes'))
    // Short messages share bodies: the router accepts fewer than there are deliveries.
    const quiet =
      look % LOOKS_UNTIL_QUIET === LOOKS_UNTIL_QUIET - 1 && (await isQuiet(community, before.taken + messages))
    if (count >= expected || quiet) return { seconds: (last - started) / 1000, database }
    await sleep(POLL)
  }
}

async function isQuiet({ superPeer }: Community, taken: number): Promise<boolean> {
  return (await superPeer.ask('taken')) >= taken && (await superPeer.ask('idle'))
}

/** Waits until the super-peer has nothing left to say. */
async function settled({ superPeer }: Community): Promise<void> {
  while (!(await superPeer.ask('idle'))) await sleep(100)
}

/** The profiler counts time on the clock; on a busy machine that is more than the processor gave. */
function shares(stages: Readonly<Record<string, number>>): Record<string, number> {
  const total = Object.values(stages).reduce((sum, ms) => sum + ms, 0)
  return Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, ms / total]))
}
