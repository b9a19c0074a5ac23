import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EMPTY, fromHex, fromUtf8, hex, utf8 } from '../../core/codec/bytes.ts'
import type { PrivateKey } from '../../core/codec/keys.ts'
import { agree } from '../../core/crypto/agreement.ts'
import { boxKey } from '../../core/crypto/box.ts'
import { generateKeyPair } from '../../core/crypto/keypair.ts'
import { realEnv } from '../../core/env/real.ts'
import { silentLog } from '../../core/env/silent.ts'
import { type RouterOptions, type RunningRouter, startRouter } from '../../core/router/server.ts'
import { parseRouterAddress, type RouterAddress } from '../../core/smp/address.ts'
import type { AuthAlgorithm, Command } from '../../core/smp/commands.ts'
import type { BrokerMessage } from '../../core/smp/messages.ts'
import { openForwardedAnswer, openProxiedAnswer, sealForwarded, sealProxied } from '../../core/smp/proxy.ts'
import { encodeCommandFrame, packBlocks, receiveMessage, splitBlock } from '../../core/smp/transmission.ts'
import { BLOCK_SIZE } from '../../core/transport/block.ts'
import { type RawClient, type RawQueue, rawClient, rawQueue } from './raw-client.ts'

const env = realEnv({ log: silentLog })
let dir = ''
let routers: RunningRouter[] = []
let clients: RawClient[] = []
let processes: ChildProcess[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hearth-router-'))
})
afterEach(async () => {
  for (const client of clients) client.close()
  await Promise.all(routers.map((router) => router.stop()))
  for (const child of processes) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  routers = []
  clients = []
  processes = []
  rmSync(dir, { recursive: true })
})

async function start(options: Partial<RouterOptions> = {}): Promise<RunningRouter> {
  const router = await startRouter(env, { dir, port: 0, listen: '127.0.0.1', algorithm: 'Ed25519', ...options })
  routers.push(router)
  return router
}

async function connect(address: RouterAddress, version?: number): Promise<RawClient> {
  const client = await rawClient(env, address, version === undefined ? undefined : { min: 6, max: version })
  clients.push(client)
  return client
}

function send(text: string): Command {
  return { type: 'SEND', flags: { notification: false }, body: utf8(text) }
}

const OK = { type: 'OK' }

/** A sender behind a proxy, which `client` plays: what the router answers to the command inside. */
async function throughProxy(
  client: RawClient,
  version: number,
  command: Command,
  options: { entity?: Uint8Array; key?: PrivateKey<AuthAlgorithm> } = {},
): Promise<BrokerMessage> {
  const { sessionId, peerKey } = client.session
  const corrId = env.random(24)
  const block = encodeCommandFrame(
    { version, sessionId, peerKey },
    corrId,
    options.entity ?? EMPTY,
    command,
    options.key,
  )
  const received = await blockThroughProxy(client, version, block)
  if (received.type === 'ERR') throw new Error(`RFWD was answered with ${JSON.stringify(received)}`)
  expect(received.corrId).toEqual(corrId)
  if (received.message instanceof Error) throw received.message
  return received.message
}

/** The same with any block inside, the ids of the answer, or what the proxy itself was answered. */
async function blockThroughProxy(client: RawClient, version: number, block: Uint8Array) {
  const { sessionId, ownKey, peerKey } = client.session
  const sender = generateKeyPair('X25519', env.random)
  const inner = boxKey(agree(sender.privateKey, peerKey!))
  const outer = boxKey(agree(ownKey, peerKey!))
  const [corrId, proxyCorrId] = [env.random(24), env.random(24)]
  const forwarded = { corrId, version, key: sender.publicKey, transmission: sealProxied(inner, corrId, block) }
  const answer = await client.ask(
    { type: 'RFWD', transmission: sealForwarded(outer, proxyCorrId, forwarded) },
    { corrId: proxyCorrId },
  )
  if (answer.type !== 'RRES') return { type: 'ERR', error: answer } as const
  const returned = openForwardedAnswer(outer, proxyCorrId, answer.response)
  expect(returned.corrId).toEqual(corrId)
  const [transmission] = splitBlock(openProxiedAnswer(inner, corrId, returned.answer))
  return { type: 'RRES', ...receiveMessage({ version, sessionId }, transmission!) } as const
}

/** Takes and acknowledges all that a queue holds. */
async function drain(client: RawClient, queue: RawQueue): Promise<string[]> {
  const got: string[] = []
  await client.ask({ type: 'SUB' }, queue.forRecipient)
  const info = await client.ask({ type: 'QUE' }, queue.forRecipient)
  if (info.type !== 'INFO' || info.info.size === 0) return got
  let { message } = await client.event()
  while (!(message instanceof Error) && message.type === 'MSG') {
    const body = queue.open(message)
    got.push(body.type === 'quota' ? 'QUOTA' : (fromUtf8(body.body) ?? ''))
    message = await client.ask({ type: 'ACK', msgId: message.msgId }, queue.forRecipient)
  }
  expect(message).toEqual(OK)
  return got
}

for (let version = 6; version <= 18; version++) {
  test(`version ${version}: a message from one connection to another`, async () => {
    const router = await start()
    const [recipient, sender] = [await connect(router.address, version), await connect(router.address, version)]
    expect(recipient.session.version).toBe(version)
    for (const algorithm of version < 7 ? (['Ed25519', 'Ed448'] as const) : (['Ed25519', 'Ed448', 'X25519'] as const)) {
      const queue = await rawQueue(env, recipient, { algorithm })
      const key = generateKeyPair(algorithm, env.random)
      expect(await recipient.ask({ type: 'KEY', key: key.publicKey }, queue.forRecipient)).toEqual(OK)
      const signed = { ...queue.forSender, key: key.privateKey }
      expect(await sender.ask(send(algorithm), signed)).toEqual(OK)
      const { entityId, message } = await recipient.event()
      expect(hex(entityId)).toBe(hex(queue.forRecipient.entity))
      expect(queue.open(message)).toMatchObject({ type: 'message', body: utf8(algorithm) })
      if (message instanceof Error || message.type !== 'MSG') throw new Error('no message')
      expect(await recipient.ask({ type: 'ACK', msgId: message.msgId }, queue.forRecipient)).toEqual(OK)
    }
  })
}

test('the folder and its files are for the owner alone; the address stays after a restart', async () => {
  const first = await start()
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  for (const file of readdirSync(dir)) expect([file, statSync(join(dir, file)).mode & 0o777]).toEqual([file, 0o600])
  expect(readdirSync(dir)).toEqual(
    expect.arrayContaining(['ca.crt', 'ca.key', 'server.crt', 'server.key', 'router.db']),
  )
  await first.stop()
  routers = []
  const second = await start()
  expect(hex(second.address.keyHash)).toBe(hex(first.address.keyHash))
})

test('two routers cannot share a folder', async () => {
  await start()
  await expect(start()).rejects.toMatchObject({ kind: 'store', code: 'locked' })
})

test('a port in use is refused with a usage error', async () => {
  const router = await start()
  const other = mkdtempSync(join(tmpdir(), 'hearth-router-'))
  try {
    await expect(start({ dir: other, port: router.port })).rejects.toMatchObject({ kind: 'usage', code: 'listen' })
    const file = fileURLToPath(import.meta.url)
    await expect(start({ dir: file })).rejects.toMatchObject({ kind: 'usage', code: 'folder' })
  } finally {
    rmSync(other, { recursive: true })
  }
})

test('stop flushes, disconnects and keeps everything', async () => {
  const router = await start()
  const client = await connect(router.address)
  const queue = await rawQueue(env, client)
  expect(await client.ask(send('kept'), queue.forSender)).toEqual(OK)
  await router.stop()
  await client.closed
  routers = []
  const again = await start()
  expect(await drain(await connect(again.address), queue)).toEqual(['kept'])
})

test('a thousand full-size messages of several senders to several queues, all once and in order', async () => {
  const router = await start()
  const recipient = await connect(router.address)
  const senders = await Promise.all([0, 1, 2].map(() => connect(router.address)))
  const queues = await Promise.all(Array.from({ length: 10 }, () => rawQueue(env, recipient)))
  const got = queues.map(() => [] as number[])
  const receiving = (async () => {
    for (let total = 0; total < 1000; total++) {
      const { entityId, message } = await recipient.event()
      const index = queues.findIndex(({ forRecipient }) => hex(forRecipient.entity) === hex(entityId))
      let next = message
      while (!(next instanceof Error) && next.type === 'MSG') {
        const body = queues[index]!.open(next)
        if (body.type === 'quota') throw new Error('quota')
        got[index]!.push(body.body[0]!)
        next = await recipient.ask({ type: 'ACK', msgId: next.msgId }, queues[index]!.forRecipient)
      }
      if (got.every((bodies) => bodies.length === 100)) return
    }
  })()
  await Promise.all(
    senders.map(async (sender, s) => {
      for (let n = 0; n < 100; n++) {
        const mine = queues.filter((_, i) => i % senders.length === s)
        const body = new Uint8Array(16_048).fill(n)
        const answers = await sender.askAll(
          mine.map((queue) => [{ type: 'SEND', flags: { notification: false }, body }, queue.forSender] as const),
        )
        expect(answers.every(({ type }) => type === 'OK')).toBe(true)
      }
    }),
  )
  await receiving
  for (const bodies of got) expect(bodies).toEqual(Array.from({ length: 100 }, (_, n) => n))
  expect(router.statistics()).toMatchObject({ accepted: 1000, delivered: 1000, acknowledged: 1000, messages: 0 })
})

describe('kill -9', () => {
  async function spawnRouter(port: number): Promise<{ child: ChildProcess; address: RouterAddress }> {
    const script = join(import.meta.dirname, 'router-process.ts')
    const child = spawn(process.execPath, [script, dir, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] })
    processes.push(child)
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
    return { child, address: parseRouterAddress(line) }
  }

  test('loses nothing that was acknowledged, in several lives', async () => {
    let { child, address } = await spawnRouter(0)
    const port = Number(address.port)
    const accepted = new Map<RawQueue, string[]>()
    const refused = new Set<string>()
    for (let life = 0; life < 3; life++) {
      const client = await connect(address)
      const queues = [...accepted.keys()]
      for (let i = 0; i < 4; i++) {
        const queue = await rawQueue(env, client, { queue: { mode: 'contact' } })
        accepted.set(queue, [])
        queues.push(queue)
      }
      let acknowledged = 0
      const sending = Array.from({ length: 40 }, (_, n) =>
        Promise.all(
          queues.map(async (queue, q) => {
            const text = `${life}.${q}.${n}`
            try {
              const answer = await client.ask(send(text), queue.forSender)
              if (answer.type === 'OK') accepted.get(queue)!.push(text)
              if (++acknowledged === 60 + 10 * life) child.kill('SIGKILL')
            } catch {
              refused.add(text)
            }
          }),
        ),
      )
      await Promise.all(sending)
      await client.closed
      expect(child.signalCode === 'SIGKILL' || (await once(child, 'exit'))[1] === 'SIGKILL').toBe(true)
      ;({ child, address } = await spawnRouter(port))
    }
    const reader = await connect(address)
    let total = 0
    for (const [queue, texts] of accepted) {
      const got = await drain(reader, queue)
      total += texts.length
      expect(got.filter((text) => !refused.has(text))).toEqual(texts)
    }
    expect(total).toBeGreaterThan(150)
  })
})

describe('hostile clients', () => {
  test('noise instead of blocks is answered and does not hurt others', async () => {
    const router = await start()
    const good = await connect(router.address)
    const queue = await rawQueue(env, good)
    const connections = await Promise.all(
      Array.from({ length: 5 }, () =>
        env.network.dial({ host: '127.0.0.1', port: router.port, alpn: ['smp/1'], timeout: 10_000 }),
      ),
    )
    const closed = connections.map(
      (connection) =>
        new Promise<void>((resolve) => connection.start({ data() {}, drain() {}, close: () => resolve() })),
    )
    for (const connection of connections) connection.write(env.random(BLOCK_SIZE * 3))
    await Promise.all(closed)
    const noisy = await connect(router.address)
    for (let i = 0; i < 50; i++) noisy.session.sendBlock(env.random(100 + i))
    for (let i = 0; i < 50; i++) expect((await noisy.event()).message).toMatchObject({ type: 'ERR' })
    expect(await good.ask(send('undisturbed'), queue.forSender)).toEqual(OK)
    expect(router.statistics().connections).toBe(2)
  })

  test('one that floods does not starve another', async () => {
    const router = await start()
    const [flood, calm] = [await connect(router.address), await connect(router.address)]
    const queue = await rawQueue(env, flood)
    const flooding = flood.askAll(
      Array.from(
        { length: 400 },
        () =>
          [{ type: 'SEND', flags: { notification: false }, body: new Uint8Array(16_000) }, queue.forSender] as const,
      ),
    )
    let answered = 0
    for (let i = 0; i < 5; i++) {
      await calm.ask({ type: 'PING' })
      answered++
    }
    expect(answered).toBe(5)
    const answers = await flooding
    expect(answers.filter(({ type }) => type === 'OK')).toHaveLength(128)
  })

  test('connections of one address beyond the limit are closed', async () => {
    const router = await start({ limits: { connectionsPerAddress: 2 } })
    const [a, b] = [await connect(router.address), await connect(router.address)]
    await expect(connect(router.address)).rejects.toMatchObject({ kind: 'network' })
    a.close()
    while (router.statistics().connections > 1) await b.ask({ type: 'PING' })
    expect(await b.ask({ type: 'PING' })).toEqual({ type: 'PONG' })
    await expect(connect(router.address)).resolves.toBeDefined()
  })
})

describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('openssl', () => {
  test('sees what the reference shows: TLS 1.3, two Ed448 certificates, ALPN smp/1', async () => {
    const router = await start({ algorithm: 'Ed448' })
    const output = await new Promise<string>((resolve) => {
      const child = execFile(
        'openssl',
        ['s_client', '-connect', `127.0.0.1:${router.port}`, '-alpn', 'smp/1', '-showcerts'],
        { encoding: 'latin1', timeout: 20_000 },
        (_error, stdout) => resolve(stdout),
      )
      child.stdin?.end()
    })
    expect(output).toContain('TLSv1.3')
    expect(output).toContain('ALPN protocol: smp/1')
    expect(output.match(/a:PKEY: ED448/g)).toHaveLength(2)
  })
})

describe('as the relay of another router', () => {
  const AUTH = { type: 'ERR', error: { type: 'AUTH' } }

  test.each([8, 14, 17, 18])('takes commands of version %i that senders gave to their proxy', async (version) => {
    const router = await start()
    const [recipient, proxy] = [await connect(router.address), await connect(router.address)]
    for (const algorithm of ['Ed25519', 'X25519'] as const) {
      const queue = await rawQueue(env, recipient)
      const sender = generateKeyPair(algorithm, env.random)
      const signed = { ...queue.forSender, key: sender.privateKey }
      const skey: Command = { type: 'SKEY', key: sender.publicKey }
      expect(await throughProxy(proxy, version, skey, signed)).toEqual(OK)
      expect(await throughProxy(proxy, version, send('hello'), signed)).toEqual(OK)
      const { message } = await recipient.event()
      expect(queue.open(message)).toMatchObject({ type: 'message', body: utf8('hello') })
      expect(await throughProxy(proxy, version, send('forged'), queue.forSender)).toEqual(AUTH)
    }
  })

  test('what only the sender may know is told to the sender, what is wrong with the layers to the proxy', async () => {
    const router = await start()
    const proxy = await connect(router.address)
    const queue = await rawQueue(env, proxy)
    expect(await throughProxy(proxy, 17, { type: 'LGET' }, { entity: env.random(24) })).toEqual(AUTH)
    expect(await throughProxy(proxy, 17, { type: 'SUB' }, queue.forRecipient)).toEqual({
      type: 'ERR',
      error: { type: 'CMD', error: 'PROHIBITED' },
    })
    const large: Command = { type: 'SEND', flags: { notification: false }, body: new Uint8Array(16_049) }
    expect(await throughProxy(proxy, 17, large, queue.forSender)).toEqual({ type: 'ERR', error: { type: 'LARGE_MSG' } })
    expect(await proxy.ask({ type: 'RFWD', transmission: env.random(16_000) })).toEqual({
      type: 'ERR',
      error: { type: 'CRYPTO' },
    })
  })

  test.each([
    ['no count', ''],
    ['count 0', '00'],
    ['a length beyond the end', '0100ff00'],
    ['bytes after the transmission', '0100010000'],
    ['a transmission cut short', '0100020018'],
  ])('a block with %s is answered to its sender', async (_what, block) => {
    const router = await start()
    const proxy = await connect(router.address)
    expect(await blockThroughProxy(proxy, 17, fromHex(block))).toEqual({
      type: 'RRES',
      corrId: EMPTY,
      entityId: EMPTY,
      message: { type: 'ERR', error: { type: 'BLOCK' } },
    })
  })

  test('a block of two commands is answered to the proxy', async () => {
    const router = await start()
    const proxy = await connect(router.address)
    const { sessionId } = proxy.session
    const lget = () => encodeCommandFrame({ version: 17, sessionId }, env.random(24), env.random(24), { type: 'LGET' })
    const [block] = packBlocks([lget(), lget()])
    expect(await blockThroughProxy(proxy, 17, block!)).toEqual({
      type: 'ERR',
      error: { type: 'ERR', error: { type: 'BLOCK' } },
    })
  })
})
