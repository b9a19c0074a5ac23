import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { concat, hex, utf8 } from '../../../core/codec/bytes.ts'
import type { HearthError } from '../../../core/codec/error.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import type { Env } from '../../../core/env/env.ts'
import type { DeliveredMessage, SmpClient, SmpClientEvents, SmpRequest } from '../../../core/smp/client/api.ts'
import { createSmpClient } from '../../../core/smp/client/client.ts'
import type { SmpClientOptions } from '../../../core/smp/client/options.ts'
import type { CommandType } from '../../../core/smp/commands.ts'
import type { BrokerMessage } from '../../../core/smp/messages.ts'
import { createWorld, type World } from '../../simulation/world.ts'
import { createFakeRouter, type FakeRouter, type Received } from './fake-router.ts'

let world: World
let env: Env
let router: FakeRouter
let client: SmpClient
let seen: string[]
let messages: { id: string; message: DeliveredMessage }[]

beforeEach(() => {
  world = createWorld('client')
  env = world.host('client')
  router = createFakeRouter(env, 'router')
  seen = []
  messages = []
  client = clientOf(router)
})

afterEach(() => world.dispose())

function clientOf(...routers: FakeRouter[]): SmpClient {
  return clientWith({}, ...routers)
}

function clientWith(options: Partial<SmpClientOptions>, ...routers: FakeRouter[]): SmpClient {
  const events: SmpClientEvents = {
    message: (_, id, message) => void messages.push({ id: hex(id), message }),
    end: (_, id) => void seen.push(`end ${hex(id)}`),
    deleted: (_, id) => void seen.push(`deleted ${hex(id)}`),
    up: (_, ids) => void seen.push(`up ${ids.map(hex).join()}`),
    down: (_, ids) => void seen.push(`down ${ids.map(hex).join()}`),
    refused: (_, id, error) => void seen.push(`refused ${hex(id)} ${error.code}`),
  }
  return createSmpClient(env, events, {
    connect: (e, address, limits) =>
      routers.find((r) => r.address.hosts[0] === address.hosts[0])!.connect(e, address, limits),
    ...options,
  })
}

const key = generateKeyPair('Ed25519', (size) => new Uint8Array(size).fill(3)).privateKey
const dhKey = generateKeyPair('X25519', (size) => new Uint8Array(size).fill(4)).publicKey

/** 24-byte id of a number. */
function id(n: number): Uint8Array {
  const bytes = new Uint8Array(24)
  new DataView(bytes.buffer).setUint32(0, n)
  return bytes
}

const queue = (n: number) => ({ recipientId: id(n), key })
const ack = (n: number): SmpRequest => ({ entityId: id(n), key, command: { type: 'ACK', msgId: id(n) } })
const send = (n: number): SmpRequest => ({
  entityId: id(n),
  key,
  command: { type: 'SEND', flags: { notification: false }, body: utf8('message') },
})
const msg = (n: number, text = 'body'): BrokerMessage => ({ type: 'MSG', msgId: id(n), body: utf8(text) })

/** How the router answers commands of this type, instead of friendly. */
function on(type: CommandType, answer: (received: Received) => BrokerMessage | undefined): void {
  const others = router.answer
  router.answer = (received) => (received.command.type === type ? answer(received) : others(received))
}

function failure(promise: Promise<unknown>): Promise<HearthError> {
  return promise.then(
    () => {
      throw new Error('did not fail')
    },
    (error: HearthError) => error,
  )
}

function failureOf(promise: Promise<unknown>): Promise<HearthError> {
  return world.wait(failure(promise))
}

/** Subscribes queues and waits until they are active. */
async function subscribed(...numbers: number[]): Promise<void> {
  client.subscribe(router.address, numbers.map(queue))
  await world.runUntil(() => numbers.every((n) => client.subscriptionState(router.address, id(n)) === 'active'))
}

describe('commands', () => {
  test('one command, one answer', async () => {
    expect(await world.wait(client.request(router.address, ack(1)))).toEqual({ type: 'OK' })
    expect(router.attempts).toBe(1)
    expect(router.blocks).toEqual([['ACK']])
  })

  test('what the router refuses', async () => {
    on('ACK', () => ({ type: 'ERR', error: { type: 'AUTH' } }))
    on('SEND', () => ({ type: 'ERR', error: { type: 'QUOTA' } }))
    expect(await failureOf(client.request(router.address, ack(1)))).toMatchObject({
      kind: 'router',
      code: 'AUTH',
      temporary: false,
    })
    expect(await failureOf(client.request(router.address, send(1)))).toMatchObject({
      kind: 'router',
      code: 'QUOTA',
      temporary: true,
    })
  })

  test('an answer about another entity', async () => {
    on('ACK', ({ session, corrId }) => {
      session.push(id(2), { type: 'OK' }, corrId)
      return undefined
    })
    expect(await failureOf(client.request(router.address, ack(1)))).toMatchObject({
      kind: 'protocol',
      code: 'UNEXPECTED',
    })
  })

  test('an answer that cannot be read, a broken block, an answer to nothing', async () => {
    on('ACK', ({ session, corrId, entityId }) => {
      session.pushBlock(Uint8Array.of(9, 9))
      session.push(id(7), { type: 'OK' }, id(99))
      const transmission = concat(Uint8Array.of(0, 24), corrId, Uint8Array.of(24), entityId, utf8('WHAT'))
      session.pushBlock(concat(Uint8Array.of(1, 0, transmission.length), transmission))
      return undefined
    })
    expect(await failureOf(client.request(router.address, ack(1)))).toMatchObject({
      kind: 'protocol',
      code: 'RESPONSE',
    })
    expect(await world.wait(client.request(router.address, send(1)))).toEqual({ type: 'OK' })
  })

  test('outcomes of many, in order', async () => {
    on('ACK', ({ entityId }) => (entityId[3] === 2 ? { type: 'ERR', error: { type: 'AUTH' } } : { type: 'OK' }))
    const outcomes = await world.wait(client.requestMany(router.address, [ack(1), ack(2), ack(3)]))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(router.blocks).toEqual([['ACK', 'ACK', 'ACK']])
  })

  test('a command that cannot be encoded fails alone', async () => {
    const large: SmpRequest = { entityId: id(1), command: { type: 'ACK', msgId: new Uint8Array(300) } }
    const outcomes = await world.wait(client.requestMany(router.address, [ack(2), large, ack(3)]))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('NO_MSG after ACK is a success', async () => {
    on('ACK', () => ({ type: 'ERR', error: { type: 'NO_MSG' } }))
    await world.wait(client.acknowledge(router.address, id(1), key, id(1)))
    on('ACK', () => ({ type: 'ERR', error: { type: 'AUTH' } }))
    expect((await failureOf(client.acknowledge(router.address, id(1), key, id(1)))).code).toBe('AUTH')
  })

  test('a message in the answer to ACK or GET goes where messages go', async () => {
    on('ACK', () => msg(5))
    on('GET', () => msg(6))
    await world.wait(client.acknowledge(router.address, id(1), key, id(1)))
    const answer = await world.wait(client.request(router.address, { entityId: id(2), key, command: { type: 'GET' } }))
    expect(answer.type).toBe('MSG')
    expect(messages.map((m) => [m.id, hex(m.message.msgId)])).toEqual([
      [hex(id(1)), hex(id(5))],
      [hex(id(2)), hex(id(6))],
    ])
  })

  test('a handler that throws stops nothing', async () => {
    const broken = createSmpClient(
      env,
      {
        message() {
          throw new Error('broken')
        },
        end() {},
        deleted() {},
        up() {},
        down() {},
        refused() {},
      },
      { connect: router.connect },
    )
    on('ACK', () => msg(5))
    expect(await world.wait(broken.requestMany(router.address, [ack(1), ack(2)]))).toHaveLength(2)
    expect(world.log.filter(({ event }) => event === 'smp.handler')).toHaveLength(2)
  })
})

describe('blocks', () => {
  test('commands of one tick share blocks, those for one queue do not', async () => {
    await world.wait(client.request(router.address, ack(0)))
    const acks = Array.from({ length: 300 }, (_, n) => ack(n))
    await world.wait(Promise.all([...acks, ack(7)].map((request) => client.request(router.address, request))))
    const sizes = router.blocks.slice(1).map(({ length }) => length)
    expect(sizes.reduce((a, b) => a + b)).toBe(301)
    expect(sizes.length).toBeLessThanOrEqual(4)

    router.blocks.length = 0
    await world.wait(Promise.all([client.request(router.address, ack(1)), client.request(router.address, ack(1))]))
    expect(router.blocks).toEqual([['ACK'], ['ACK']])
  })

  test('messages go one each, after what is small', async () => {
    await world.wait(client.requestMany(router.address, [send(1), send(2), ack(3), ack(4)]))
    expect(router.blocks).toEqual([['ACK', 'ACK'], ['SEND'], ['SEND']])
  })

  test('flight is bounded, and room says so', async () => {
    client = clientWith({ maxFlight: 8 }, router)
    let inFlight = 0
    let most = 0
    on('SEND', ({ session, corrId, entityId }) => {
      most = Math.max(most, ++inFlight)
      env.clock.timer(50, () => {
        inFlight--
        session.push(entityId, { type: 'OK' }, corrId)
      })
      return undefined
    })
    expect(client.room(router.address)).toBe(8)
    const all = client.requestMany(
      router.address,
      Array.from({ length: 40 }, (_, n) => send(n)),
    )
    expect(client.room(router.address)).toBe(0)
    let free = false
    const room = client.whenRoom(router.address).then(() => {
      free = true
    })
    await world.runFor(30)
    expect(free).toBe(false)
    expect((await world.wait(all)).every(({ status }) => status === 'fulfilled')).toBe(true)
    await world.wait(room)
    expect(most).toBe(8)
    expect(client.room(router.address)).toBe(8)
  })

  test('nothing more is written than the system takes', async () => {
    client = clientWith({ maxBuffered: 1000 }, router)
    await world.wait(client.request(router.address, ack(1)))
    router.stalled = true
    const all = client.requestMany(
      router.address,
      Array.from({ length: 100 }, (_, n) => send(n)),
    )
    await world.runFor(100)
    expect(client.room(router.address)).toBe(156)
    router.sessions[0]!.drop()
    expect((await world.wait(all)).every(({ status }) => status === 'rejected')).toBe(true)
    expect(router.blocks).toEqual([['ACK']])
  })
})

describe('connecting', () => {
  test('one attempt for all, one session', async () => {
    await world.wait(Promise.all([1, 2, 3].map((n) => client.request(router.address, ack(n)))))
    expect(router.attempts).toBe(1)
  })

  test('a failure answers for three seconds', async () => {
    router.reachable = 'no'
    const both = [1, 2].map((n) => failure(client.request(router.address, ack(n))))
    const expected = { kind: 'network', code: 'connect', temporary: true }
    expect(await world.wait(Promise.all(both))).toMatchObject([expected, expected])
    await failureOf(client.request(router.address, ack(3)))
    expect(router.attempts).toBe(1)
    router.reachable = 'yes'
    await world.runFor(3000)
    expect(await world.wait(client.request(router.address, ack(4)))).toEqual({ type: 'OK' })
  })

  test('who is interactive waits less for the attempt of another', async () => {
    router.reachable = 'silent'
    const patient = failure(client.request(router.address, ack(1)))
    await world.runFor(1000)
    const before = world.now
    await failureOf(client.request(router.address, ack(2), 'interactive'))
    expect(world.now - before).toBeLessThanOrEqual(15_000)
    expect((await world.wait(patient)).code).toBe('timeout')
  })

  test('a dead router does not delay another', async () => {
    const dead = createFakeRouter(env, 'dead')
    dead.reachable = 'silent'
    client = clientOf(router, dead)
    client.subscribe(dead.address, [queue(1)])
    const lost = failure(client.request(dead.address, send(1)))
    await subscribed(1)
    expect(await world.wait(client.request(router.address, send(1)))).toEqual({ type: 'OK' })
    expect(world.now).toBeLessThan(1000)
    expect((await world.wait(lost)).temporary).toBe(true)
  })

  test('what is in flight fails with the session and the next command makes a new one', async () => {
    on('ACK', () => undefined)
    const lost = failure(client.request(router.address, ack(1)))
    await world.runUntil(() => router.blocks.length === 1)
    router.sessions[0]!.drop()
    expect(await world.wait(lost)).toMatchObject({ kind: 'network', code: 'disconnected', temporary: true })
    await world.wait(client.request(router.address, send(1)))
    expect(router.sessions).toHaveLength(2)
  })

  test('close rejects what is in flight and ends the session', async () => {
    on('ACK', () => undefined)
    const lost = failure(client.request(router.address, ack(1)))
    await world.runUntil(() => router.blocks.length === 1)
    await world.wait(client.close())
    expect((await world.wait(lost)).code).toBe('disconnected')
    expect(router.sessions[0]!.open).toBe(false)
    expect((await failureOf(client.request(router.address, ack(1)))).code).toBe('closed')
  })
})

describe('timeouts', () => {
  test('by mode and command', async () => {
    on('SEND', () => undefined)
    on('ACK', () => undefined)
    await world.wait(client.request(router.address, { entityId: id(1), key, command: { type: 'OFF' } }))
    const start = world.now
    const times: Record<string, number> = {}
    const timed = (name: string, promise: Promise<unknown>) =>
      failure(promise).then((error) => {
        expect(error).toMatchObject({ kind: 'network', code: 'timeout', temporary: true })
        times[name] = Math.round((world.now - start) / 1000)
      })
    const all = [
      timed('interactive SEND', client.request(router.address, send(1), 'interactive')),
      timed('interactive ACK', client.request(router.address, ack(1), 'interactive')),
      timed('background SEND', client.request(router.address, send(2))),
    ]
    await world.runUntil(() => Object.keys(times).length === 3)
    await Promise.all(all)
    expect(times).toEqual({ 'interactive SEND': 10, 'interactive ACK': 30, 'background SEND': 30 })
  })

  test('a late answer to ACK still brings its message', async () => {
    let late: Received | undefined
    on('ACK', (received) => {
      late = received
      return undefined
    })
    expect((await failureOf(client.acknowledge(router.address, id(2), key, id(2)))).code).toBe('timeout')
    late!.session.push(id(2), msg(8), late!.corrId)
    late!.session.push(id(2), msg(8), late!.corrId)
    await world.runFor(100)
    expect(messages.map((m) => [m.id, hex(m.message.msgId)])).toEqual([[hex(id(2)), hex(id(8))]])
  })

  test('a late SUB makes the subscription active', async () => {
    await subscribed(1)
    let late: Received | undefined
    on('SUB', (received) => {
      late ??= received
      return undefined
    })
    client.subscribe(router.address, [queue(2)])
    await world.runFor(30_500)
    expect(client.subscriptionState(router.address, id(2))).toBe('pending')
    late!.session.push(late!.entityId, msg(8), late!.corrId)
    await world.runFor(100)
    expect(client.subscriptionState(router.address, id(2))).toBe('active')
    expect(seen).toEqual([`up ${hex(id(1))}`, `up ${hex(id(2))}`])
    expect(messages.map((m) => m.id)).toEqual([hex(id(2))])
  })

  test('a session that is silent for long is dropped', async () => {
    await subscribed(1)
    router.answer = () => undefined
    await world.runFor(899_000)
    expect(router.sessions).toHaveLength(1)
    expect(router.sessions[0]!.open).toBe(true)
    await world.runUntil(() => !router.sessions[0]!.open, 300_000)
    expect(seen).toEqual([`up ${hex(id(1))}`, `down ${hex(id(1))}`])
  })

  test('PING every ten minutes, once something is subscribed', async () => {
    await world.wait(client.request(router.address, ack(1)))
    await world.runFor(1_300_000)
    expect(router.blocks.flat()).toEqual(['ACK'])
    await subscribed(1)
    await world.runFor(1_210_000)
    expect(router.blocks.flat()).toEqual(['ACK', 'SUB', 'PING', 'PING'])
    expect(router.sessions).toHaveLength(1)
  })
})

describe('subscriptions', () => {
  test('are made, and messages come', async () => {
    await subscribed(1, 2)
    expect(router.blocks).toEqual([['SUB', 'SUB']])
    expect(seen).toEqual([`up ${hex(id(1))},${hex(id(2))}`])
    router.sessions[0]!.push(id(1), msg(1))
    await world.runFor(50)
    expect(messages).toHaveLength(1)
    expect(client.subscriptionState(router.address, id(9))).toBe('none')
  })

  test('older routers answer with the message', async () => {
    on('SUB', ({ entityId }) => (entityId[3] === 1 ? msg(1) : { type: 'OK' }))
    await subscribed(1, 2)
    expect(messages).toHaveLength(1)
  })

  test('go in rounds of 1350', async () => {
    const numbers = Array.from({ length: 3000 }, (_, n) => n)
    let inFlight = 0
    let most = 0
    on('SUB', ({ session, corrId, entityId }) => {
      most = Math.max(most, ++inFlight)
      env.clock.timer(100, () => {
        inFlight--
        session.push(entityId, { type: 'SOK' }, corrId)
      })
      return undefined
    })
    client.subscribe(router.address, numbers.map(queue))
    await world.runUntil(() => seen.length === 3)
    expect(seen.map((up) => up.split(',').length)).toEqual([1350, 1350, 300])
    expect(most).toBe(1350)
    expect(router.blocks.map(({ length }) => length).slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 135))
  })

  test('wait while many messages are not acknowledged', async () => {
    client = clientWith({ subscriptionRound: 10, maxBacklog: 10 }, router)
    on('SUB', ({ session, entityId }) => {
      session.push(entityId, msg(1))
      return { type: 'SOK' }
    })
    const numbers = Array.from({ length: 40 }, (_, n) => n)
    client.subscribe(router.address, numbers.map(queue))
    await world.runFor(1000)
    expect(messages).toHaveLength(20)
    await world.wait(
      Promise.all(numbers.slice(0, 10).map((n) => client.acknowledge(router.address, id(n), key, id(1)))),
    )
    await world.runFor(1000)
    expect(messages).toHaveLength(30)
    await world.runFor(10_000)
    expect(messages).toHaveLength(40)
  })

  test('come back after the session is lost', async () => {
    await subscribed(1, 2)
    await world.runFor(20_000)
    router.sessions[0]!.drop()
    expect(client.subscriptionState(router.address, id(1))).toBe('pending')
    await world.runUntil(() => client.subscriptionState(router.address, id(2)) === 'active', 1000)
    const ids = `${hex(id(1))},${hex(id(2))}`
    expect(seen).toEqual([`up ${ids}`, `down ${ids}`, `up ${ids}`])
  })

  test('back off while the router is away', async () => {
    await subscribed(1)
    await world.runFor(20_000)
    router.reachable = 'no'
    router.sessions[0]!.drop()
    const before = router.attempts
    await world.runFor(60_000)
    const first = router.attempts - before
    await world.runFor(600_000)
    const later = router.attempts - before - first
    expect(first).toBeGreaterThan(4)
    expect(first).toBeLessThan(14)
    expect(later).toBeGreaterThan(2)
    expect(later).toBeLessThan(14)
    router.reachable = 'yes'
    await world.runUntil(() => client.subscriptionState(router.address, id(1)) === 'active', 240_000)
  })

  test('do not wait when another command has found the router again', async () => {
    await subscribed(1)
    await world.runFor(20_000)
    router.reachable = 'no'
    router.sessions[0]!.drop()
    await world.runFor(1_000_000)
    router.reachable = 'yes'
    await world.runFor(3000)
    await world.wait(client.request(router.address, ack(5)))
    await world.runUntil(() => client.subscriptionState(router.address, id(1)) === 'active', 100)
  })

  test('new ones do not wait for the back-off of others', async () => {
    router.reachable = 'no'
    client.subscribe(router.address, [queue(1)])
    await world.runFor(1_000_000)
    router.reachable = 'yes'
    await world.runFor(3000)
    client.subscribe(router.address, [queue(2)])
    await world.runUntil(() => client.subscriptionState(router.address, id(1)) === 'active', 100)
  })

  test('a router that drops every session is not stormed', async () => {
    on('SUB', ({ session }) => {
      env.clock.timer(50, session.drop)
      return { type: 'SOK' }
    })
    client.subscribe(router.address, [queue(1)])
    await world.runFor(60_000)
    expect(router.attempts).toBeLessThan(16)
    expect(router.attempts).toBeGreaterThan(3)
  })

  test('refused for good: forgotten and told', async () => {
    on('SUB', ({ entityId }) => (entityId[3] === 1 ? { type: 'ERR', error: { type: 'AUTH' } } : { type: 'SOK' }))
    await subscribed(2)
    client.subscribe(router.address, [queue(1)])
    await world.runUntil(() => client.subscriptionState(router.address, id(1)) === 'none')
    expect(seen).toEqual([`up ${hex(id(2))}`, `refused ${hex(id(1))} AUTH`])
  })

  test('failed for now: tried again', async () => {
    let tries = 0
    on('SUB', ({ entityId }) =>
      entityId[3] === 1 && tries++ < 2 ? { type: 'ERR', error: { type: 'INTERNAL' } } : { type: 'SOK' },
    )
    await subscribed(2, 1)
    expect(tries).toBe(3)
    expect(router.sessions).toHaveLength(1)
  })

  test('all failed for now and none active: a new session', async () => {
    let tries = 0
    on('SUB', () => (tries++ === 0 ? { type: 'ERR', error: { type: 'INTERNAL' } } : { type: 'SOK' }))
    await subscribed(1)
    expect(router.sessions).toHaveLength(2)
    expect(router.sessions[0]!.open).toBe(false)
  })

  test('END, DELD and blocking end them', async () => {
    await subscribed(1, 2, 3, 4)
    const [session] = router.sessions
    session!.push(id(1), { type: 'END' })
    session!.push(id(2), { type: 'DELD' })
    session!.push(id(3), { type: 'ERR', error: { type: 'BLOCKED', info: { reason: 'spam' } } })
    session!.push(id(9), { type: 'END' })
    session!.push(new Uint8Array(0), { type: 'ERR', error: { type: 'BLOCK' } })
    await world.runFor(50)
    expect(seen.slice(1)).toEqual([
      `end ${hex(id(1))}`,
      `deleted ${hex(id(2))}`,
      `refused ${hex(id(3))} BLOCKED`,
      `end ${hex(id(9))}`,
    ])
    const states = [1, 2, 3, 4].map((n) => client.subscriptionState(router.address, id(n)))
    expect(states).toEqual(['none', 'none', 'none', 'active'])
  })

  test('forgotten ones do not come back', async () => {
    await subscribed(1, 2)
    client.unsubscribe(router.address, [id(1)])
    await world.runFor(20_000)
    router.sessions[0]!.drop()
    await world.runUntil(() => client.subscriptionState(router.address, id(2)) === 'active')
    expect(router.blocks.at(-1)).toEqual(['SUB'])
    expect(client.subscriptionState(router.address, id(1))).toBe('none')
  })

  test('forgotten while the answer is on its way', async () => {
    client.subscribe(router.address, [queue(1), queue(2)])
    await world.runUntil(() => router.blocks.length === 1)
    client.unsubscribe(router.address, [id(1)])
    await world.runUntil(() => client.subscriptionState(router.address, id(2)) === 'active')
    expect(client.subscriptionState(router.address, id(1))).toBe('none')
    expect(seen).toEqual([`up ${hex(id(2))}`])
  })

  describe('made with NEW', () => {
    const create = (n: number): SmpRequest => ({
      entityId: new Uint8Array(0),
      key,
      command: {
        type: 'NEW',
        key: { algorithm: 'Ed25519', raw: concat(id(n), new Uint8Array(8)) },
        dhKey,
        subscribe: true,
      },
    })

    test('need no SUB', async () => {
      const ids = await world.wait(client.request(router.address, create(1)))
      expect(ids).toMatchObject({ type: 'IDS', recipientId: id(1) })
      client.subscribed(router.address, queue(1))
      expect(client.subscriptionState(router.address, id(1))).toBe('active')
      await world.runFor(1000)
      expect(router.blocks).toEqual([['NEW']])
    })

    test('need one where the session is another by then', async () => {
      await world.wait(client.request(router.address, create(1)))
      router.sessions[0]!.drop()
      client.subscribed(router.address, queue(1))
      expect(client.subscriptionState(router.address, id(1))).toBe('pending')
      await world.runUntil(() => client.subscriptionState(router.address, id(1)) === 'active')
      expect(router.blocks).toEqual([['NEW'], ['SUB']])
    })
  })
})
