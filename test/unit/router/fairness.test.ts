import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../../../core/codec/bytes.ts'
import type { Command } from '../../../core/smp/commands.ts'
import { packBlocks } from '../../../core/smp/transmission.ts'
import { makeQueue, makeWorld } from './world.ts'

const OK = { type: 'OK' }
const PING: Command = { type: 'PING' }

function send(text: string): Command {
  return { type: 'SEND', flags: { notification: false }, body: utf8(text) }
}

describe('turns', () => {
  test('many commands of many clients share commits', () => {
    const world = makeWorld()
    const clients = Array.from({ length: 20 }, () => world.connect())
    const queues = clients.map((client) => makeQueue(world, client, { subscribe: false }))
    const before = world.engine.statistics().commits
    for (const [i, client] of clients.entries()) {
      const frames = Array.from({ length: 10 }, (_, j) => client.frame(send(`${j}`), queues[i]!.forSender))
      for (const payload of packBlocks(frames)) client.post(payload)
    }
    world.run()
    expect(world.engine.statistics().accepted).toBe(200)
    expect(world.engine.statistics().commits - before).toBe(1)
    for (const client of clients) expect(client.events()).toHaveLength(10)
  })

  test('a block full of commands is verified in parts, with others in between', () => {
    const world = makeWorld({ step: 1 })
    const [greedy, modest] = [world.connect(), world.connect()]
    const queue = makeQueue(world, greedy)
    const subs = Array.from({ length: 100 }, () => greedy.frame({ type: 'SUB' }, queue.forRecipient))
    const [payload, ...more] = packBlocks(subs)
    expect(more).toEqual([])
    greedy.post(payload!)
    modest.post(modest.frame(PING))
    world.run()
    expect(greedy.events()).toHaveLength(100)
    expect(modest.events()).toHaveLength(1)
    expect(modest.lastBlock).toBeLessThan(greedy.lastBlock)
  })

  test('a client that sends too fast rests, others go on', () => {
    const world = makeWorld({ limits: { blocksPerSecond: 10 } })
    const [fast, slow] = [world.connect(), world.connect()]
    for (let i = 0; i < 30; i++) fast.block(fast.frame(PING))
    expect(fast.events()).toHaveLength(10)
    expect(slow.ask(PING)).toEqual({ type: 'PONG' })
    world.advance(1000)
    expect(fast.events()).toHaveLength(10)
    world.advance(1000)
    expect(fast.events()).toHaveLength(10)
    expect(fast.events()).toHaveLength(0)
  })
})

describe('a client that does not read', () => {
  const limits = { unreadBytes: 100_000, stallTime: 60_000, checkInterval: 10_000 }

  function scene() {
    const world = makeWorld({ limits })
    const recipient = world.connect()
    const sender = world.connect()
    const queues = Array.from({ length: 30 }, () => makeQueue(world, recipient))
    return { world, recipient, sender, queues }
  }

  test('gets only as much as it may leave unread; the rest follows when it reads on', () => {
    const { recipient, sender, queues } = scene()
    recipient.stopReading()
    for (const queue of queues) expect(sender.ask(send('x'), queue.forSender)).toEqual(OK)
    const first = recipient.events().length
    expect(first).toBeLessThan(10)
    let total = first
    for (let i = 0; i < 10 && total < 30; i++) {
      recipient.readOn()
      recipient.stopReading()
      total += recipient.events().length
    }
    expect(total).toBe(30)
  })

  test('has its commands wait and is cut off in the end', () => {
    const { world, recipient, sender, queues } = scene()
    recipient.stopReading()
    for (const queue of queues) sender.ask(send('x'), queue.forSender)
    recipient.block(recipient.frame(PING))
    expect(recipient.events().some(({ message }) => (message as { type: string }).type === 'PONG')).toBe(false)
    expect(sender.ask(PING)).toEqual({ type: 'PONG' })
    world.advance(50_000)
    expect(recipient.closed).toBe(false)
    world.advance(30_000)
    expect(recipient.closed).toBe(true)
    expect(sender.closed).toBe(false)
  })
})

test('idle clients without subscriptions are disconnected, others stay', () => {
  const world = makeWorld({ limits: { idleTime: 60_000, checkInterval: 10_000 } })
  const [idle, busy, subscribed] = [world.connect(), world.connect(), world.connect()]
  makeQueue(world, subscribed)
  for (let i = 0; i < 10; i++) {
    busy.ask(PING)
    world.advance(10_000)
  }
  expect([idle.closed, busy.closed, subscribed.closed]).toEqual([true, false, false])
  expect(world.engine.statistics().connections).toBe(2)
})

test('records beyond the cache are read again from the database', () => {
  const world = makeWorld({ limits: { cachedQueues: 3, quota: 2 } })
  const client = world.connect()
  const queues = Array.from({ length: 10 }, () => makeQueue(world, client))
  for (const [i, queue] of queues.entries()) {
    expect(client.ask(send(`${i}`), queue.forSender)).toEqual(OK)
    expect(client.ask(send('b'), queue.forSender)).toEqual(OK)
  }
  expect(client.events().map(({ message }, i) => queues[i]!.open(message as never))).toMatchObject(
    queues.map((_, i) => ({ body: utf8(`${i}`) })),
  )
  for (const queue of queues) {
    expect(client.ask(send('c'), queue.forSender)).toEqual({ type: 'ERR', error: { type: 'QUOTA' } })
    expect(client.ask({ type: 'SUB' }, queue.forRecipient)).toEqual({ type: 'SOK', serviceId: undefined })
  }
})

test('whatever comes in blocks, the router answers and goes on', () => {
  const world = makeWorld()
  const versions = [6, 8, 11, 16, 18].map((version) => world.connect(version))
  const healthy = world.connect()
  const queue = makeQueue(world, healthy)
  const valid = versions.map((client) => {
    const own = makeQueue(world, client)
    const frames = [
      client.frame({ type: 'SUB' }, own.forRecipient),
      client.frame(send('hello'), own.forSender),
      client.frame({ type: 'ACK', msgId: new Uint8Array(24) }, own.forRecipient),
      client.frame({ type: 'LSET', linkId: utf8('x'), data: { fixed: utf8('a'), user: utf8('b') } }, own.forRecipient),
    ]
    return packBlocks(frames)[0]!
  })
  fc.assert(
    fc.property(
      fc.nat(versions.length - 1),
      fc.array(fc.tuple(fc.nat(900), fc.nat(255)), { maxLength: 6 }),
      fc.option(fc.nat(900)),
      fc.uint8Array({ maxLength: 300 }),
      fc.boolean(),
      (which, changes, cut, noise, replace) => {
        const bytes = replace ? noise : valid[which]!.slice(0, cut ?? undefined)
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        versions[which]!.block(bytes)
        versions[which]!.events()
        return !versions[which]!.closed
      },
    ),
    { seed: 7, numRuns: 5000 },
  )
  expect(healthy.ask(send('still here'), queue.forSender)).toEqual(OK)
  expect(world.engine.statistics()).toMatchObject({ connections: 6, queues: 6 })
})

test('what could not be committed is not answered and has not happened', () => {
  const world = makeWorld()
  const [recipient, sender] = [world.connect(), world.connect()]
  const queue = makeQueue(world, recipient)
  const { commit } = world.store
  world.store.commit = () => {
    throw new Error('disk full')
  }
  sender.block(sender.frame(send('lost'), queue.forSender))
  expect([sender.closed, recipient.closed]).toEqual([true, true])
  expect([sender.events(), recipient.events()]).toEqual([[], []])
  world.store.commit = commit
  const again = world.connect()
  expect(world.engine.statistics()).toMatchObject({ connections: 1, queues: 1, messages: 0 })
  expect(again.ask({ type: 'SUB' }, queue.forRecipient)).toMatchObject({ type: 'SOK' })
  expect(again.events()).toEqual([])
  expect(again.ask(send('taken'), queue.forSender)).toEqual(OK)
  expect(again.events()).toHaveLength(1)
})
