import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { concat, fromUtf8, utf8 } from '../../core/codec/bytes.ts'
import type { Connection, Env, Listener } from '../../core/env/env.ts'
import { wait } from '../../core/env/wait.ts'
import { certificatePem, createIdentity, createLeaf, privateKeyPem } from '../../core/transport/certificate.ts'
import { createWorld, SimulationError, type World } from './world.ts'

let world: World
afterEach(() => world.dispose())

/** A connection whose events are kept. */
function watch(connection: Connection) {
  const seen = {
    connection,
    chunks: [] as Uint8Array[],
    drains: 0,
    closed: false,
    error: undefined as Error | undefined,
    get bytes() {
      return concat(...seen.chunks)
    },
    get text() {
      return fromUtf8(seen.bytes)
    },
  }
  connection.start({
    data: (bytes) => void seen.chunks.push(bytes),
    drain: () => void seen.drains++,
    close(error) {
      seen.closed = true
      seen.error = error
    },
  })
  return seen
}

type Watched = ReturnType<typeof watch>

async function serve(env: Env, accepted: Watched[], port = 5223, maxConnections = 100): Promise<Listener> {
  const identity = createIdentity(env, 'Ed25519')
  const leaf = createLeaf(env, identity, 'server')
  return env.network.listen(
    {
      host: '',
      port,
      certificateChain: certificatePem(leaf.der, identity.der),
      privateKey: privateKeyPem(leaf.keys),
      maxConnections,
    },
    (connection) => accepted.push(watch(connection)),
  )
}

const target = { host: 'server', port: 5223, alpn: ['smp/1'], timeout: 10_000 }

/** One connected pair. */
async function connected(options?: Parameters<typeof createWorld>[1]) {
  world = createWorld(1, options)
  const accepted: Watched[] = []
  await serve(world.host('server'), accepted)
  const client = watch(await world.wait(world.host('client').network.dial(target)))
  await world.runUntil(() => accepted.length === 1)
  return { client, server: accepted[0]!, accepted }
}

describe('clock', () => {
  test('runs timers in the order of their times and jumps over idle time', async () => {
    world = createWorld(1)
    const { clock } = world.host('a')
    const order: string[] = []
    const start = clock.now()
    clock.timer(30_000, () => order.push(`c ${clock.now() - start}`))
    clock.timer(10, () => order.push(`a ${clock.now() - start}`))
    clock.timer(10, () => order.push('b'))
    const cancelled = clock.timer(20, () => order.push('never'))
    cancelled.cancel()
    await world.runFor(40_000)
    expect(order).toEqual(['a 10', 'b', 'c 30000'])
    expect(world.now).toBe(40_000)
  })

  test('runs promises and yielded steps before time goes on', async () => {
    world = createWorld(1)
    const { clock } = world.host('a')
    const order: string[] = []
    clock.timer(5, () => {
      clock.timer(1, () => order.push('timer'))
      clock.soon(() => order.push('soon'))
      void Promise.resolve()
        .then(() => {})
        .then(() => order.push('promise'))
    })
    await world.runFor(100)
    expect(order).toEqual(['promise', 'soon', 'timer'])
  })

  test('waits for a promise of the world and fails when it cannot settle', async () => {
    world = createWorld(1)
    const { clock } = world.host('a')
    await world.wait(wait(clock, 5000))
    expect(world.now).toBe(5000)
    await expect(world.wait(new Promise(() => {}), 1000)).rejects.toThrow(SimulationError)
    await expect(world.runUntil(() => false, 10)).rejects.toThrow(/not so within 10 ms/)
  })

  test('gives hosts calendar clocks of their own', async () => {
    world = createWorld(1)
    const a = world.host('a')
    const b = world.host('b', { skew: 60_000 })
    expect(b.clock.now() - a.clock.now()).toBe(60_000)
  })
})

describe('network', () => {
  test('carries bytes both ways, whole and in order', async () => {
    const { client, server } = await connected({ link: { split: 0.5 } })
    const sent = world.random.bytes(300_000)
    for (let i = 0; i < sent.length; i += 7000) client.connection.write(sent.subarray(i, i + 7000))
    server.connection.write(utf8('hello'))
    await world.runUntil(() => server.bytes.length === sent.length && client.text === 'hello')
    expect(server.bytes).toEqual(sent)
    expect(server.chunks.length).toBeGreaterThan(44)
  })

  test('shows the certificate chain, one session id and the ALPN name', async () => {
    const { client, server } = await connected()
    expect(client.connection.peerCertificates).toHaveLength(2)
    expect(server.connection.peerCertificates).toEqual([])
    expect(client.connection.sessionId).toHaveLength(32)
    expect(server.connection.sessionId).toEqual(client.connection.sessionId)
    expect([client.connection.alpn, server.connection.alpn]).toEqual(['smp/1', 'smp/1'])
  })

  test('takes the time that latency and bandwidth ask for', async () => {
    const { client, server } = await connected({ link: { latency: 50, jitter: 0, bandwidth: 100, window: 1e9 } })
    const start = world.now
    client.connection.write(new Uint8Array(10_000))
    await world.runUntil(() => server.bytes.length === 10_000)
    expect(world.now - start).toBeGreaterThanOrEqual(150)
    expect(world.now - start).toBeLessThan(160)
  })

  test('refuses dials where nobody listens, no host is, or the link says so', async () => {
    await connected()
    const { network } = world.host('client')
    await expect(world.wait(network.dial({ ...target, port: 1 }))).rejects.toMatchObject({
      kind: 'network',
      code: 'connect',
      temporary: true,
    })
    await expect(world.wait(network.dial({ ...target, host: 'nobody' }))).rejects.toMatchObject({ code: 'host' })
    await expect(world.wait(network.dial({ ...target, alpn: ['other'] }))).rejects.toMatchObject({ code: 'tls' })
    world.links.set('client', 'server', { refuse: 1 })
    await expect(world.wait(network.dial(target))).rejects.toMatchObject({ code: 'connect' })
  })

  test('keeps to the number of connections of a listener', async () => {
    world = createWorld(1)
    await serve(world.host('server'), [], 5223, 1)
    const { network } = world.host('client')
    await world.wait(network.dial(target))
    await expect(world.wait(network.dial(target))).rejects.toMatchObject({ code: 'closed' })
  })

  test('asks the writer to wait while the reader pauses, and tells when to go on', async () => {
    const { client, server } = await connected()
    server.connection.pause()
    let more = true
    let written = 0
    for (; more || written < 500_000; written += 16_384) more = client.connection.write(new Uint8Array(16_384))
    await world.runFor(60_000)
    expect(server.bytes.length).toBe(0)
    expect(client.connection.buffered).toBeGreaterThan(0)
    const drainsBefore = client.drains
    server.connection.resume()
    await world.runUntil(() => server.bytes.length === written)
    await world.runUntil(() => client.drains > drainsBefore)
    expect(client.connection.buffered).toBe(0)
  })

  test('end flushes and closes both without an error', async () => {
    const { client, server } = await connected()
    client.connection.write(new Uint8Array(400_000))
    client.connection.end()
    await world.runUntil(() => client.closed && server.closed)
    expect(server.bytes.length).toBe(400_000)
    expect([client.error, server.error]).toEqual([undefined, undefined])
  })

  test('destroy closes both once', async () => {
    const { client, server } = await connected()
    client.connection.destroy()
    await world.runUntil(() => client.closed && server.closed)
    expect(client.connection.write(utf8('late'))).toBe(false)
    expect(world.connections).toBe(0)
  })

  test('a cut loses what is under way, from some byte on', async () => {
    const lengths = new Set<number>()
    for (let seed = 0; seed < 20; seed++) {
      world = createWorld(seed)
      const accepted: Watched[] = []
      await serve(world.host('server'), accepted)
      const client = watch(await world.wait(world.host('client').network.dial(target)))
      const sent = world.random.bytes(60_000)
      for (let i = 0; i < sent.length; i += 10_000) client.connection.write(sent.subarray(i, i + 10_000))
      world.cut('client', 'server')
      await world.runUntil(() => client.closed && accepted[0]?.closed === true)
      const got = accepted[0]!.bytes
      expect(got).toEqual(sent.subarray(0, got.length))
      lengths.add(got.length)
    }
    expect(lengths.size).toBeGreaterThan(5)
    expect([...lengths].some((length) => length % 10_000 !== 0)).toBe(true)
  })

  test('a partition holds bytes back and loses none; dials time out meanwhile', async () => {
    const { client, server } = await connected()
    world.links.partition(['client'], ['server'])
    client.connection.write(utf8('one '))
    await world.runFor(20_000)
    expect(server.text).toBe('')
    await expect(world.wait(world.host('client').network.dial(target))).rejects.toMatchObject({
      code: 'timeout',
      temporary: true,
    })
    client.connection.write(utf8('two'))
    world.links.heal()
    await world.runUntil(() => server.text === 'one two')
  })
})

describe('crash', () => {
  test('nothing of the host runs again, peers see their connections close', async () => {
    const { client, server } = await connected()
    const { clock } = world.host('server')
    let ran = false
    clock.timer(50, () => {
      ran = true
    })
    world.crash('server')
    await world.runUntil(() => client.closed)
    await world.runFor(1000)
    expect([ran, server.closed, world.alive('server')]).toEqual([false, false, false])
    await expect(world.wait(world.host('client').network.dial({ ...target, timeout: 500 }))).rejects.toMatchObject({
      code: 'timeout',
    })
    await serve(world.host('server'), [])
    await world.wait(world.host('client').network.dial(target))
  })

  test('without power peers notice by writing to the next life only', async () => {
    const { client } = await connected()
    world.crash('server', { silent: true })
    client.connection.write(utf8('anybody?'))
    await world.runFor(10_000)
    expect(client.closed).toBe(false)
    world.host('server')
    client.connection.write(utf8('anybody?'))
    await world.runUntil(() => client.closed)
  })

  test('comes at a chosen use of the Env, with the files of that instant', async () => {
    world = createWorld(1)
    const env = world.host('a')
    const file = join(world.disk('a'), 'state')
    world.crashAfter('a', 3)
    for (let i = 1; i <= 5; i++) {
      env.random(1)
      writeFileSync(file, `${i}`)
    }
    expect(world.alive('a')).toBe(false)
    const next = join(world.disk('a'), 'state')
    expect(next).not.toBe(file)
    expect(readFileSync(next, 'utf8')).toBe('2')
  })

  test('lives have different randomness; files go with the world', async () => {
    world = createWorld(1)
    const first = world.host('a').random(16)
    const folder = world.disk('a')
    world.crash('a')
    expect(world.host('a').random(16)).not.toEqual(first)
    world.dispose()
    expect(existsSync(folder)).toBe(false)
  })
})

describe('determinism', () => {
  /** Hosts that talk at random while connections break. */
  async function story(seed: number): Promise<{ digest: string; log: string }> {
    world = createWorld(seed, { link: { split: 0.3, refuse: 0.1 } })
    const accepted: Watched[] = []
    await serve(world.host('server'), accepted)
    async function talk(name: string): Promise<void> {
      const env = world.host(name)
      for (let round = 0; round < 10; round++) {
        try {
          const seen = watch(await env.network.dial(target))
          for (let i = 0; i < 10 && !seen.closed; i++) {
            seen.connection.write(env.random(1 + (env.random(1)[0]! << 6)))
            env.log.info('said', { i })
            await wait(env.clock, env.random(1)[0]!)
          }
          seen.connection.end()
        } catch {
          env.log.warn('refused')
        }
      }
    }
    const talks = Promise.all(['a', 'b', 'c'].map(talk))
    for (let time = 300; time < 5000; time += 300)
      world.at(time, () => world.cut(world.random.pick(['a', 'b']), 'server'))
    await world.wait(talks)
    const result = { digest: world.digest(), log: JSON.stringify(world.log) }
    world.dispose()
    return result
  }

  test('the same seed tells the same story, another seed another', async () => {
    const [first, again, other] = [await story(7), await story(7), await story(8)]
    expect(again).toEqual(first)
    expect(other.digest).not.toBe(first.digest)
  })

  test('a host that yields for ever is found out', async () => {
    world = createWorld(1)
    const { clock } = world.host('a')
    const spin = () => clock.soon(spin)
    spin()
    await expect(world.runFor(1)).rejects.toThrow(/clock stands still/)
  })
})
