import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterEach, describe, expect, test } from 'vitest'
import { concat, equal, fromUtf8, hex, utf8 } from '../../core/codec/bytes.ts'
import { agree } from '../../core/crypto/agreement.ts'
import { generateKeyPair } from '../../core/crypto/keypair.ts'
import type { SigningAlgorithm } from '../../core/crypto/sign.ts'
import type { Connection, Env, Listener } from '../../core/env/env.ts'
import { realEnv } from '../../core/env/real.ts'
import { silentLog } from '../../core/env/silent.ts'
import {
  BLOCK_SIZE,
  blockChains,
  blockSplitter,
  openPlainBlock,
  plainBlock,
  sealBlock,
} from '../../core/transport/block.ts'
import { blockStream } from '../../core/transport/block-stream.ts'
import {
  certificatePem,
  createIdentity,
  createLeaf,
  fingerprint,
  privateKeyPem,
} from '../../core/transport/certificate.ts'
import { validateChain } from '../../core/transport/chain.ts'
import type { RouterIdentity } from '../../core/transport/handshake.ts'
import {
  type ClientHello,
  decodeServerHello,
  decodeServiceResponse,
  encodeClientHello,
} from '../../core/transport/hello.ts'
import { acceptSession, connectSession, type Session } from '../../core/transport/session.ts'
import { signKey, verifySignedKey } from '../../core/transport/signed-key.ts'

const real = realEnv({ log: silentLog })
/** The connections behind client sessions, for writing what a session would not. */
const dialled: Connection[] = []
const env: Env = {
  ...real,
  network: {
    ...real.network,
    async dial(target) {
      const connection = await real.network.dial(target)
      dialled.push(connection)
      return connection
    },
  },
}
const TIMEOUT = 10_000
const listeners: Listener[] = []
const open: { destroy(): void }[] = []

afterEach(async () => {
  for (const connection of open.splice(0)) connection.destroy()
  await Promise.all(listeners.splice(0).map((listener) => listener.close()))
})

function makeIdentity(algorithm: SigningAlgorithm = 'Ed25519') {
  const ca = createIdentity(env, algorithm)
  const leaf = createLeaf(env, ca, '127.0.0.1')
  const identity: RouterIdentity = {
    chain: [leaf.der, ca.der],
    keyHash: fingerprint(ca.der),
    leafKey: leaf.keys.privateKey,
  }
  const pem = { certificateChain: certificatePem(leaf.der, ca.der), privateKey: privateKeyPem(leaf.keys) }
  return { identity, pem }
}

async function listen(
  pem: { certificateChain: string; privateKey: string },
  accept: (connection: Connection) => void,
  maxConnections = 100,
) {
  const listener = await env.network.listen({ host: '127.0.0.1', port: 0, ...pem, maxConnections }, (connection) => {
    open.push(connection)
    accept(connection)
  })
  listeners.push(listener)
  return listener.port
}

async function pair(algorithm: SigningAlgorithm, versions = { min: 6, max: 18 }) {
  const { identity, pem } = makeIdentity(algorithm)
  const accepted = Promise.withResolvers<Session>()
  const port = await listen(pem, (connection) =>
    acceptSession(env, connection, identity, { timeout: TIMEOUT }).then(accepted.resolve, accepted.reject),
  )
  const client = await connectSession(
    env,
    { hosts: ['127.0.0.1'], port: String(port), keyHash: identity.keyHash },
    { timeout: TIMEOUT, versions },
  )
  open.push(client)
  return { client, server: await accepted.promise }
}

/** Reads payloads one by one. */
function inbox(session: Session) {
  const waiting: Uint8Array[] = []
  let wake: (() => void) | undefined
  let closed = false
  let error: Error | undefined
  let bad = 0
  session.start({
    block(payload) {
      waiting.push(payload)
      wake?.()
    },
    drain() {},
    close(failure) {
      closed = true
      error = failure
      wake?.()
    },
    badBlock() {
      bad++
      wake?.()
    },
  })
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    async next(): Promise<Uint8Array> {
      await until(() => waiting.length > 0)
      return waiting.shift()!
    },
    bad: () => until(() => bad > 0),
    async closed(): Promise<Error | undefined> {
      await until(() => closed)
      return error
    },
  }
}

describe('sessions over TLS', () => {
  for (let version = 6; version <= 18; version++) {
    test(`version ${version}: blocks both ways`, async () => {
      const { client, server } = await pair('Ed25519', { min: 6, max: version })
      expect([client.version, server.version]).toEqual([version, version])
      expect(client.sessionId).toHaveLength(32)
      expect(hex(server.sessionId)).toBe(hex(client.sessionId))
      expect(client.peerKey === undefined).toBe(false)
      expect(server.peerKey === undefined).toBe(version < 7)
      const atServer = inbox(server)
      const atClient = inbox(client)
      for (let i = 0; i < 3; i++) {
        client.sendBlock(utf8(`to the router ${i}`))
        server.sendBlock(utf8(`to the client ${i}`))
        expect(fromUtf8(await atServer.next())).toBe(`to the router ${i}`)
        expect(fromUtf8(await atClient.next())).toBe(`to the client ${i}`)
      }
    })
  }

  test('Ed448 certificates', async () => {
    const { client, server } = await pair('Ed448')
    const atServer = inbox(server)
    client.sendBlock(new Uint8Array(16_366))
    expect(await atServer.next()).toHaveLength(16_366)
    expect(() => client.sendBlock(new Uint8Array(16_367))).toThrow(/do not fit/)
    client.sendBlock(utf8('still in step'))
    expect(fromUtf8(await atServer.next())).toBe('still in step')
  })

  test('a thousand blocks arrive in order, with back-pressure', async () => {
    const { client, server } = await pair('Ed25519')
    const atServer = inbox(server)
    const sent = Promise.withResolvers<void>()
    let next = 0
    let waits = 0
    function fill(): void {
      while (next < 1000) {
        if (!client.sendBlock(concat(Uint8Array.of(next >> 8, next & 0xff), new Uint8Array(16_000)))) {
          next++
          waits++
          return
        }
        next++
      }
      sent.resolve()
    }
    client.start({ block() {}, drain: fill, close() {} })
    fill()
    for (let i = 0; i < 1000; i++) {
      const [high, low] = await atServer.next()
      expect(high! * 256 + low!).toBe(i)
    }
    await sent.promise
    expect(waits).toBeGreaterThan(0)
  })

  test('the end of one side closes the other', async () => {
    const { client, server } = await pair('Ed25519')
    const atServer = inbox(server)
    client.start({ block() {}, drain() {}, close() {} })
    client.sendBlock(utf8('last words'))
    client.end()
    expect(fromUtf8(await atServer.next())).toBe('last words')
    expect(await atServer.closed()).toBeUndefined()
  })
})

describe('the client refuses', () => {
  test('a router with another identity', async () => {
    const { identity, pem } = makeIdentity()
    const port = await listen(pem, (connection) => {
      acceptSession(env, connection, identity, { timeout: TIMEOUT }).catch(() => {})
    })
    const target = { hosts: ['127.0.0.1'], port: String(port), keyHash: new Uint8Array(32) } as const
    await expect(connectSession(env, target, { timeout: TIMEOUT })).rejects.toMatchObject({ code: 'unknown-ca' })
  })

  test('a session key of another certificate', async () => {
    const { identity, pem } = makeIdentity()
    const other = makeIdentity().identity
    const port = await listen(pem, (connection) => {
      acceptSession(env, connection, { ...identity, leafKey: other.leafKey }, { timeout: TIMEOUT }).catch(() => {})
    })
    const target = { hosts: ['127.0.0.1'], port: String(port), keyHash: identity.keyHash } as const
    await expect(connectSession(env, target, { timeout: TIMEOUT })).rejects.toMatchObject({
      code: 'HANDSHAKE BAD_AUTH',
    })
  })

  test('a handshake whose certificates are not those of TLS', async () => {
    const shown = makeIdentity()
    const claimed = makeIdentity().identity
    const port = await listen(shown.pem, (connection) => {
      acceptSession(env, connection, claimed, { timeout: TIMEOUT }).catch(() => {})
    })
    const target = { hosts: ['127.0.0.1'], port: String(port), keyHash: claimed.keyHash } as const
    await expect(connectSession(env, target, { timeout: TIMEOUT })).rejects.toMatchObject({
      code: 'HANDSHAKE BAD_AUTH',
    })
  })

  test('a router without a version in common', async () => {
    const { identity, pem } = makeIdentity()
    const port = await listen(pem, (connection) => {
      acceptSession(env, connection, identity, { timeout: TIMEOUT, versions: { min: 6, max: 9 } }).catch(() => {})
    })
    const target = { hosts: ['127.0.0.1'], port: String(port), keyHash: identity.keyHash } as const
    await expect(
      connectSession(env, target, { timeout: TIMEOUT, versions: { min: 10, max: 18 } }),
    ).rejects.toMatchObject({ code: 'VERSION', temporary: false })
  })

  test('a router that says nothing', async () => {
    const { identity, pem } = makeIdentity()
    const port = await listen(pem, (connection) => connection.start({ data() {}, drain() {}, close() {} }))
    const target = { hosts: ['127.0.0.1'], port: String(port), keyHash: identity.keyHash } as const
    await expect(connectSession(env, target, { timeout: 100 })).rejects.toMatchObject({
      code: 'timeout',
      temporary: true,
    })
  })

  test('garbage instead of a hello', async () => {
    const { identity, pem } = makeIdentity()
    const port = await listen(pem, (connection) => {
      connection.start({ data() {}, drain() {}, close() {} })
      connection.write(new Uint8Array(BLOCK_SIZE).fill(0xff))
    })
    const target = { hosts: ['127.0.0.1'], port: String(port), keyHash: identity.keyHash } as const
    await expect(connectSession(env, target, { timeout: TIMEOUT })).rejects.toMatchObject({ code: 'HANDSHAKE PARSE' })
  })

  test('a block that does not open: the session closes', async () => {
    const { client, server } = await pair('Ed25519')
    const closed = Promise.withResolvers<Error | undefined>()
    client.start({ block() {}, drain() {}, close: closed.resolve })
    const connection = open.find((item): item is Connection => 'write' in item)!
    connection.write(new Uint8Array(BLOCK_SIZE))
    expect(await closed.promise).toMatchObject({ code: 'BLOCK' })
    server.destroy()
  })

  test('nobody listening', async () => {
    const { identity, pem } = makeIdentity()
    const port = await listen(pem, () => {})
    await listeners.pop()!.close()
    const target = { hosts: ['127.0.0.1'], port: String(port), keyHash: identity.keyHash } as const
    await expect(connectSession(env, target, { timeout: TIMEOUT })).rejects.toMatchObject({
      kind: 'network',
      temporary: true,
    })
  })
})

/** Speaks the client's half by hand. */
async function rawClient(port: number, alpn: readonly string[] = ['smp/1']) {
  const connection = await env.network.dial({ host: '127.0.0.1', port, alpn, timeout: TIMEOUT })
  open.push(connection)
  const stream = blockStream(connection)
  const hello = decodeServerHello(openPlainBlock(await stream.read()))
  return { connection, stream, hello }
}

describe('the router', () => {
  async function router() {
    const { identity, pem } = makeIdentity()
    const outcome = Promise.withResolvers<Session>()
    outcome.promise.catch(() => {})
    const port = await listen(pem, (connection) => {
      acceptSession(env, connection, identity, { timeout: TIMEOUT }).then(outcome.resolve, outcome.reject)
    })
    return { identity, port, outcome: outcome.promise }
  }
  const hello = (keyHash: Uint8Array, more: Partial<ClientHello> = {}): ClientHello => ({
    version: 18,
    keyHash,
    key: generateKeyPair('X25519', env.random).publicKey,
    proxyServer: false,
    service: undefined,
    ...more,
  })

  test('offers only version 6 to a client without ALPN', async () => {
    const { port, identity } = await router()
    const client = await rawClient(port, [])
    expect(client.hello.versions).toEqual({ min: 6, max: 6 })
    expect(client.hello.auth).toBeUndefined()
    expect(hex(client.hello.sessionId)).toBe(hex(client.connection.sessionId))
    expect(equal(fingerprint(client.connection.peerCertificates[1]!), identity.keyHash)).toBe(true)
  })

  test('knows h2 and http/1.1 as ALPN names too', async () => {
    const { port } = await router()
    const client = await rawClient(port, ['http/1.1'])
    expect(client.hello.versions).toEqual({ min: 6, max: 18 })
    await expect(
      env.network.dial({ host: '127.0.0.1', port, alpn: ['other'], timeout: TIMEOUT }),
    ).rejects.toMatchObject({ kind: 'network' })
  })

  test.each([
    [['http/1.1', 'smp/1'], 'http/1.1'],
    [['other', 'h2', 'smp/1'], 'h2'],
    [['smp/1', 'h2'], 'smp/1'],
  ])('takes the first ALPN name of %j that it knows', async (offered, chosen) => {
    const { port } = await router()
    const client = await rawClient(port, offered)
    expect(client.connection.alpn).toBe(chosen)
  })

  test('takes clients of TLS 1.2, whose session id has 12 bytes', async () => {
    const { port, identity, outcome } = await router()
    const socket = tls.connect({
      host: '127.0.0.1',
      port,
      maxVersion: 'TLSv1.2',
      ALPNProtocols: ['smp/1'],
      rejectUnauthorized: false,
    })
    open.push(socket)
    const blocks: Uint8Array[] = []
    const arrived = Promise.withResolvers<void>()
    const split = blockSplitter((block) => {
      blocks.push(block)
      arrived.resolve()
    })
    socket.on('data', split)
    await arrived.promise
    const { sessionId, versions, auth } = decodeServerHello(openPlainBlock(blocks[0]!))
    expect(socket.getCipher().name).toBe('ECDHE-ECDSA-CHACHA20-POLY1305')
    expect(versions).toEqual({ min: 6, max: 18 })
    expect(sessionId).toHaveLength(12)
    expect(hex(sessionId)).toBe(hex(socket.getFinished()!))

    const leaf = validateChain(auth!.chain, identity.keyHash, env.clock.now())
    const own = generateKeyPair('X25519', env.random)
    const secret = agree(own.privateKey, verifySignedKey(auth!.signedKey, leaf, 'X25519')!)
    const chains = blockChains(sessionId, secret)
    socket.write(plainBlock(encodeClientHello(hello(identity.keyHash, { key: own.publicKey }))))
    socket.write(sealBlock(chains.clientToServer, utf8('over TLS 1.2')))
    expect(fromUtf8(await inbox(await outcome).next())).toBe('over TLS 1.2')
  })

  test.each([
    ['another router', { keyHash: new Uint8Array(32) }, 'HANDSHAKE IDENTITY'],
    ['a version out of range', { version: 19 }, 'VERSION'],
  ])('closes silently when the client wants %s', async (_what, change, code) => {
    const { port, identity, outcome } = await router()
    const client = await rawClient(port)
    client.connection.write(plainBlock(encodeClientHello(hello(identity.keyHash, change))))
    await expect(outcome).rejects.toMatchObject({ code })
    await expect(client.stream.read()).rejects.toMatchObject({ kind: 'network' })
  })

  test('refuses a service with BAD_SERVICE', async () => {
    const { port, identity, outcome } = await router()
    const client = await rawClient(port)
    const own = makeIdentity().identity
    const service = {
      role: 'N',
      chain: own.chain,
      signedKey: signKey(generateKeyPair('Ed25519', env.random).publicKey, own.leafKey),
    } as const
    client.connection.write(plainBlock(encodeClientHello(hello(identity.keyHash, { service }))))
    expect(decodeServiceResponse(openPlainBlock(await client.stream.read()))).toEqual({
      error: 'HANDSHAKE BAD_SERVICE',
    })
    await expect(outcome).rejects.toMatchObject({ code: 'HANDSHAKE BAD_SERVICE' })
    await expect(client.stream.read()).rejects.toMatchObject({ kind: 'network' })
  })

  test('leaves blocks unencrypted for a proxy and for a client without key', async () => {
    for (const change of [{ proxyServer: true }, { key: undefined }]) {
      const { port, identity, outcome } = await router()
      const client = await rawClient(port)
      client.connection.write(plainBlock(encodeClientHello(hello(identity.keyHash, change))))
      client.connection.write(plainBlock(utf8('in clear')))
      const session = await outcome
      expect(fromUtf8(await inbox(session).next())).toBe('in clear')
    }
  })

  test('reports a block that does not open and stays', async () => {
    const { client, server } = await pair('Ed25519')
    const atServer = inbox(server)
    client.start({ block() {}, drain() {}, close() {} })
    dialled.at(-1)!.write(new Uint8Array(BLOCK_SIZE))
    await atServer.bad()
    expect(server.sendBlock(utf8('still here'))).toBe(true)
  })

  test('closes connections beyond its limit', async () => {
    const { pem } = makeIdentity()
    const port = await listen(pem, (connection) => connection.start({ data() {}, drain() {}, close() {} }), 1)
    const target = { host: '127.0.0.1', port, alpn: ['smp/1'], timeout: TIMEOUT }
    open.push(await env.network.dial(target))
    await expect(env.network.dial(target)).rejects.toMatchObject({ kind: 'network' })
  })
})

describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('openssl', () => {
  test('sees TLS 1.3, two Ed448 certificates and ALPN smp/1', async () => {
    const { identity, pem } = makeIdentity('Ed448')
    const port = await listen(pem, (connection) => {
      acceptSession(env, connection, identity, { timeout: TIMEOUT }).catch(() => {})
    })
    const folder = mkdtempSync(join(tmpdir(), 'hearth-transport-'))
    try {
      const output = await new Promise<string>((resolve, reject) => {
        const child = execFile(
          'openssl',
          ['s_client', '-connect', `127.0.0.1:${port}`, '-alpn', 'smp/1', '-showcerts', '-noservername'],
          { encoding: 'latin1', timeout: TIMEOUT },
          (error, stdout) => (error === null || stdout !== '' ? resolve(stdout) : reject(error)),
        )
        child.stdin?.end()
      })
      expect(output).toContain('TLSv1.3')
      expect(output).toContain('ALPN protocol: smp/1')
      expect(output.match(/a:PKEY: ED448/g)).toHaveLength(2)
      writeFileSync(join(folder, 'ca.pem'), certificatePem(identity.chain[1]))
      writeFileSync(join(folder, 'leaf.pem'), certificatePem(identity.chain[0]))
      const checked = execFileSync('openssl', ['verify', '-CAfile', join(folder, 'ca.pem'), join(folder, 'leaf.pem')])
      expect(checked.toString()).toContain('leaf.pem: OK')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
