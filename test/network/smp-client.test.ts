import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fromUtf8, hex, utf8 } from '../../core/codec/bytes.ts'
import type { PrivateKey } from '../../core/codec/keys.ts'
import { agree } from '../../core/crypto/agreement.ts'
import { boxKey } from '../../core/crypto/box.ts'
import { generateKeyPair } from '../../core/crypto/keypair.ts'
import { realEnv } from '../../core/env/real.ts'
import { silentLog } from '../../core/env/silent.ts'
import { type RunningRouter, startRouter } from '../../core/router/server.ts'
import type { RouterAddress } from '../../core/smp/address.ts'
import { openReceivedBody } from '../../core/smp/body.ts'
import type { SmpClient, SmpRequest } from '../../core/smp/client/api.ts'
import { createSmpClient } from '../../core/smp/client/client.ts'
import type { SmpClientOptions } from '../../core/smp/client/options.ts'
import type { AuthAlgorithm, MessageFlags } from '../../core/smp/commands.ts'

const env = realEnv({ log: silentLog })
const FLAGS: MessageFlags = { notification: false }
const NONE = new Uint8Array(0)

interface Queue {
  readonly recipientId: Uint8Array
  readonly senderId: Uint8Array
  readonly key: PrivateKey<AuthAlgorithm>
  readonly secret: Uint8Array
}

let dir: string
let router: RunningRouter
let clients: SmpClient[] = []
let queues: Map<string, Queue>
let seen: string[]
/** Texts received, acknowledged as they come. */
let received: string[]
let acknowledged: number

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hearth-smp-client-'))
  router = await start(0)
  queues = new Map()
  seen = []
  received = []
  acknowledged = 0
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await router.stop()
  clients = []
  rmSync(dir, { recursive: true })
})

function start(port: number): Promise<RunningRouter> {
  return startRouter(env, { dir, port, listen: '127.0.0.1', limits: { eventInterval: 50 } })
}

function createClient(options: Partial<SmpClientOptions> = {}): SmpClient {
  const client = createSmpClient(
    env,
    {
      message(address, recipientId, { msgId, body }) {
        const queue = queues.get(hex(recipientId))!
        const opened = openReceivedBody(queue.secret, msgId, body)
        received.push(opened.type === 'message' ? (fromUtf8(opened.body) ?? '?') : 'QUOTA')
        client.acknowledge(address, recipientId, queue.key, msgId).then(
          () => acknowledged++,
          () => seen.push('ack failed'),
        )
      },
      end: () => void seen.push('end'),
      deleted: () => void seen.push('deleted'),
      up: (_, ids) => void seen.push(`up ${ids.length}`),
      down: (_, ids) => void seen.push(`down ${ids.length}`),
      refused: (_, __, error) => void seen.push(`refused ${error.code}`),
    },
    options,
  )
  clients.push(client)
  return client
}

async function createQueue(client: SmpClient, algorithm: AuthAlgorithm = 'Ed25519', subscribe = true): Promise<Queue> {
  const { publicKey, privateKey: key } = generateKeyPair(algorithm, env.random)
  const dh = generateKeyPair('X25519', env.random)
  const ids = await client.request(router.address, {
    entityId: NONE,
    key,
    command: { type: 'NEW', key: publicKey, dhKey: dh.publicKey, subscribe, queue: { mode: 'messaging' } },
  })
  if (ids.type !== 'IDS') throw new Error(ids.type)
  const { recipientId, senderId } = ids
  const queue = { recipientId, senderId, key, secret: boxKey(agree(dh.privateKey, ids.dhKey)) }
  queues.set(hex(recipientId), queue)
  return queue
}

/** Secures a queue from the sender's side and says how to send to it. */
async function secure(client: SmpClient, queue: Queue, algorithm: AuthAlgorithm = 'Ed25519') {
  const { publicKey, privateKey: key } = generateKeyPair(algorithm, env.random)
  await client.request(router.address, { entityId: queue.senderId, key, command: { type: 'SKEY', key: publicKey } })
  return (text: string): SmpRequest => ({
    entityId: queue.senderId,
    key,
    command: { type: 'SEND', flags: FLAGS, body: utf8(text) },
  })
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, n) => `message ${n}`)

test.each(['Ed25519', 'Ed448', 'X25519'] as const)(
  'messages of a queue with %s keys arrive in order',
  async (algorithm) => {
    const [recipient, sender] = [createClient(), createClient()]
    const queue = await createQueue(recipient, algorithm)
    recipient.subscribed(router.address, queue)
    expect(recipient.subscriptionState(router.address, queue.recipientId)).toBe('active')
    const message = await secure(sender, queue, algorithm)
    for (const text of texts(20)) await sender.request(router.address, message(text))
    await vi.waitFor(() => expect(received).toEqual(texts(20)))
  },
)

test('many queues: created, subscribed and filled at once', async () => {
  const [recipient, sender] = [createClient(), createClient({ maxFlight: 64 })]
  const all = await Promise.all(Array.from({ length: 300 }, () => createQueue(recipient, 'Ed25519', false)))
  recipient.subscribe(router.address, all)
  await vi.waitFor(() => expect(seen).toEqual(['up 300']))
  const senders = await Promise.all(all.map((queue) => secure(sender, queue)))
  const sent = texts(3).flatMap((text) => senders.map((message) => message(text)))
  const outcomes = await sender.requestMany(router.address, sent)
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
  await vi.waitFor(() => expect(received).toHaveLength(900), 10_000)
  expect(seen).toEqual(['up 300'])
})

test('a queue that is full, and drained', async () => {
  const [recipient, sender] = [createClient(), createClient()]
  const queue = await createQueue(recipient, 'Ed25519', false)
  const message = await secure(sender, queue)
  for (const text of texts(128)) await sender.request(router.address, message(text))
  const refused = { kind: 'router', code: 'QUOTA', temporary: true }
  await expect(sender.request(router.address, message('one too many'))).rejects.toMatchObject(refused)
  recipient.subscribe(router.address, [queue])
  await vi.waitFor(() => expect(received).toEqual([...texts(128), 'QUOTA']), 10_000)
  await sender.request(router.address, message('again'))
  await vi.waitFor(() => expect(received.at(-1)).toBe('again'))
})

test('the router goes away and comes back', async () => {
  const fast = { resubscribe: { initial: 50, increaseAfter: 1000, max: 200 }, failureKept: 20, settledAfter: 0 }
  const [recipient, sender] = [createClient(fast), createClient(fast)]
  const queue = await createQueue(recipient)
  recipient.subscribed(router.address, queue)
  const message = await secure(sender, queue)
  await sender.request(router.address, message('before'))
  await vi.waitFor(() => expect(acknowledged).toBe(1))
  await router.stop()
  await vi.waitFor(() => expect(seen).toEqual(['down 1']))
  await expect(sender.request(router.address, message('lost'))).rejects.toMatchObject({
    kind: 'network',
    temporary: true,
  })
  router = await start(router.port)
  await vi.waitFor(() => expect(seen).toEqual(['down 1', 'up 1']), 5000)
  await vi.waitFor(() => sender.request(router.address, message('after')), 5000)
  await vi.waitFor(() => expect(received).toEqual(['before', 'after']))
})

test('another client takes the subscription, then deletes the queue', async () => {
  const [first, second] = [createClient(), createClient()]
  const queue = await createQueue(first, 'Ed25519', false)
  first.subscribe(router.address, [queue])
  await vi.waitFor(() => expect(seen).toEqual(['up 1']))
  second.subscribe(router.address, [queue])
  await vi.waitFor(() => expect(new Set(seen)).toContain('end'), 20_000)
  expect(first.subscriptionState(router.address, queue.recipientId)).toBe('none')
  await second.request(router.address, { entityId: queue.recipientId, key: queue.key, command: { type: 'DEL' } })
  first.subscribe(router.address, [queue])
  await vi.waitFor(() => expect(seen).toContain('refused AUTH'))
})

test('a router that never answers delays nobody', async () => {
  const silent = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  const dead: RouterAddress = { ...router.address, port: String(port) }
  const client = createClient({ connectTimeout: { background: 2000, interactive: 1000 } })
  const lost = client.request(dead, { entityId: NONE, command: { type: 'PING' } })
  const answers = Promise.all(
    texts(10).map(() => client.request(router.address, { entityId: NONE, command: { type: 'PING' } })),
  )
  expect(await Promise.race([answers, lost.catch(() => 'dead first')])).toHaveLength(10)
  await expect(lost).rejects.toMatchObject({ kind: 'network', code: 'timeout' })
  silent.close()
})

test('a router with another identity is refused', async () => {
  const client = createClient()
  const wrong = { ...router.address, keyHash: new Uint8Array(32) }
  await expect(client.request(wrong, { entityId: NONE, command: { type: 'PING' } })).rejects.toMatchObject({
    temporary: false,
  })
})
