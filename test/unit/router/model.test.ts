import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EMPTY, fromUtf8, hex, utf8 } from '../../../core/codec/bytes.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import type { Command } from '../../../core/smp/commands.ts'
import type { BrokerMessage } from '../../../core/smp/messages.ts'
import { makeQueue, makeWorld, type TestClient, type TestQueue, type World } from './world.ts'

/**
 * The router against a model of smp §6.5 and §6.6 that keeps everything in plain lists: any commands of several
 * connections, with restarts and lost connections in between, are answered alike and cause the same events.
 */
const QUOTA = 3
const EVENTS_DUE = 15_000

interface Message {
  readonly text: string
  /** Known once it was delivered. */
  id: Uint8Array | undefined
}

interface Subscription {
  readonly mode: 'subscribed' | 'get'
  delivered: Message | undefined
}

/** A connection: what it is subscribed to and what it must hear. */
interface Connection {
  readonly client: TestClient
  readonly subscriptions: Map<Model, Subscription>
  expected: string[]
  later: string[]
}

/** A queue: both sides' keys and the messages that wait. */
class Model {
  readonly queue: TestQueue
  readonly name: string
  readonly senderKey: ReturnType<typeof generateKeyPair<'Ed25519'>>
  readonly messages: Message[] = []
  secured = false
  off = false
  gone = false
  canWrite = true
  owner: Connection | undefined

  constructor(world: World, queue: TestQueue, name: string) {
    this.queue = queue
    this.name = name
    this.senderKey = generateKeyPair('Ed25519', world.env.random)
  }

  /** smp §6.6; undefined where it is refused. */
  write(text: string): Message | undefined {
    if (!this.canWrite && this.messages.length > 0) return undefined
    this.canWrite = this.messages.length < QUOTA
    const message = { text: this.canWrite ? text : 'QUOTA', id: undefined }
    this.messages.push(message)
    return this.canWrite ? message : undefined
  }
}

class Network {
  readonly world = makeWorld({ limits: { quota: QUOTA } })
  connections: Connection[] = []
  readonly queues: Model[] = []
  sent = 0

  constructor() {
    for (let i = 0; i < 3; i++) this.connect(i)
    for (const [i, mode] of (['messaging', 'contact'] as const).entries()) {
      const by = this.connections[i]!
      const model = new Model(this.world, makeQueue(this.world, by.client, { queue: { mode } }), `q${i}`)
      by.subscriptions.set(model, { mode: 'subscribed', delivered: undefined })
      model.owner = by
      this.queues.push(model)
    }
  }

  connect(place: number): void {
    const version = [18, 15, 9][place]!
    this.connections[place] = {
      client: this.world.connect(version),
      subscriptions: new Map(),
      expected: [],
      later: [],
    }
  }

  disconnect(place: number): void {
    const { client, subscriptions } = this.connections[place]!
    for (const [queue, { mode }] of subscriptions) if (mode === 'subscribed') queue.owner = undefined
    client.disconnect()
    this.connect(place)
  }

  restart(): void {
    for (const queue of this.queues) queue.owner = undefined
    this.world.restart()
    for (const place of this.connections.keys()) this.connect(place)
  }

  wait(): void {
    this.world.advance(EVENTS_DUE)
    for (const connection of this.connections) {
      connection.expected.push(...connection.later)
      connection.later = []
    }
  }

  deliver(subscription: Subscription, queue: Model): string {
    subscription.delivered = queue.messages[0]
    return subscription.delivered === undefined ? 'OK' : `MSG ${queue.name} ${subscription.delivered.text}`
  }

  subscribe(by: Connection, queue: Model): string {
    if (by.subscriptions.get(queue)?.mode === 'get') return 'CMD PROHIBITED'
    if (queue.owner !== undefined && queue.owner !== by) {
      queue.owner.subscriptions.delete(queue)
      queue.owner.later.push(`END ${queue.name}`)
    }
    queue.owner = by
    const subscription: Subscription = { mode: 'subscribed', delivered: undefined }
    by.subscriptions.set(queue, subscription)
    const message = this.deliver(subscription, queue)
    if (message !== 'OK') by.expected.push(message)
    return 'SOK'
  }

  get(by: Connection, queue: Model): string {
    const known = by.subscriptions.get(queue)
    if (known?.mode === 'subscribed') return 'CMD PROHIBITED'
    const subscription: Subscription = known ?? { mode: 'get', delivered: undefined }
    by.subscriptions.set(queue, subscription)
    return this.deliver(subscription, queue)
  }

  acknowledge(by: Connection, queue: Model, id: Uint8Array): string {
    const subscription = by.subscriptions.get(queue)
    const delivered = subscription?.delivered
    if (subscription === undefined || delivered === undefined) return 'NO_MSG'
    if (id.length > 0 && hex(id) !== hex(delivered.id!)) return 'NO_MSG'
    subscription.delivered = undefined
    const head = queue.messages[0]
    if (id.length > 0 && head?.id !== undefined && hex(head.id) === hex(id)) queue.messages.shift()
    return subscription.mode === 'get' ? 'OK' : this.deliver(subscription, queue)
  }

  send(queue: Model, signed: boolean, text: string): string {
    if (signed !== queue.secured || queue.off) return 'AUTH'
    const wasEmpty = queue.messages.length === 0
    const message = queue.write(text)
    if (message === undefined) return 'QUOTA'
    const subscription = wasEmpty ? queue.owner?.subscriptions.get(queue) : undefined
    if (subscription !== undefined && subscription.delivered === undefined) {
      queue.owner!.expected.push(this.deliver(subscription, queue))
    }
    return 'OK'
  }

  remove(by: Connection, queue: Model): string {
    queue.gone = true
    if (queue.owner !== undefined && queue.owner !== by) {
      queue.owner.subscriptions.delete(queue)
      queue.owner.later.push(`DELD ${queue.name}`)
    }
    by.subscriptions.delete(queue)
    return 'OK'
  }

  /** What the router says, in the model's words; message ids are learned and compared on the way. */
  words(entity: Uint8Array, message: BrokerMessage | Error): string {
    if (message instanceof Error) throw message
    const queue = this.queues.find(({ queue }) => hex(queue.recipientId) === hex(entity))
    if (message.type === 'END' || message.type === 'DELD') return `${message.type} ${queue?.name}`
    if (message.type === 'ERR') return message.error.type === 'CMD' ? `CMD ${message.error.error}` : message.error.type
    if (message.type !== 'MSG') return message.type
    const body = queue!.queue.open(message)
    const text = body.type === 'quota' ? 'QUOTA' : fromUtf8(body.body)!
    const known = queue!.messages.find((one) => one.text === text)
    expect(hex(known!.id ?? message.msgId)).toBe(hex(message.msgId))
    known!.id = message.msgId.slice()
    return `MSG ${queue!.name} ${text}`
  }
}

type Step = readonly [action: number, connection: number, queue: number, variant: number]

function step(network: Network, [action, place, which, variant]: Step): void {
  const by = network.connections[place]!
  const queue = network.queues[which]!
  const { queue: ids, senderKey } = queue
  const ask = (command: Command, options: Parameters<TestClient['ask']>[1], predicted: () => string): void => {
    const old = by.client.session.version < 16
    const expected = queue.gone ? 'AUTH' : predicted()
    const entity = options?.entity ?? EMPTY
    const answered = network.words(entity, by.client.ask(command, options))
    expect(answered).toBe(old && expected === 'SOK' ? 'OK' : expected)
  }
  const recipient = (command: Command, predicted: () => string) => ask(command, ids.forRecipient, predicted)
  const sender = (command: Command, signed: boolean, predicted: () => string) =>
    ask(command, signed ? { ...ids.forSender, key: senderKey.privateKey } : ids.forSender, predicted)

  const send = (): void => {
    const text = `m${network.sent++}`
    const signed = variant === 0 ? !queue.secured : queue.secured
    const command: Command = { type: 'SEND', flags: { notification: false }, body: utf8(text) }
    sender(command, signed, () => network.send(queue, signed, text))
  }
  const acknowledge = (): void => {
    const delivered = by.subscriptions.get(queue)?.delivered?.id
    const head = queue.messages[0]?.id
    const msgId = [utf8('wrong'), EMPTY, head, delivered, delivered][variant] ?? utf8('none')
    recipient({ type: 'ACK', msgId }, () => network.acknowledge(by, queue, msgId))
  }
  const secured = (): string => {
    queue.secured = true
    return 'OK'
  }
  const suspended = (): string => {
    queue.off = true
    return 'OK'
  }
  const key = senderKey.publicKey
  const actions: readonly (() => void)[] = [
    send,
    send,
    send,
    acknowledge,
    acknowledge,
    acknowledge,
    () => recipient({ type: 'SUB' }, () => network.subscribe(by, queue)),
    () => recipient({ type: 'GET' }, () => network.get(by, queue)),
    () => recipient({ type: 'KEY', key }, secured),
    () => sender({ type: 'SKEY', key }, true, () => (queue.name === 'q0' ? secured() : 'AUTH')),
    () => (variant > 1 ? network.wait() : network.disconnect(place)),
    () => (variant > 1 ? network.wait() : network.restart()),
    () => variant === 0 && recipient({ type: 'OFF' }, suspended),
    () => variant === 0 && recipient({ type: 'DEL' }, () => network.remove(by, queue)),
  ]
  actions[action]!()
}

test('any commands of several connections are answered as the model says', () => {
  const steps = fc.array(fc.tuple(fc.nat(13), fc.nat(2), fc.nat(1), fc.nat(4)), { minLength: 20, maxLength: 120 })
  fc.assert(
    fc.property(steps, (sequence) => {
      const network = new Network()
      for (const one of sequence) {
        step(network, one)
        for (const connection of network.connections) {
          const heard = connection.client.events().map(({ entityId, message }) => network.words(entityId, message))
          const below10 = connection.client.session.version < 10
          const expected = connection.expected.map((event) => (below10 ? event.replace('DELD', 'END') : event))
          expect(heard).toEqual(expected)
          connection.expected = []
        }
      }
    }),
    { seed: 65, numRuns: 120 },
  )
})
