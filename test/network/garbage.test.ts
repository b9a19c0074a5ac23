import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeAgentEnvelope } from '../../core/agent/envelope.ts'
import { EMPTY, fromUtf8, utf8 } from '../../core/codec/bytes.ts'
import { HearthError } from '../../core/codec/error.ts'
import type { PrivateKey } from '../../core/codec/keys.ts'
import { boxKey } from '../../core/crypto/box.ts'
import { generateKeyPair } from '../../core/crypto/keypair.ts'
import type { RunningRouter } from '../../core/router/server.ts'
import type { RouterAddress } from '../../core/smp/address.ts'
import type { SmpClient, SmpClientEvents } from '../../core/smp/client/api.ts'
import { createSmpClient } from '../../core/smp/client/client.ts'
import type { Command } from '../../core/smp/commands.ts'
import { MESSAGE_PADDING, sealEnvelope } from '../../core/smp/envelope.ts'
import { encodeCommandFrame, receiveMessage, splitBlock } from '../../core/smp/transmission.ts'
import {
  certificatePem,
  createIdentity,
  createLeaf,
  fingerprint,
  privateKeyPem,
} from '../../core/transport/certificate.ts'
import { acceptSession, connectSession, type Session } from '../../core/transport/session.ts'
import { seededRandom } from '../simulation/random.ts'
import { env, localRouter, scratch, testAgent } from '../support/agents.ts'
import { vectorStrings } from '../unit/fuzz/corpus.ts'
import { mutate } from '../unit/fuzz/mutate.ts'

/** Streams of garbage over real TLS: whoever gets them neither stops nor grows, and serves others meanwhile. */

let folder: ReturnType<typeof scratch>
let router: RunningRouter

beforeEach(async () => {
  folder = scratch()
  router = await localRouter(folder.path)
})

afterEach(async () => {
  await router.stop()
  folder.remove()
})

const random = seededRandom(1, 'garbage')
const vectors = vectorStrings()
const silent: SmpClientEvents = { message() {}, end() {}, deleted() {}, up() {}, down() {}, refused() {} }

function newQueue(key = generateKeyPair('Ed25519', env.random)) {
  const command: Command = {
    type: 'NEW',
    key: key.publicKey,
    dhKey: generateKeyPair('X25519', env.random).publicKey,
    subscribe: false,
    queue: { mode: 'messaging' },
  }
  return { entityId: EMPTY, key: key.privateKey, command }
}

async function expectToServe(client: SmpClient, address: RouterAddress): Promise<void> {
  await expect(client.request(address, newQueue(), 'interactive')).resolves.toMatchObject({ type: 'IDS' })
}

/** Commands as they should be, in the blocks of a session, but signed for another one. */
function commandBlocks(session: Session): Uint8Array[] {
  const { privateKey: key, publicKey } = generateKeyPair('Ed25519', env.random)
  const foreign = { ...session, sessionId: env.random(32) }
  const id = env.random(24)
  const body = env.random(500)
  const commands: readonly Command[] = [
    newQueue().command,
    { type: 'SUB' },
    { type: 'KEY', key: publicKey },
    { type: 'SEND', flags: { notification: true }, body },
    { type: 'ACK', msgId: id },
    { type: 'LSET', linkId: id, data: { fixed: body, user: body } },
    { type: 'QUE' },
  ]
  return commands.map((command) =>
    encodeCommandFrame(foreign, env.random(24), command.type === 'NEW' ? EMPTY : id, command, key),
  )
}

/** What a session hears. */
function listenTo(session: Session) {
  const heard = { blocks: 0, types: new Set<string>(), closed: false }
  session.start({
    block(payload) {
      heard.blocks++
      for (const part of splitBlock(payload)) {
        const { message } = receiveMessage(session, part)
        heard.types.add(message instanceof HearthError ? 'unreadable' : message.type)
      }
    },
    drain() {},
    close() {
      heard.closed = true
    },
  })
  return heard
}

const target = (address: RouterAddress) => ({ hosts: address.hosts, port: address.port, keyHash: address.keyHash })

test('a router under garbage in blocks answers, keeps nothing, and serves others', async () => {
  const sessions = await Promise.all(
    Array.from({ length: 6 }, () => connectSession(env, target(router.address), { timeout: 20_000 })),
  )
  const heard = sessions.map(listenTo)
  const good = createSmpClient(env, silent)
  for (const session of sessions) {
    const seeds = commandBlocks(session)
    for (let i = 0; i < 150; i++) {
      const payload = mutate(random, 'bytes', seeds)
      session.sendBlock(payload.subarray(0, 16_000))
    }
    await expectToServe(good, router.address)
    session.sendBlock(encodeCommandFrame(session, env.random(24), EMPTY, { type: 'PING' }))
  }
  await expect.poll(() => heard.every(({ types }) => types.has('PONG')), { timeout: 20_000 }).toBe(true)
  for (const { closed, types } of heard) {
    expect(closed).toBe(false)
    expect([...types].sort()).toEqual(['ERR', 'PONG'])
  }
  const { queues, messages, subscriptions } = router.statistics()
  expect([queues, messages, subscriptions]).toEqual([6, 0, 0])
  for (const session of sessions) session.destroy()
  await expect.poll(() => router.statistics().connections).toBe(1)
  await good.close()
})

test('a router under garbage instead of blocks forgets those connections, and serves others', async () => {
  const dial = () =>
    env.network.dial({
      host: '127.0.0.1',
      port: router.port,
      alpn: random.chance(0.7) ? ['smp/1'] : [],
      timeout: 20_000,
    })
  let closed = 0
  for (let i = 0; i < 24; i++) {
    const connection = await dial()
    connection.start({
      data() {},
      drain() {},
      close() {
        closed++
      },
    })
    connection.write(random.bytes(random.pick([1, 100, 16_383, 16_384, 40_000])))
    if (random.chance(0.5)) connection.destroy()
    else connection.end()
  }
  await expect.poll(() => closed, { timeout: 20_000 }).toBe(24)
  await expect.poll(() => router.statistics().connections).toBe(0)
  const good = createSmpClient(env, silent)
  await expectToServe(good, router.address)
  await good.close()
})

test('a client of a router that answers garbage fails in time and keeps working with another', async () => {
  const identity = createIdentity(env, 'Ed25519')
  const leaf = createLeaf(env, identity, '127.0.0.1')
  const own = {
    chain: [leaf.der, identity.der] as const,
    keyHash: fingerprint(identity.der),
    leafKey: leaf.keys.privateKey,
  }
  const answers = vectors.filter((vector) => vector.length < 4000)
  let blocks = 0
  const listener = await env.network.listen(
    {
      host: '127.0.0.1',
      port: 0,
      certificateChain: certificatePem(leaf.der, identity.der),
      privateKey: privateKeyPem(leaf.keys),
      maxConnections: 10,
    },
    (connection) => {
      acceptSession(env, connection, own, { timeout: 20_000 }).then(
        (session) =>
          session.start({
            block() {
              for (let i = 0; i < 40; i++) session.sendBlock(mutate(random, 'bytes', answers).subarray(0, 16_000))
              blocks++
            },
            drain() {},
            close() {},
          }),
        () => {},
      )
    },
  )
  const bad: RouterAddress = { hosts: ['127.0.0.1'], port: String(listener.port), keyHash: own.keyHash }
  let messages = 0
  const client = createSmpClient(
    env,
    { ...silent, message: () => void messages++ },
    { commandTimeout: { background: 500, interactive: 500 } },
  )
  const attempts = Array.from({ length: 50 }, () => client.request(bad, newQueue(), 'interactive'))
  const outcomes = await Promise.allSettled(attempts)
  for (const outcome of outcomes) {
    expect(outcome.status).toBe('rejected')
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(HearthError)
  }
  expect(blocks).toBeGreaterThan(0)
  await expectToServe(client, router.address)
  await client.close()
  await listener.close()
})

test('an agent whose queue is filled with garbage acknowledges it, keeps nothing, and hears its peer', async () => {
  const a = await testAgent({ routers: [router.address] })
  const b = await testAgent({ routers: [router.address] })
  const invitation = await b.agent.createInvitation()
  const aConn = await a.store.write((tx) => a.agent.join(tx, invitation.full, utf8('a')))
  const conf = await b.expect('CONF')
  await b.store.write((tx) => b.agent.allow(tx, conf.conn, conf.confirmation, utf8('b')))
  await Promise.all([a.expect('CON'), b.expect('CON')])

  const queue = await a.store.read(
    async (tx) =>
      (await tx.get<{ snd_id: Uint8Array; snd_key: Uint8Array; e2e_secret: Uint8Array }>(
        'SELECT snd_id, snd_key, e2e_secret FROM snd_queues WHERE conn = ?',
        aConn,
      ))!,
  )
  const key: PrivateKey<'Ed25519'> = { algorithm: 'Ed25519', raw: queue.snd_key }
  const client = createSmpClient(env, silent)
  const envelopes = vectors.filter(isEnvelope)
  const garbage = 120
  for (let i = 0; i < garbage; i++) {
    const inner = random.chance(0.3) ? random.pick(envelopes) : mutate(random, 'bytes', envelopes)
    const body = random.chance(0.2)
      ? random.bytes(16_000)
      : sealEnvelope(
          boxKey(queue.e2e_secret),
          { version: 4, key: undefined },
          random.bytes(24),
          { body: inner.subarray(0, 15_000) },
          MESSAGE_PADDING,
        )
    const command: Command = { type: 'SEND', flags: { notification: false }, body }
    for (;;) {
      const sent = await client
        .request(router.address, { entityId: queue.snd_id, key, command })
        .catch((error) => error)
      if (!(sent instanceof HearthError)) break
      expect(sent.code).toBe('QUOTA')
      await expect.poll(() => router.statistics().messages, { timeout: 20_000 }).toBe(0)
    }
  }
  await a.store.write((tx) => a.agent.send(tx, aConn, utf8('still here')))
  await b.expect('MSG', (event) => fromUtf8(event.body) === 'still here')
  await expect.poll(() => router.statistics().messages, { timeout: 20_000 }).toBe(0)
  const kinds = new Set(b.events.map(({ type }) => type))
  kinds.delete('ERR')
  expect([...kinds].sort()).toEqual(['CON', 'CONF', 'MSG'])
  expect(b.events.filter(({ type }) => type === 'MSG')).toHaveLength(1)
  const left = await b.store.read((tx) =>
    tx.get<{ messages: number; keys: number; requests: number }>(
      'SELECT (SELECT count(*) FROM rcv_messages) AS messages, (SELECT count(*) FROM skipped_keys) AS keys, ' +
        '(SELECT count(*) FROM requests) AS requests',
    ),
  )
  expect(left).toEqual({ messages: 0, keys: 0, requests: 0 })
  await client.close()
  await a.stop()
  await b.stop()
})

/** Keys for a new ratchet are no garbage where they come from whoever may send here. */
function isEnvelope(bytes: Uint8Array): boolean {
  try {
    return decodeAgentEnvelope(bytes).type !== 'ratchetKey'
  } catch {
    return false
  }
}
