import { describe, expect, test } from 'vitest'
import { concat, EMPTY, utf8 } from '../../../core/codec/bytes.ts'
import { encode } from '../../../core/codec/writer.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import { authorise } from '../../../core/smp/authorise.ts'
import type { Command } from '../../../core/smp/commands.ts'
import { makeQueue, makeWorld, newCommand } from './world.ts'

const OK = { type: 'OK' }
const SOK = { type: 'SOK', serviceId: undefined }
const AUTH = { type: 'ERR', error: { type: 'AUTH' } }
const CMD = (error: string) => ({ type: 'ERR', error: { type: 'CMD', error } })
const ALGORITHMS = ['Ed25519', 'Ed448', 'X25519'] as const
const HELLO: Command = { type: 'SEND', flags: { notification: false }, body: utf8('hello') }

describe.each(ALGORITHMS)('keys of %s', (algorithm) => {
  test('authorise recipient and sender', () => {
    const world = makeWorld()
    const client = world.connect()
    const queue = makeQueue(world, client, { algorithm })
    const sender = generateKeyPair(algorithm, world.env.random)
    const signed = { ...queue.forSender, key: sender.privateKey }
    expect(client.ask({ type: 'SUB' }, queue.forRecipient)).toEqual(SOK)
    expect(client.ask(HELLO, signed)).toEqual(AUTH)
    expect(client.ask({ type: 'KEY', key: sender.publicKey }, queue.forRecipient)).toEqual(OK)
    expect(client.ask(HELLO, signed)).toEqual(OK)
    expect(client.ask(HELLO, queue.forSender)).toEqual(AUTH)
  })

  test.each(ALGORITHMS)('a key of %s that is not the right one is refused, for a queue and for none', (supplied) => {
    const world = makeWorld()
    const client = world.connect()
    const queue = makeQueue(world, client, { algorithm })
    const other = generateKeyPair(supplied, world.env.random).privateKey
    expect(client.ask({ type: 'SUB' }, { ...queue.forRecipient, key: other })).toEqual(AUTH)
    expect(client.ask({ type: 'SUB' }, { entity: world.env.random(24), key: other })).toEqual(AUTH)
    expect(client.ask({ type: 'SUB' }, { entity: queue.senderId, key: queue.recipientKey })).toEqual(AUTH)
    expect(client.ask(HELLO, { entity: queue.recipientId })).toEqual(AUTH)
    expect(world.engine.statistics().refusedAuth).toBe(4)
  })
})

describe('securing', () => {
  function scene(mode: 'messaging' | 'contact' | 'none' = 'messaging') {
    const world = makeWorld()
    const client = world.connect()
    const queue =
      mode === 'none'
        ? makeQueue(world, client, { queue: undefined as never })
        : makeQueue(world, client, { queue: { mode } })
    const [a, b] = [0, 1].map(() => generateKeyPair('Ed25519', world.env.random))
    return { world, client, queue, a: a!, b: b! }
  }

  test('KEY: the same key again is OK, another is AUTH, also after a restart', () => {
    const { world, client, queue, a, b } = scene()
    const key = (pair: typeof a): Command => ({ type: 'KEY', key: pair.publicKey })
    expect(client.ask(key(a), queue.forRecipient)).toEqual(OK)
    expect(client.ask(key(a), queue.forRecipient)).toEqual(OK)
    expect(client.ask(key(b), queue.forRecipient)).toEqual(AUTH)
    world.restart()
    const again = world.connect()
    expect(again.ask(key(b), queue.forRecipient)).toEqual(AUTH)
    expect(again.ask(HELLO, { ...queue.forSender, key: a.privateKey })).toEqual(OK)
  })

  test('SKEY: by the key itself, only in messaging mode', () => {
    const { client, queue, a, b } = scene()
    const skey = (pair: typeof a): Command => ({ type: 'SKEY', key: pair.publicKey })
    expect(client.ask(skey(a), { ...queue.forSender, key: b.privateKey })).toEqual(AUTH)
    expect(client.ask(skey(a), { ...queue.forSender, key: a.privateKey })).toEqual(OK)
    expect(client.ask(skey(a), { ...queue.forSender, key: a.privateKey })).toEqual(OK)
    expect(client.ask(skey(b), { ...queue.forSender, key: b.privateKey })).toEqual(AUTH)
    expect(client.ask({ type: 'KEY', key: a.publicKey }, queue.forRecipient)).toEqual(OK)
    for (const mode of ['contact', 'none'] as const) {
      const other = scene(mode)
      const options = { ...other.queue.forSender, key: other.a.privateKey }
      expect(other.client.ask({ type: 'SKEY', key: other.a.publicKey }, options)).toEqual(AUTH)
    }
  })

  test('RKEY replaces all keys of a contact queue and of no other', () => {
    const { world, client, queue, a, b } = scene('contact')
    const rkey: Command = { type: 'RKEY', keys: [a.publicKey, b.publicKey] }
    expect(client.ask(rkey, queue.forRecipient)).toEqual(OK)
    expect(client.ask({ type: 'SUB' }, queue.forRecipient)).toEqual(AUTH)
    world.restart()
    const again = world.connect()
    for (const pair of [a, b]) {
      expect(again.ask({ type: 'SUB' }, { entity: queue.recipientId, key: pair.privateKey })).toEqual(SOK)
    }
    const messaging = scene()
    expect(messaging.client.ask(rkey, messaging.queue.forRecipient)).toEqual(AUTH)
  })

  test('commands of one block are verified against the state before it', () => {
    const { client, queue, a } = scene()
    const signed = { ...queue.forSender, key: a.privateKey }
    const key: Command = { type: 'KEY', key: a.publicKey }
    expect(
      client.askAll([
        [key, queue.forRecipient],
        [HELLO, signed],
        [HELLO, queue.forSender],
      ]),
    ).toEqual([OK, AUTH, OK])
    expect(
      client.askAll([
        [{ type: 'DEL' }, queue.forRecipient],
        [HELLO, signed],
      ]),
    ).toEqual([OK, AUTH])
  })
})

describe('NEW', () => {
  test.each([6, 8, 9, 14, 15, 16, 17, 18])('version %i: modes as that version can say them', (version) => {
    const world = makeWorld()
    const client = world.connect(version)
    const messaging = makeQueue(world, client).ids
    const contact = makeQueue(world, client, { queue: { mode: 'contact' } }).ids
    expect([messaging.mode, contact.mode]).toEqual(version < 9 ? [undefined, undefined] : ['messaging', 'contact'])
    for (const ids of [messaging, contact]) {
      expect(ids.recipientId).toHaveLength(24)
      expect(ids.senderId).toHaveLength(24)
      expect([ids.linkId, ids.serviceId, ids.notifier]).toEqual([undefined, undefined, undefined])
    }
  })

  test('notifier credentials are answered with none', () => {
    const world = makeWorld()
    const client = world.connect()
    const { command, keys } = newCommand(world.env)
    const notifier = {
      key: generateKeyPair('Ed25519', world.env.random).publicKey,
      dhKey: generateKeyPair('X25519', world.env.random).publicKey,
    }
    expect(client.ask({ ...command, notifier }, { key: keys.privateKey })).toMatchObject({
      type: 'IDS',
      notifier: undefined,
    })
  })

  test('must be signed with its own key', () => {
    const world = makeWorld()
    const client = world.connect()
    const { command } = newCommand(world.env)
    const other = generateKeyPair('Ed25519', world.env.random).privateKey
    expect(client.ask(command, { key: other })).toEqual(AUTH)
    expect(client.ask(command)).toEqual(CMD('NO_AUTH'))
    expect(client.ask(command, { key: other, entity: new Uint8Array(24) })).toEqual(CMD('HAS_AUTH'))
  })

  test('needs the password where there is one, and none where there is none', () => {
    const world = makeWorld({ password: 'secret' })
    const client = world.connect()
    const ask = (basicAuth?: string) => {
      const { command, keys } = newCommand(world.env, basicAuth === undefined ? {} : { basicAuth })
      return client.ask(command, { key: keys.privateKey })
    }
    expect(ask('secret')).toMatchObject({ type: 'IDS' })
    expect(ask('other')).toEqual(AUTH)
    expect(ask()).toEqual(AUTH)
    const open = makeWorld()
    expect(makeQueue(open, open.connect(), { basicAuth: 'whatever' }).ids.type).toBe('IDS')
  })

  test('is refused where the router takes no new queues', () => {
    const world = makeWorld({ newQueues: false })
    const { command, keys } = newCommand(world.env)
    expect(world.connect().ask(command, { key: keys.privateKey })).toEqual(AUTH)
  })
})

describe('what this router does not offer', () => {
  test('is answered as smp §8.3 says', () => {
    const world = makeWorld()
    const client = world.connect()
    const queue = makeQueue(world, client)
    const dhKey = generateKeyPair('X25519', world.env.random).publicKey
    const key = generateKeyPair('Ed25519', world.env.random)
    const entity = world.env.random(24)
    const router = { hosts: ['smp.example.com'] as const, port: '', keyHash: new Uint8Array(32) }
    const proxyError = (type: string) => ({ type: 'ERR', error: { type: 'PROXY', error: { type } } })
    const transmission = new Uint8Array(100)
    expect(client.ask({ type: 'PRXY', router })).toEqual(proxyError('BASIC_AUTH'))
    expect(client.ask({ type: 'PFWD', version: 17, key: dhKey, transmission }, { entity })).toEqual(
      proxyError('NO_SESSION'),
    )
    const noSessionKey = { type: 'BROKER', error: { type: 'TRANSPORT', error: 'NO_AUTH' } }
    expect(client.ask({ type: 'RFWD', transmission })).toEqual({
      type: 'ERR',
      error: { type: 'PROXY', error: noSessionKey },
    })
    for (const type of ['SUBS', 'NSUBS'] as const) {
      expect(client.ask({ type }, { entity, key: key.privateKey })).toEqual({ type: 'ERR', error: { type: 'SERVICE' } })
    }
    expect(client.ask({ type: 'NSUB' }, { entity, key: key.privateKey })).toEqual(CMD('PROHIBITED'))
    const nkey: Command = { type: 'NKEY', key: key.publicKey, dhKey }
    for (const command of [nkey, { type: 'NDEL' } as const]) {
      expect(client.ask(command, queue.forRecipient)).toEqual(CMD('PROHIBITED'))
      expect(client.ask(command, { entity, key: key.privateKey })).toEqual(AUTH)
    }
  })

  test('a service signature is refused once the queue is found', () => {
    const world = makeWorld()
    const client = world.connect()
    const queue = makeQueue(world, client)
    const frame = (entity: Uint8Array) => {
      const corrId = world.env.random(24)
      const body = encode((writer) => writer.short(corrId).short(entity).literal('SUB'))
      const covered = concat(Uint8Array.of(32), client.session.sessionId, body)
      const signature = authorise(queue.recipientKey, covered, corrId, undefined)
      const transmission = encode((writer) => writer.short(signature).u8(0x31).short(new Uint8Array(64)).raw(body))
      return encode((writer) => writer.u8(1).large(transmission))
    }
    client.block(frame(queue.recipientId))
    client.block(frame(world.env.random(24)))
    expect(client.events().map(({ message }) => message)).toEqual([{ type: 'ERR', error: { type: 'SERVICE' } }, AUTH])
  })
})

describe('credentials', () => {
  const world = () => {
    const made = makeWorld()
    const client = made.connect()
    return { client, key: generateKeyPair('Ed25519', made.env.random).privateKey, entity: made.env.random(24) }
  }
  const cases: [string, Command, 'key' | 'no key', 'entity' | 'no entity', string][] = [
    ['SUB', { type: 'SUB' }, 'no key', 'entity', 'NO_AUTH'],
    ['SUB', { type: 'SUB' }, 'key', 'no entity', 'NO_AUTH'],
    ['ACK', { type: 'ACK', msgId: EMPTY }, 'no key', 'no entity', 'NO_AUTH'],
    ['SUBS', { type: 'SUBS' }, 'no key', 'entity', 'NO_AUTH'],
    ['SEND', HELLO, 'no key', 'no entity', 'NO_ENTITY'],
    ['LGET', { type: 'LGET' }, 'no key', 'no entity', 'NO_ENTITY'],
    ['LGET', { type: 'LGET' }, 'key', 'entity', 'HAS_AUTH'],
    ['PING', { type: 'PING' }, 'key', 'no entity', 'HAS_AUTH'],
    ['PING', { type: 'PING' }, 'no key', 'entity', 'HAS_AUTH'],
  ]
  test.each(cases)('%s %o with %s and %s: %s', (_tag, command, withKey, withEntity, error) => {
    const { client, key, entity } = world()
    const options = { ...(withKey === 'key' ? { key } : {}), ...(withEntity === 'entity' ? { entity } : {}) }
    expect(client.ask(command, options)).toEqual(CMD(error))
  })

  test('PING is answered with PONG', () => {
    expect(world().client.ask({ type: 'PING' })).toEqual({ type: 'PONG' })
  })
})

describe('input that cannot be read', () => {
  const error = (type: string) => ({ type: 'ERR', error: { type } })
  const transmission = (...parts: (string | Uint8Array)[]) => {
    const bytes = concat(...parts.map((part) => (typeof part === 'string' ? utf8(part) : part)))
    return encode((writer) => writer.u8(1).large(bytes))
  }
  const id = (length: number, fill = 1) => concat(Uint8Array.of(length), new Uint8Array(length).fill(fill))
  const cases: [string, Uint8Array, object, number, number][] = [
    ['nothing', EMPTY, error('BLOCK'), 0, 0],
    ['count 0', Uint8Array.of(0), error('BLOCK'), 0, 0],
    ['trailing bytes', concat(transmission(id(0), id(24), id(0), 'PING'), EMPTY, utf8('x')), error('BLOCK'), 0, 0],
    ['a transmission cut short', transmission(id(0), Uint8Array.of(24, 1)), error('BLOCK'), 0, 0],
    ['an authenticator of 10 bytes', transmission(id(10), '0', id(24), id(24), 'SUB'), error('BLOCK'), 24, 0],
    ['an unknown tag', transmission(id(0), id(24), id(3), 'HELLO'), CMD('UNKNOWN'), 24, 3],
    ['a message of routers', transmission(id(0), id(24), id(3), 'OK'), CMD('UNKNOWN'), 24, 3],
    ['SUB=', transmission(id(64), '0', id(24), id(3), 'SUB='), CMD('UNKNOWN'), 24, 3],
    ['SUB with a space', transmission(id(64), '0', id(24), id(3), 'SUB '), CMD('SYNTAX'), 24, 3],
    ['KEY without key', transmission(id(64), '0', id(24), id(3), 'KEY abc'), CMD('SYNTAX'), 24, 3],
    ['a short correlation id', transmission(id(0), id(2), id(0), 'PING'), { type: 'PONG' }, 2, 0],
  ]
  test.each(cases)('%s', (_what, payload, message, corrId, entityId) => {
    const client = makeWorld().connect()
    client.block(payload)
    const [event, ...more] = client.events()
    expect(more).toEqual([])
    expect(event?.message).toEqual(message)
    expect([event?.corrId.length, event?.entityId.length]).toEqual([corrId, entityId])
    expect(client.closed).toBe(false)
  })

  test('one malformed transmission does not spoil the block', () => {
    const client = makeWorld().connect()
    const ping = concat(id(0), id(24), id(0), utf8('PING'))
    client.block(encode((writer) => writer.u8(3).large(ping).large(id(5)).large(ping)))
    expect(client.events().map(({ message }) => message)).toEqual(
      expect.arrayContaining([{ type: 'PONG' }, { type: 'PONG' }, error('BLOCK')]),
    )
  })

  test('a block that does not open', () => {
    const client = makeWorld().connect()
    client.badBlock()
    expect(client.events()).toEqual([{ corrId: EMPTY, entityId: EMPTY, message: error('BLOCK') }])
    expect(client.ask({ type: 'PING' })).toEqual({ type: 'PONG' })
  })

  test('version 6 with the session id of another connection', () => {
    const world = makeWorld()
    const [a, b] = [world.connect(6), world.connect(6)]
    b.block(a.frame({ type: 'PING' }))
    const [event] = b.events()
    expect(event).toMatchObject({ entityId: EMPTY, message: error('SESSION') })
    expect(event?.corrId).toHaveLength(24)

    const malformed = concat(id(10), id(32, 7), id(24), id(24), utf8('SUB'))
    b.block(encode((writer) => writer.u8(1).large(malformed)))
    expect(b.events()).toMatchObject([{ entityId: EMPTY, message: error('SESSION') }])
  })

  test('an answer that does not fit because of its correlation id is INTERNAL', () => {
    const world = makeWorld()
    const client = world.connect()
    const queue = makeQueue(world, client, { subscribe: false })
    client.ask(HELLO, queue.forSender)
    const corrId = new Uint8Array(255).fill(9)
    expect(client.ask({ type: 'GET' }, { ...queue.forRecipient, corrId })).toEqual(error('INTERNAL'))
    expect(client.ask({ type: 'GET' }, queue.forRecipient)).toMatchObject({ type: 'MSG' })
  })
})
