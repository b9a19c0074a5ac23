import { describe, expect, test } from 'vitest'
import { utf8 } from '../../../core/codec/bytes.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import type { Command } from '../../../core/smp/commands.ts'
import { senderIdOf } from '../../../core/smp/sender-id.ts'
import { makeQueue, makeWorld, newCommand, type World } from './world.ts'

const OK = { type: 'OK' }
const AUTH = { type: 'ERR', error: { type: 'AUTH' } }
const PROHIBITED = { type: 'ERR', error: { type: 'CMD', error: 'PROHIBITED' } }
const HELLO: Command = { type: 'SEND', flags: { notification: false }, body: utf8('hello') }
const DATA = { fixed: utf8('fixed data'), user: utf8('user data') }

function scene(mode: 'messaging' | 'contact') {
  const world = makeWorld()
  const recipient = world.connect()
  const corrId = world.env.random(24)
  const senderId = new Uint8Array(senderIdOf(corrId))
  const linkId = world.env.random(24)
  const queue = makeQueue(world, recipient, {
    corrId,
    queue:
      mode === 'messaging'
        ? { mode, link: { senderId, data: DATA } }
        : { mode, link: { linkId, senderId, data: DATA } },
  })
  return { world, recipient, queue, given: { linkId, senderId }, visitor: world.connect() }
}

function pair(world: World) {
  return generateKeyPair('Ed25519', world.env.random)
}

describe('one-time link', () => {
  test('the router makes the link id; LKEY secures and reads; the first message deletes the data', () => {
    const { world, queue, given, visitor } = scene('messaging')
    expect(queue.senderId).toEqual(given.senderId)
    expect(queue.linkId).toHaveLength(24)
    const link = { entity: queue.linkId! }
    const [a, b] = [pair(world), pair(world)]
    const lkey = (key: typeof a): Command => ({ type: 'LKEY', key: key.publicKey })
    const found = { type: 'LNK', senderId: queue.senderId, data: DATA }
    expect(visitor.ask({ type: 'LGET' }, link)).toEqual(AUTH)
    expect(visitor.ask(lkey(a), { ...link, key: b.privateKey })).toEqual(AUTH)
    expect(visitor.ask(lkey(a), { ...link, key: a.privateKey })).toEqual(found)
    world.restart()
    const again = world.connect()
    expect(again.ask(lkey(a), { ...link, key: a.privateKey })).toEqual(found)
    expect(again.ask(lkey(b), { ...link, key: b.privateKey })).toEqual(AUTH)
    expect(again.ask(HELLO, { ...queue.forSender, key: a.privateKey })).toEqual(OK)
    expect(again.ask(lkey(a), { ...link, key: a.privateKey })).toEqual(AUTH)
  })

  test('a message to the unsecured queue leaves the data', () => {
    const { world, queue, visitor } = scene('messaging')
    const a = pair(world)
    expect(visitor.ask(HELLO, queue.forSender)).toEqual(OK)
    expect(visitor.ask({ type: 'LKEY', key: a.publicKey }, { entity: queue.linkId!, key: a.privateKey })).toMatchObject(
      { type: 'LNK' },
    )
  })
})

describe('contact link', () => {
  test('ids are the client’s; LGET reads any number of times, messages change nothing', () => {
    const { world, queue, given, visitor } = scene('contact')
    expect(queue.linkId).toEqual(given.linkId)
    expect(queue.senderId).toEqual(given.senderId)
    const link = { entity: given.linkId }
    for (let i = 0; i < 2; i++) {
      expect(visitor.ask({ type: 'LGET' }, link)).toEqual({ type: 'LNK', senderId: queue.senderId, data: DATA })
      expect(visitor.ask(HELLO, queue.forSender)).toEqual(OK)
    }
    const a = pair(world)
    expect(visitor.ask({ type: 'LKEY', key: a.publicKey }, { ...link, key: a.privateKey })).toEqual(AUTH)
  })

  test('stays open when the recipient has secured it with KEY', () => {
    const { world, recipient, queue, visitor } = scene('contact')
    const a = pair(world)
    recipient.ask({ type: 'KEY', key: a.publicKey }, queue.forRecipient)
    visitor.ask(HELLO, { ...queue.forSender, key: a.privateKey })
    expect(visitor.ask({ type: 'LGET' }, { entity: queue.linkId! })).toMatchObject({ type: 'LNK' })
  })
})

describe('NEW with link data', () => {
  test('the sender id must come from the correlation id', () => {
    const { world, recipient } = scene('contact')
    const { command, keys } = newCommand(world.env)
    const link = { senderId: world.env.random(24), linkId: world.env.random(24), data: DATA }
    for (const queue of [{ mode: 'contact', link } as const, { mode: 'messaging', link } as const]) {
      expect(recipient.ask({ ...command, queue }, { key: keys.privateKey })).toEqual(PROHIBITED)
    }
  })

  test('ids that are taken are refused', () => {
    const { world, recipient, given } = scene('contact')
    const { command, keys } = newCommand(world.env)
    const corrId = world.env.random(24)
    const link = { senderId: senderIdOf(corrId), linkId: given.linkId, data: DATA }
    const queue = { mode: 'contact', link } as const
    expect(recipient.ask({ ...command, queue }, { key: keys.privateKey, corrId })).toEqual(AUTH)
    const free = { mode: 'contact', link: { ...link, linkId: world.env.random(24) } } as const
    expect(recipient.ask({ ...command, queue: free }, { key: keys.privateKey, corrId })).toMatchObject({ type: 'IDS' })
    const repeated = { mode: 'contact', link: { ...link, linkId: world.env.random(24) } } as const
    expect(recipient.ask({ ...command, queue: repeated }, { key: keys.privateKey, corrId })).toEqual(AUTH)
  })
})

describe('LSET and LDEL', () => {
  const lset = (linkId: Uint8Array, data = DATA): Command => ({ type: 'LSET', linkId, data })

  test('user data can change, fixed data and link id cannot', () => {
    const { world, recipient, queue, visitor } = scene('contact')
    const link = queue.linkId!
    const changed = { ...DATA, user: utf8('new user data') }
    expect(recipient.ask(lset(link, changed), queue.forRecipient)).toEqual(OK)
    expect(recipient.ask(lset(link, { ...DATA, fixed: utf8('other') }), queue.forRecipient)).toEqual(AUTH)
    expect(recipient.ask(lset(world.env.random(24)), queue.forRecipient)).toEqual(AUTH)
    expect(visitor.ask({ type: 'LGET' }, { entity: link })).toMatchObject({ data: changed })
    world.restart()
    expect(world.connect().ask({ type: 'LGET' }, { entity: link })).toMatchObject({ data: changed })
  })

  test('LDEL removes the link, again and again; afterwards another may be set', () => {
    const { world, recipient, queue, visitor } = scene('contact')
    expect(recipient.ask({ type: 'LDEL' }, queue.forRecipient)).toEqual(OK)
    expect(recipient.ask({ type: 'LDEL' }, queue.forRecipient)).toEqual(OK)
    expect(visitor.ask({ type: 'LGET' }, { entity: queue.linkId! })).toEqual(AUTH)
    const other = world.env.random(24)
    expect(recipient.ask(lset(other), queue.forRecipient)).toEqual(OK)
    expect(visitor.ask({ type: 'LGET' }, { entity: other })).toMatchObject({ type: 'LNK' })
  })

  test('a queue without link takes one; a link id of another queue is refused', () => {
    const { world, recipient, given, visitor } = scene('contact')
    const queue = makeQueue(world, recipient, { queue: { mode: 'contact' } })
    expect(recipient.ask(lset(given.linkId), queue.forRecipient)).toEqual(AUTH)
    const own = world.env.random(24)
    expect(recipient.ask(lset(own), queue.forRecipient)).toEqual(OK)
    expect(visitor.ask({ type: 'LGET' }, { entity: own })).toMatchObject({ senderId: queue.senderId })
  })

  test('a secured messaging queue takes none', () => {
    const { world, recipient } = scene('messaging')
    const queue = makeQueue(world, recipient)
    recipient.ask({ type: 'KEY', key: pair(world).publicKey }, queue.forRecipient)
    expect(recipient.ask(lset(world.env.random(24)), queue.forRecipient)).toEqual(AUTH)
  })

  test('a queue without mode is open until it is secured', () => {
    const { world, recipient, visitor } = scene('contact')
    const queue = makeQueue(world, recipient, { queue: undefined as never })
    const own = world.env.random(24)
    expect(recipient.ask(lset(own), queue.forRecipient)).toEqual(OK)
    expect(visitor.ask({ type: 'LGET' }, { entity: own })).toMatchObject({ type: 'LNK' })
    recipient.ask({ type: 'KEY', key: pair(world).publicKey }, queue.forRecipient)
    expect(visitor.ask({ type: 'LGET' }, { entity: own })).toEqual(AUTH)
  })

  test('DEL removes the link with the queue', () => {
    const { recipient, queue, visitor } = scene('contact')
    recipient.ask({ type: 'DEL' }, queue.forRecipient)
    expect(visitor.ask({ type: 'LGET' }, { entity: queue.linkId! })).toEqual(AUTH)
  })
})
