import { equal, fromUtf8, utf8 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import type { KeyPair } from '../../../core/codec/keys.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { boxKey } from '../../../core/crypto/box.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import type { Env } from '../../../core/env/env.ts'
import { wait } from '../../../core/env/wait.ts'
import type { RouterAddress } from '../../../core/smp/address.ts'
import { openReceivedBody } from '../../../core/smp/body.ts'
import type { DeliveredMessage, SmpClient } from '../../../core/smp/client/api.ts'
import { createSmpClient } from '../../../core/smp/client/client.ts'
import type { BrokerMessage } from '../../../core/smp/messages.ts'
import { mustHold, type Scenario } from '../scenario.ts'
import { makeTrouble, supervise } from '../supervise.ts'
import type { World } from '../world.ts'
import { routerHost } from './router-host.ts'

/**
 * One router and pairs of a sender and a recipient over bare queues. The router crashes and is started again on the
 * same files, connections break, recipients lose everything but what they have committed. At the end every queue has
 * handed out every message that it accepted, in order; nothing that was acknowledged comes again, and a message comes
 * twice only where its sender could not know whether the first attempt had arrived.
 */
export const queues: Scenario = {
  name: 'queues',
  steps: 200,
  world: { link: { split: 0.1 } },
  play,
}

const QUEUES = 4
const QUOTA = 16
const TROUBLE = 120_000

/** What both ends of a queue keep through crashes. */
interface Line {
  readonly recipientName: string
  readonly senderName: string
  readonly recipientKey: KeyPair<'Ed25519'>
  readonly senderKey: KeyPair<'Ed25519'>
  queue: { readonly recipientId: Uint8Array; readonly senderId: Uint8Array; readonly secret: Uint8Array } | undefined
  /** Number of the next message to send. */
  next: number
  /** Messages sent again because the answer to the first attempt was lost. */
  unsure: number
  readonly received: number[]
  lastId: Uint8Array | undefined
  /** Ids whose ACK the router confirmed. */
  readonly acknowledged: Set<string>
  redelivered: number
}

async function play(world: World, steps: number): Promise<Record<string, number>> {
  const { host: router, address } = await routerHost(world, 'router', QUOTA)
  const lines = Array.from({ length: QUEUES }, (_, index) => createLine(world, index))
  const recipients = lines.map((line) =>
    supervise(world, line.recipientName, (env) => receive(world, env, address, line)),
  )
  await world.runUntil(() => lines.every((line) => line.queue !== undefined))
  makeTrouble(world, {
    hosts: [router, ...recipients],
    links: lines.flatMap((line) => [['router', line.recipientName] as const, ['router', line.senderName] as const]),
    every: 2500,
    until: world.now + TROUBLE,
  })
  const count = Math.ceil(steps / QUEUES)
  const sending = Promise.all(lines.map((line) => send(world.host(line.senderName), address, line, count)))
  await world.wait(sending, 3_600_000)
  await world.runUntil(() => lines.every((line) => new Set(line.received).size === count), 3_600_000)
  for (const line of lines) check(line, count)
  return {
    sent: count * QUEUES,
    crashes: [router, ...recipients].reduce((sum, host) => sum + host.crashes, 0),
    unsure: lines.reduce((sum, line) => sum + line.unsure, 0),
    redelivered: lines.reduce((sum, line) => sum + line.redelivered, 0),
  }
}

function createLine(world: World, index: number): Line {
  const random = world.random.bytes
  world.host(`sender-${index}`)
  return {
    recipientName: `recipient-${index}`,
    senderName: `sender-${index}`,
    recipientKey: generateKeyPair('Ed25519', random),
    senderKey: generateKeyPair('Ed25519', random),
    queue: undefined,
    next: 1,
    unsure: 0,
    received: [],
    lastId: undefined,
    acknowledged: new Set(),
    redelivered: 0,
  }
}

/** Messages stand in the order in which they were sent, all of them, and no more twice than the sender allows. */
function check(line: Line, count: number): void {
  const firsts = [...new Set(line.received)]
  mustHold(
    firsts.every((number, index) => number === index + 1) && firsts.length === count,
    () => `${line.recipientName} received ${line.received.join(' ')}`,
  )
  const doubles = line.received.length - firsts.length
  mustHold(doubles <= line.unsure, () => `${line.recipientName}: ${doubles} doubles, ${line.unsure} unsure sends`)
}

/** A recipient: commits a message, then acknowledges it. */
async function receive(world: World, env: Env, address: RouterAddress, line: Line): Promise<void> {
  const client = createSmpClient(env, {
    message: (_, recipientId, message) => void take(recipientId, message).catch(world.fail),
    end: () => {},
    deleted: () => world.fail(new Error('a queue was deleted')),
    up: () => {},
    down: () => {},
    refused: (_, __, error) => world.fail(error),
  })

  async function take(recipientId: Uint8Array, message: DeliveredMessage): Promise<void> {
    if (!world.alive(line.recipientName)) return
    const id = Buffer.from(message.msgId).toString('hex')
    mustHold(!line.acknowledged.has(id), () => `${line.recipientName}: an acknowledged message came again`)
    if (line.lastId !== undefined && equal(line.lastId, message.msgId)) {
      line.redelivered++
    } else {
      const opened = openReceivedBody(line.queue!.secret, message.msgId, message.body)
      // Committed here: whatever happens after this is allowed to happen again.
      line.lastId = message.msgId
      if (opened.type === 'message') line.received.push(Number(fromUtf8(opened.body)))
    }
    await wait(env.clock, env.random(1)[0]!)
    try {
      await client.request(address, {
        entityId: recipientId,
        key: line.recipientKey.privateKey,
        command: { type: 'ACK', msgId: message.msgId },
      })
      line.acknowledged.add(id)
    } catch (error) {
      // NO_MSG: the session that delivered it is over. It comes again.
      if (!(error instanceof HearthError) || (!error.temporary && error.code !== 'NO_MSG')) throw error
    }
  }

  if (line.queue === undefined) line.queue = await createQueue(env, client, address, line)
  client.subscribe(address, [{ recipientId: line.queue.recipientId, key: line.recipientKey.privateKey }])
}

async function createQueue(env: Env, client: SmpClient, address: RouterAddress, line: Line) {
  const dh = generateKeyPair('X25519', env.random)
  const answer = await client.request(address, {
    entityId: new Uint8Array(0),
    key: line.recipientKey.privateKey,
    command: {
      type: 'NEW',
      key: line.recipientKey.publicKey,
      dhKey: dh.publicKey,
      subscribe: false,
      queue: { mode: 'messaging' },
    },
  })
  mustHold(answer.type === 'IDS', () => `NEW was answered ${answer.type}`)
  const { recipientId, senderId, dhKey } = answer as Extract<BrokerMessage, { type: 'IDS' }>
  return { recipientId: recipientId.slice(), senderId: senderId.slice(), secret: boxKey(agree(dh.privateKey, dhKey)) }
}

/** A sender: the next message when the last was accepted; again where it cannot know. */
async function send(env: Env, address: RouterAddress, line: Line, count: number): Promise<void> {
  const nothing = () => {}
  const client = createSmpClient(env, {
    message: nothing,
    end: nothing,
    deleted: nothing,
    up: nothing,
    down: nothing,
    refused: nothing,
  })
  const { senderId } = line.queue!
  await persistently(env, () =>
    client.request(address, {
      entityId: senderId,
      key: line.senderKey.privateKey,
      command: { type: 'SKEY', key: line.senderKey.publicKey },
    }),
  )
  while (line.next <= count) {
    const body = utf8(String(line.next))
    await persistently(
      env,
      () =>
        client.request(address, {
          entityId: senderId,
          key: line.senderKey.privateKey,
          command: { type: 'SEND', flags: { notification: false }, body },
        }),
      () => line.unsure++,
    )
    line.next++
    await wait(env.clock, 10 * env.random(1)[0]!)
  }
}

/** Tries until it succeeds. A full queue and a failed connection are waited out; anything else is an error. */
async function persistently(env: Env, attempt: () => Promise<BrokerMessage>, unsure: () => void = () => {}) {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof HearthError)) throw error
      if (error.kind === 'network' && (error.code === 'timeout' || error.code === 'disconnected')) unsure()
      else if (!(error.kind === 'router' && error.code === 'QUOTA') && !error.temporary) throw error
      await wait(env.clock, 500)
    }
  }
}
