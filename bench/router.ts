import { concat, EMPTY } from '../core/codec/bytes.ts'
import type { KeyPair } from '../core/codec/keys.ts'
import { generateKeyPair } from '../core/crypto/keypair.ts'
import type { Env } from '../core/env/env.ts'
import { realEnv } from '../core/env/real.ts'
import { silentLog } from '../core/env/silent.ts'
import { parseRouterAddress, type RouterAddress } from '../core/smp/address.ts'
import type { SmpClient, SmpClientEvents, SmpRequest } from '../core/smp/client/api.ts'
import { createSmpClient } from '../core/smp/client/client.ts'
import { type Limit, measureLimit } from './limit.ts'
import { figure, options } from './options.ts'
import { type Child, start, usage } from './process.ts'
import type { RouterCalls } from './router-process.ts'

/**
 * Bare queues on a router process: `in` fills queues that nobody reads, `out` empties them again (each message is
 * acknowledged before the next comes), `through` does both at once.
 */
interface Phase {
  readonly messagesPerSecond: number
  readonly blocksInPerSecond: number
  readonly blocksOutPerSecond: number
  readonly routerCpuMsPerMessage: number
  readonly clientCpuMsPerMessage: number
}

/** Below the router's quota. */
const DEPTH = 100

interface BenchQueue {
  readonly recipient: KeyPair<'Ed25519'>
  readonly sender: KeyPair<'Ed25519'>
  readonly recipientId: Uint8Array
  readonly senderId: Uint8Array
}

/** A sending and a receiving connection with queues of their own. */
interface Pair {
  readonly sender: SmpClient
  readonly recipient: SmpClient
  readonly queues: readonly BenchQueue[]
}

export async function run(args: readonly string[]): Promise<object> {
  const { clients, messages, sizes, seconds } = options(args, {
    clients: 4,
    messages: 2000,
    sizes: '1000,16000',
    seconds: 1,
  })
  const limit: Limit = await measureLimit(seconds)
  const results: Record<string, unknown> = {}
  for (const size of sizes.split(',').map(Number)) results[size] = await measure(clients, messages, size)
  return { parameters: { clients, messages, sizes }, bySize: results, limit }
}

async function measure(clients: number, messages: number, size: number): Promise<object> {
  const env = realEnv({ log: silentLog })
  const router = start<RouterCalls>('./router-process.ts')
  const address = parseRouterAddress(await router.ask('start'))
  let arrived = 0
  const each = Math.ceil(messages / clients)
  const pairs = await Promise.all(
    Array.from({ length: clients }, () => createPair(env, address, Math.ceil(each / DEPTH), () => arrived++)),
  )
  const body = env.random(size)
  const total = each * clients
  const received = async (count: number) => {
    while (arrived < count) await new Promise<void>((resolve) => void env.clock.timer(1, resolve))
  }
  const fill = () => Promise.all(pairs.map((pair) => fillQueues(pair, address, each, body)))
  const result = {
    in: await phase(router, total, fill),
    out: await phase(router, total, async () => {
      for (const { recipient, queues } of pairs) {
        recipient.subscribe(
          address,
          queues.map(({ recipientId, recipient: { privateKey } }) => ({ recipientId, key: privateKey })),
        )
      }
      await received(total)
    }),
    through: await phase(router, total, async () => {
      await fill()
      await received(2 * total)
    }),
    routerPeakRssMB: (await router.usage()).peakRssMB,
  }
  await Promise.all(pairs.flatMap(({ sender, recipient }) => [sender.close(), recipient.close()]))
  await router.stop()
  return result
}

async function phase(router: Child<RouterCalls>, messages: number, work: () => Promise<unknown>): Promise<Phase> {
  const before = { own: usage(), router: await router.usage(), count: await router.ask('statistics') }
  const started = performance.now()
  await work()
  const seconds = (performance.now() - started) / 1000
  const count = await router.ask('statistics')
  return {
    messagesPerSecond: figure(messages / seconds),
    blocksInPerSecond: figure((count.blocksIn - before.count.blocksIn) / seconds),
    blocksOutPerSecond: figure((count.blocksOut - before.count.blocksOut) / seconds),
    routerCpuMsPerMessage: figure(((await router.usage()).cpuMs - before.router.cpuMs) / messages),
    clientCpuMsPerMessage: figure((usage().cpuMs - before.own.cpuMs) / messages),
  }
}

async function createPair(env: Env, address: RouterAddress, count: number, arrived: () => void): Promise<Pair> {
  const keys = new Map<string, KeyPair<'Ed25519'>>()
  const nothing: SmpClientEvents = { message() {}, end() {}, deleted() {}, up() {}, down() {}, refused() {} }
  const sender = createSmpClient(env, nothing)
  const recipient: SmpClient = createSmpClient(env, {
    ...nothing,
    message(_, recipientId, { msgId }) {
      arrived()
      const key = keys.get(hex(recipientId))!.privateKey
      recipient.acknowledge(address, recipientId, key, msgId.slice()).catch(() => {})
    },
  })
  const queues = await Promise.all(Array.from({ length: count }, () => createQueue(env, recipient, address)))
  for (const queue of queues) keys.set(hex(queue.recipientId), queue.recipient)
  await Promise.all(
    queues.map(({ senderId, sender: { privateKey: key, publicKey } }) =>
      sender.request(address, { entityId: senderId, key, command: { type: 'SKEY', key: publicKey } }),
    ),
  )
  return { sender, recipient, queues }
}

async function createQueue(env: Env, client: SmpClient, address: RouterAddress): Promise<BenchQueue> {
  const recipient = generateKeyPair('Ed25519', env.random)
  const answer = await client.request(address, {
    entityId: EMPTY,
    key: recipient.privateKey,
    command: {
      type: 'NEW',
      key: recipient.publicKey,
      dhKey: generateKeyPair('X25519', env.random).publicKey,
      subscribe: false,
      queue: { mode: 'messaging' },
    },
  })
  if (answer.type !== 'IDS') throw new Error(`NEW was answered ${answer.type}`)
  const sender = generateKeyPair('Ed25519', env.random)
  return { recipient, sender, recipientId: concat(answer.recipientId), senderId: concat(answer.senderId) }
}

/** Keeps the connection full, as a bulk sender would. */
async function fillQueues({ sender, queues }: Pair, address: RouterAddress, count: number, body: Uint8Array) {
  const answers: Promise<unknown>[] = []
  for (let i = 0; i < count; i++) {
    const { senderId, sender: keys } = queues[i % queues.length]!
    const request: SmpRequest = {
      entityId: senderId,
      key: keys.privateKey,
      command: { type: 'SEND', flags: { notification: false }, body },
    }
    await sender.whenRoom(address)
    answers.push(sender.request(address, request))
  }
  await Promise.all(answers)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
