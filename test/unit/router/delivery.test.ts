import { describe, expect, test } from 'vitest'
import { EMPTY, fromUtf8, hex, utf8 } from '../../../core/codec/bytes.ts'
import type { Command } from '../../../core/smp/commands.ts'
import type { BrokerMessage } from '../../../core/smp/messages.ts'
import type { ReceivedMessage } from '../../../core/smp/transmission.ts'
import { makeQueue, makeWorld, type TestQueue } from './world.ts'

const OK = { type: 'OK' }
const ERR = (type: string) => ({ type: 'ERR', error: { type } })
const PROHIBITED = { type: 'ERR', error: { type: 'CMD', error: 'PROHIBITED' } }
const SUB: Command = { type: 'SUB' }
const GET: Command = { type: 'GET' }

function send(text: string, notification = false): Command {
  return { type: 'SEND', flags: { notification }, body: utf8(text) }
}

function ack(message: BrokerMessage | undefined): Command {
  if (message?.type !== 'MSG') throw new Error(`not a message: ${JSON.stringify(message)}`)
  return { type: 'ACK', msgId: message.msgId }
}

function text(queue: TestQueue, message: BrokerMessage | undefined): string | undefined {
  const body = queue.open(message)
  return body.type === 'quota' ? 'QUOTA' : fromUtf8(body.body)
}

function pushed(events: ReceivedMessage[]): BrokerMessage | undefined {
  const [event] = events
  if (event === undefined) return undefined
  expect(event.corrId).toHaveLength(0)
  if (event.message instanceof Error) throw event.message
  return event.message
}

/** A subscribed recipient and a sender on connections of their own. */
function scene(version = 18, limits = {}) {
  const world = makeWorld({ limits })
  const recipient = world.connect(version)
  const sender = world.connect(version)
  const queue = makeQueue(world, recipient)
  return { world, recipient, sender, queue }
}

describe('delivery', () => {
  test.each([6, 7, 8, 9, 11, 14, 15, 16, 17, 18])('version %i: a message is pushed, acknowledged, gone', (version) => {
    const { recipient, sender, queue } = scene(version)
    expect(sender.ask(send('hello', true), queue.forSender)).toEqual(OK)
    const message = pushed(recipient.events())
    expect(queue.open(message)).toEqual({
      type: 'message',
      time: 1767614400n,
      flags: { notification: true },
      body: utf8('hello'),
    })
    expect(recipient.ask(ack(message), queue.forRecipient)).toEqual(OK)
    expect(recipient.ask(ack(message), queue.forRecipient)).toEqual(ERR('NO_MSG'))
    expect(recipient.events()).toEqual([])
  })

  test('one message at a time is outstanding; the answer to ACK is the next one', () => {
    const { recipient, sender, queue } = scene()
    for (const word of ['one', 'two', 'three']) expect(sender.ask(send(word), queue.forSender)).toEqual(OK)
    const first = pushed(recipient.events())
    expect(text(queue, first)).toBe('one')
    const second = recipient.ask(ack(first), queue.forRecipient)
    expect(text(queue, second)).toBe('two')
    const third = recipient.ask(ack(second), queue.forRecipient)
    expect(text(queue, third)).toBe('three')
    expect(recipient.ask(ack(third), queue.forRecipient)).toEqual(OK)
    expect(recipient.events()).toEqual([])
    sender.ask(send('four'), queue.forSender)
    expect(text(queue, pushed(recipient.events()))).toBe('four')
  })

  test('SUB answers SOK, then the head comes as an event; the same id and bytes each time', () => {
    const { world, recipient, sender, queue } = scene()
    sender.ask(send('kept'), queue.forSender)
    const first = pushed(recipient.events())
    expect(recipient.ask(SUB, queue.forRecipient)).toEqual({ type: 'SOK', serviceId: undefined })
    expect(pushed(recipient.events())).toEqual(first)
    const other = world.connect()
    expect(other.ask(SUB, queue.forRecipient)).toEqual({ type: 'SOK', serviceId: undefined })
    expect(pushed(other.events())).toEqual(first)
    world.restart()
    const later = world.connect(15)
    expect(later.ask(SUB, queue.forRecipient)).toEqual(OK)
    expect(pushed(later.events())).toEqual(first)
  })

  test('SOK and the message travel in one block', () => {
    const { world, recipient, sender, queue } = scene()
    recipient.disconnect()
    sender.ask(send('waiting'), queue.forSender)
    const again = world.connect()
    again.ask(SUB, queue.forRecipient)
    expect(again.blocks).toBe(1)
    expect(again.events()).toHaveLength(1)
  })

  test('a message that is pushed travels alone, before the answer to its sender on the same connection', () => {
    const { recipient, queue } = scene()
    const before = recipient.blocks
    expect(recipient.ask(send('to myself'), queue.forSender)).toEqual(OK)
    expect(recipient.blocks - before).toBe(2)
    expect(text(queue, pushed(recipient.events()))).toBe('to myself')
  })

  test('another subscriber takes over at once; END follows when events are due', () => {
    const { world, recipient, sender, queue } = scene()
    sender.ask(send('first'), queue.forSender)
    const message = pushed(recipient.events())
    const other = world.connect()
    other.ask(SUB, queue.forRecipient)
    expect(pushed(other.events())).toEqual(message)
    expect(recipient.ask(ack(message), queue.forRecipient)).toEqual(ERR('NO_MSG'))
    sender.ask(send('second'), queue.forSender)
    expect(recipient.events()).toEqual([])
    expect(text(queue, other.ask(ack(message), queue.forRecipient))).toBe('second')
    world.advance(14_999)
    expect(recipient.events()).toEqual([])
    world.advance(1)
    expect(recipient.events()).toEqual([{ corrId: EMPTY, entityId: queue.recipientId, message: { type: 'END' } }])
    expect(other.events()).toEqual([])
  })

  test('the old connection may subscribe again and gets its END all the same', () => {
    const { world, recipient, queue } = scene()
    const other = world.connect()
    other.ask(SUB, queue.forRecipient)
    recipient.ask(SUB, queue.forRecipient)
    world.advance(15_000)
    expect(recipient.events().map(({ message }) => message)).toEqual([{ type: 'END' }])
    expect(other.events().map(({ message }) => message)).toEqual([{ type: 'END' }])
  })

  test('NEW without subscription: nothing is pushed until SUB', () => {
    const { world, recipient, sender } = scene()
    const queue = makeQueue(world, recipient, { subscribe: false })
    sender.ask(send('stored'), queue.forSender)
    expect(recipient.events()).toEqual([])
    recipient.ask(SUB, queue.forRecipient)
    expect(text(queue, pushed(recipient.events()))).toBe('stored')
  })

  test('ACK of a wrong id, of nothing delivered, without subscription', () => {
    const { world, recipient, sender, queue } = scene()
    const wrong: Command = { type: 'ACK', msgId: new Uint8Array(24) }
    expect(recipient.ask(wrong, queue.forRecipient)).toEqual(ERR('NO_MSG'))
    sender.ask(send('hello'), queue.forSender)
    const message = pushed(recipient.events())
    expect(recipient.ask(wrong, queue.forRecipient)).toEqual(ERR('NO_MSG'))
    expect(world.connect().ask(ack(message), queue.forRecipient)).toEqual(ERR('NO_MSG'))
    expect(recipient.ask(ack(message), queue.forRecipient)).toEqual(OK)
  })

  test('ACK with an empty id deletes nothing and hands out the head again', () => {
    const { recipient, sender, queue } = scene()
    sender.ask(send('hello'), queue.forSender)
    const message = pushed(recipient.events())
    expect(recipient.ask({ type: 'ACK', msgId: EMPTY }, queue.forRecipient)).toEqual(message)
    expect(recipient.ask(ack(message), queue.forRecipient)).toEqual(OK)
  })

  test('a message acknowledged through another connection is not deleted twice', () => {
    const { world, recipient, sender, queue } = scene()
    for (const word of ['one', 'two']) sender.ask(send(word), queue.forSender)
    const first = pushed(recipient.events())
    const reader = world.connect()
    expect(reader.ask(GET, queue.forRecipient)).toEqual(first)
    expect(reader.ask(ack(first), queue.forRecipient)).toEqual(OK)
    expect(text(queue, recipient.ask(ack(first), queue.forRecipient))).toBe('two')
  })

  test('GET reads without subscribing; SUB and GET exclude each other on a connection', () => {
    const { world, recipient, sender, queue } = scene()
    const reader = world.connect()
    expect(reader.ask(GET, queue.forRecipient)).toEqual(OK)
    expect(reader.ask(SUB, queue.forRecipient)).toEqual(PROHIBITED)
    expect(recipient.ask(GET, queue.forRecipient)).toEqual(PROHIBITED)
    for (const word of ['one', 'two']) sender.ask(send(word), queue.forSender)
    expect(reader.events()).toEqual([])
    const first = reader.ask(GET, queue.forRecipient)
    expect(text(queue, first)).toBe('one')
    expect(reader.ask(GET, queue.forRecipient)).toEqual(first)
    expect(reader.ask(ack(first), queue.forRecipient)).toEqual(OK)
    expect(text(queue, reader.ask(GET, queue.forRecipient))).toBe('two')
    world.advance(60_000)
    expect(recipient.events().map(({ message }) => (message as BrokerMessage).type)).toEqual(['MSG'])
  })

  test('disconnecting ends subscriptions and keeps messages', () => {
    const { world, recipient, sender, queue } = scene()
    expect(world.engine.statistics().subscriptions).toBe(1)
    recipient.disconnect()
    expect(world.engine.statistics()).toMatchObject({ subscriptions: 0, connections: 1 })
    sender.ask(send('later'), queue.forSender)
    const again = world.connect()
    again.ask(SUB, queue.forRecipient)
    expect(text(queue, pushed(again.events()))).toBe('later')
    world.advance(60_000)
    expect(again.events()).toEqual([])
  })

  test('DEL: ids become unknown, the subscriber gets DELD (END below version 10), the deleter only OK', () => {
    for (const [version, event] of [
      [18, 'DELD'],
      [10, 'DELD'],
      [9, 'END'],
    ] as const) {
      const { world, recipient, sender, queue } = scene(version)
      sender.ask(send('lost'), queue.forSender)
      recipient.events()
      const deleter = world.connect(version)
      expect(deleter.ask({ type: 'DEL' }, queue.forRecipient)).toEqual(OK)
      expect(recipient.ask(SUB, queue.forRecipient)).toEqual(ERR('AUTH'))
      expect(sender.ask(send('x'), queue.forSender)).toEqual(ERR('AUTH'))
      world.advance(15_000)
      expect(recipient.events().map(({ message }) => message)).toEqual([{ type: event }])
      expect(deleter.events()).toEqual([])
      expect(world.engine.statistics()).toMatchObject({ queues: 0, messages: 0, subscriptions: 0 })
      world.restart()
      expect(world.connect().ask(SUB, queue.forRecipient)).toEqual(ERR('AUTH'))
    }
  })

  test('OFF: SEND is refused, everything of the recipient still works', () => {
    const { world, recipient, sender, queue } = scene()
    sender.ask(send('before'), queue.forSender)
    const message = pushed(recipient.events())
    expect(recipient.ask({ type: 'OFF' }, queue.forRecipient)).toEqual(OK)
    expect(sender.ask(send('after'), queue.forSender)).toEqual(ERR('AUTH'))
    world.restart()
    const again = world.connect()
    expect(again.ask(SUB, queue.forRecipient)).toEqual({ type: 'SOK', serviceId: undefined })
    expect(pushed(again.events())).toEqual(message)
    expect(world.connect().ask(send('after'), queue.forSender)).toEqual(ERR('AUTH'))
  })

  test.each([
    [18, 16_048],
    [11, 16_048],
    [10, 16_064],
    [8, 16_064],
    [7, 16_088],
    [6, 16_088],
  ])('version %i takes bodies up to %i bytes', (version, limit) => {
    const { recipient, sender, queue } = scene(version)
    const body = new Uint8Array(limit).fill(7)
    expect(sender.ask({ type: 'SEND', flags: { notification: false }, body }, queue.forSender)).toEqual(OK)
    const opened = queue.open(pushed(recipient.events()))
    expect(opened.type === 'message' && hex(opened.body) === hex(body)).toBe(true)
    if (version < 8) return
    const large = new Uint8Array(limit + 1)
    expect(sender.ask({ type: 'SEND', flags: { notification: false }, body: large }, queue.forSender)).toEqual(
      ERR('LARGE_MSG'),
    )
  })
})

describe('quota', () => {
  test('128 are taken, the next leaves a marker, nothing more until all is drained', () => {
    const { world, recipient, sender, queue } = scene()
    for (let i = 0; i < 128; i++) expect(sender.ask(send(`${i}`), queue.forSender)).toEqual(OK)
    for (let i = 0; i < 3; i++) expect(sender.ask(send('too much'), queue.forSender)).toEqual(ERR('QUOTA'))
    expect(world.engine.statistics().messages).toBe(129)
    let message = pushed(recipient.events())
    for (let i = 0; i < 128; i++) {
      expect(text(queue, message)).toBe(`${i}`)
      message = recipient.ask(ack(message), queue.forRecipient)
      expect(sender.ask(send('not yet'), queue.forSender)).toEqual(ERR('QUOTA'))
    }
    expect(text(queue, message)).toBe('QUOTA')
    expect(recipient.ask(ack(message), queue.forRecipient)).toEqual(OK)
    expect(sender.ask(send('again'), queue.forSender)).toEqual(OK)
    expect(text(queue, pushed(recipient.events()))).toBe('again')
  })

  test('the marker and its effect survive a restart', () => {
    const { world, sender, queue } = scene(18, { quota: 2 })
    for (let i = 0; i < 2; i++) sender.ask(send(`${i}`), queue.forSender)
    expect(sender.ask(send('x'), queue.forSender)).toEqual(ERR('QUOTA'))
    world.restart()
    const again = world.connect()
    expect(again.ask(send('x'), queue.forSender)).toEqual(ERR('QUOTA'))
    again.ask(SUB, queue.forRecipient)
    let message = pushed(again.events())
    const got: (string | undefined)[] = []
    while (message?.type === 'MSG') {
      got.push(text(queue, message))
      message = again.ask(ack(message), queue.forRecipient)
    }
    expect(got).toEqual(['0', '1', 'QUOTA'])
    expect(again.ask(send('y'), queue.forSender)).toEqual(OK)
  })
})

describe('expiry', () => {
  const DAY = 86_400_000

  test('messages older than 21 days go, on SEND and by themselves', () => {
    const { world, recipient, sender, queue } = scene()
    recipient.disconnect()
    sender.ask(send('old'), queue.forSender)
    world.advance(20 * DAY)
    sender.disconnect()
    const later = world.connect()
    later.ask(send('young'), queue.forSender)
    world.advance(DAY + 2 * 3_600_000 + 1000)
    expect(world.engine.statistics().messages).toBe(1)
    const again = world.connect()
    again.ask(SUB, queue.forRecipient)
    expect(text(queue, pushed(again.events()))).toBe('young')
  })

  test('a queue with nothing but its marker keeps answering QUOTA', () => {
    const { world, sender, queue } = scene(18, { quota: 1 })
    sender.ask(send('a'), queue.forSender)
    sender.ask(send('b'), queue.forSender)
    world.advance(22 * DAY)
    expect(world.engine.statistics().messages).toBe(1)
    expect(world.connect().ask(send('c'), queue.forSender)).toEqual(ERR('QUOTA'))
  })

  test('a delivered message that expired can still be acknowledged', () => {
    const { world, recipient, sender, queue } = scene(18, { expiryInterval: 100 * DAY })
    sender.ask(send('old'), queue.forSender)
    const old = pushed(recipient.events())
    world.advance(22 * DAY)
    world.connect().ask(send('young'), queue.forSender)
    expect(recipient.events()).toEqual([])
    expect(text(queue, recipient.ask(ack(old), queue.forRecipient))).toBe('young')
  })

  test('many old messages are removed in steps', () => {
    const { world, recipient, sender } = scene(18, { quota: 2000 })
    const queues = [0, 1].map(() => makeQueue(world, recipient, { subscribe: false }))
    for (const queue of queues) {
      sender.askAll(Array.from({ length: 700 }, () => [send('x'), queue.forSender] as const))
    }
    expect(world.engine.statistics().messages).toBe(1400)
    world.advance(22 * DAY)
    expect(world.engine.statistics().messages).toBe(0)
  })
})

describe('QUE', () => {
  test('tells size, head and own subscription', () => {
    const { world, recipient, sender, queue } = scene(18, { quota: 1 })
    const que: Command = { type: 'QUE' }
    const empty = { secured: false, notifier: false, size: 0, message: undefined }
    expect(recipient.ask(que, queue.forRecipient)).toEqual({
      type: 'INFO',
      info: { ...empty, subscription: { thread: 'noSub', delivered: undefined } },
    })
    expect(world.connect().ask(que, queue.forRecipient)).toEqual({
      type: 'INFO',
      info: { ...empty, subscription: undefined },
    })
    sender.ask(send('a'), queue.forSender)
    sender.ask(send('b'), queue.forSender)
    const message = pushed(recipient.events())
    if (message?.type !== 'MSG') throw new Error('no message')
    expect(recipient.ask(que, queue.forRecipient)).toEqual({
      type: 'INFO',
      info: {
        secured: false,
        notifier: false,
        size: 2,
        subscription: { thread: 'noSub', delivered: message.msgId },
        message: { msgId: message.msgId, time: '2026-01-05T12:00:00Z', type: 'message' },
      },
    })
    const reader = world.connect()
    reader.ask({ type: 'GET' }, queue.forRecipient)
    expect(reader.ask(que, queue.forRecipient)).toMatchObject({
      info: { subscription: { thread: 'prohibitSub', delivered: message.msgId } },
    })
  })
})
