import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { implement } from '@orpc/server'
import { StandardRPCHandler } from '@orpc/server/standard'
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { HearthError } from '../../core/codec/error.ts'
import { realEnv } from '../../core/env/real.ts'
import { silentLog } from '../../core/env/silent.ts'
import { createChangeLog } from '../../core/host/changes.ts'
import { type ConnectedHost, connectTo, hostError } from '../../core/host/client.ts'
import { contract } from '../../core/host/contract.ts'
import { type ApiServer, type ServerOptions, startServer } from '../../core/host/server.ts'
import { openSessions } from '../../core/host/sessions.ts'

/** The guard of the local API, with a handler that answers by itself. */

const env = realEnv({ log: silentLog })
const TOKEN = 'right-token'

interface Served {
  readonly server: ApiServer
  /** Calls that reached the handler. */
  calls(): number
  /** Streams that are being followed. */
  following(): number
}

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(options: Partial<ServerOptions> = {}): Promise<Served> {
  let calls = 0
  let following = 0
  const changes = createChangeLog<string>(env, 1000)
  const folder = mkdtempSync(join(tmpdir(), 'hearth-'))
  cleanups.push(() => rmSync(folder, { recursive: true }))
  const os = implement(contract)
  const procedures = {
    profiles: {
      list: os.profiles.list.handler(async () => {
        calls += 1
        return [{ id: 1, displayName: 'x'.repeat(20_000), fullName: '', image: undefined, superPeer: false }]
      }),
    },
    changes: {
      follow: os.changes.follow.handler(async ({ input, signal }) => {
        following += 1
        return (async function* () {
          try {
            for await (const entry of changes.follow(input, signal)) {
              yield { position: entry.position, reset: true } as const
            }
          } finally {
            following -= 1
          }
        })()
      }),
    },
    groups: {
      get: os.groups.get.handler(async () => {
        throw new HearthError('usage', 'no-group')
      }),
    },
  }
  const server = await startServer({
    listen: '127.0.0.1',
    port: 0,
    behindProxy: false,
    hosts: [],
    clients: 8,
    frameLimit: 65_536,
    outputLimit: 1_000_000,
    requestsPerSecond: 100_000,
    stallTimeout: 30_000,
    token: TOKEN,
    sessions: openSessions(env, folder),
    interface: join(folder, 'interface'),
    clock: env.clock,
    log: silentLog,
    handle: createServerPeerHandleRequestFn(new StandardRPCHandler(procedures), { context: {} }),
    ...options,
  })
  cleanups.push(async () => {
    changes.close()
    await server.stop()
  })
  return { server, calls: () => calls, following: () => following }
}

async function client(server: ApiServer): Promise<ConnectedHost> {
  const connected = await connectTo(server.url, TOKEN)
  cleanups.push(() => connected.close())
  return connected
}

interface RawOptions {
  readonly headers?: Record<string, string>
  readonly protocols?: string[]
}

/** Opens a WebSocket by hand; resolves to the refusing status, or the open socket. */
function dial(server: ApiServer, { headers = {}, protocols = [] }: RawOptions): Promise<number | WebSocket> {
  const socket = new WebSocket(server.url, protocols, { headers })
  cleanups.push(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

async function open(server: ApiServer): Promise<WebSocket> {
  const socket = await dial(server, { headers: { authorization: `Bearer ${TOKEN}` } })
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
  return socket
}

function closed(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', (code) => resolve(code)))
}

const LIST = '{"i":"1","p":{"u":"/profiles/list"}}'
const authorization = `Bearer ${TOKEN}`

describe('who is let in', () => {
  test('a client with the token', async () => {
    const { server } = await serve()
    const { api } = await client(server)
    expect(await api.profiles.list({})).toHaveLength(1)
  })

  test('a browser that shows the token as a subprotocol', async () => {
    const { server } = await serve()
    const socket = await dial(server, {
      protocols: ['hearth', `token.${TOKEN}`],
      headers: { origin: `http://127.0.0.1:${server.port}` },
    })
    expect(socket).toBeInstanceOf(WebSocket)
    expect((socket as WebSocket).protocol).toBe('hearth')
  })

  test.each<[string, number, RawOptions]>([
    ['no token', 401, {}],
    ['a wrong token', 401, { headers: { authorization: 'Bearer wrong' } }],
    ['a wrong token in a subprotocol', 401, { protocols: ['hearth', 'token.wrong'] }],
    ['a foreign Host', 403, { headers: { authorization, host: 'rebound.example:80' } }],
    ['a Host with another port', 403, { headers: { authorization, host: '127.0.0.1:1' } }],
    ['a foreign Origin', 403, { headers: { authorization, origin: 'https://elsewhere.example' } }],
    ['an opaque Origin', 403, { headers: { authorization, origin: 'null' } }],
  ])('nobody with %s', async (_name, status, options) => {
    const { server } = await serve()
    expect(await dial(server, options)).toBe(status)
  })

  test('nobody beyond the limit of clients', async () => {
    const { server } = await serve({ clients: 2 })
    const first = await open(server)
    await open(server)
    expect(await dial(server, { headers: { authorization } })).toBe(503)
    const gone = closed(first)
    first.close()
    await gone
    await expect.poll(() => dial(server, { headers: { authorization } })).toBeInstanceOf(WebSocket)
  })

  test('a page behind the proxy, under the configured name alone', async () => {
    const { server } = await serve({ behindProxy: true, hosts: ['hearth.example'] })
    const headers = { authorization, host: 'hearth.example' }
    expect(await dial(server, { headers: { ...headers, origin: 'https://hearth.example' } })).toBeInstanceOf(WebSocket)
    expect(await dial(server, { headers: { ...headers, origin: 'https://other.example' } })).toBe(403)
  })

  test('whoever says nothing makes room for whoever does', async () => {
    const { server } = await serve()
    const silent = Array.from({ length: 200 }, () => {
      const socket = connectTcp(server.port, '127.0.0.1')
      socket.on('error', () => {})
      cleanups.push(() => void socket.destroy())
      return socket
    })
    await Promise.all(silent.map((socket) => once(socket, 'connect')))
    for (const socket of silent) socket.write('GET / HTTP/1.1\r\nX-Slow: ')
    await (await client(server)).api.profiles.list()
    expect((await fetch(server.address)).status).toBe(404)
  })

  test('plain HTTP without a built interface is told so', async () => {
    const { server } = await serve()
    const response = await fetch(server.url.replace('ws:', 'http:'), { headers: { authorization } })
    expect(response.status).toBe(404)
  })

  test('other than loopback addresses need a proxy', async () => {
    await expect(serve({ listen: '0.0.0.0' })).rejects.toMatchObject({ kind: 'usage', code: 'listen' })
  })

  test('a client learns why it was refused', async () => {
    const { server } = await serve()
    await expect(connectTo(server.url, 'wrong')).rejects.toMatchObject({ kind: 'usage', code: 'refused' })
    await server.stop()
    await expect(connectTo(server.url, TOKEN)).rejects.toMatchObject({ kind: 'usage', code: 'not-running' })
  })
})

describe('what a client may do', () => {
  test('an oversized frame ends the connection and nothing else', async () => {
    const { server } = await serve()
    const other = await client(server)
    const socket = await open(server)
    socket.send('x'.repeat(65_537))
    expect(await closed(socket)).toBe(1009)
    expect(await other.api.profiles.list({})).toHaveLength(1)
  })

  test.each([
    'not json',
    '[]',
    'null',
    '{"i":1,"p":{}}',
    '{"i":"1","t":3,"p":{"e":"message"}}',
    '{"i":"1","p":{"u":7}}',
    `{"i":"${'1'.repeat(65)}","p":{"u":"/profiles/list"}}`,
  ])('a malformed request (%s) ends the connection', async (text) => {
    const { server } = await serve()
    const socket = await open(server)
    socket.send(text)
    expect(await closed(socket)).toBe(1007)
  })

  test('binary frames end the connection', async () => {
    const { server } = await serve()
    const socket = await open(server)
    socket.send(Buffer.from(LIST))
    expect(await closed(socket)).toBe(1007)
  })

  test('a flood is read no faster than allowed, and harms nobody', async () => {
    const { server, calls } = await serve({ requestsPerSecond: 50 })
    const other = await client(server)
    const flood = await open(server)
    const start = env.clock.monotonic()
    for (let i = 0; i < 10_000; i += 1) flood.send(LIST.replace('"1"', `"${i}"`))
    await expect.poll(calls).toBeGreaterThan(50)
    expect(await other.api.profiles.list({})).toHaveLength(1)
    const seconds = (env.clock.monotonic() - start) / 1000
    expect(calls()).toBeLessThanOrEqual(50 + 50 * (seconds + 1) + 1)
    flood.terminate()
  })

  test('a client that never reads is dropped when too much waits for it', async () => {
    const { server } = await serve({ outputLimit: 100_000 })
    const { port } = server
    const socket = connectTcp(port, '127.0.0.1')
    cleanups.push(() => void socket.destroy())
    socket.on('error', () => {})
    socket.write(
      [
        'GET / HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        `Authorization: ${authorization}`,
        '',
        '',
      ].join('\r\n'),
    )
    socket.pause()
    await expect.poll(() => serverSees(server)).toBe(1)
    function request(id: number): Buffer {
      const text = Buffer.from(LIST.replace('"1"', `"${id}"`))
      return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text])
    }
    for (let id = 0; id < 2000; id += 1) socket.write(request(id))
    await expect.poll(() => serverSees(server), { timeout: 10_000 }).toBe(0)
  })

  test('a client that stops answering is dropped', async () => {
    const { server } = await serve({ stallTimeout: 50 })
    const socket = await open(server)
    const gone = closed(socket)
    // A paused client reads neither answers nor pings.
    socket.pause()
    await expect.poll(() => serverSees(server)).toBe(0)
    socket.resume()
    await gone
  })

  test('a stream ends when its client goes, and when the client ends it', async () => {
    const { server, following } = await serve()
    const one = await client(server)
    const two = await client(server)
    const abort = new AbortController()
    await one.api.changes.follow({ epoch: 'x', sequence: 0 }, { signal: abort.signal })
    await two.api.changes.follow({ epoch: 'x', sequence: 0 })
    await expect.poll(following).toBe(2)
    abort.abort()
    await expect.poll(following).toBe(1)
    two.close()
    await expect.poll(following).toBe(0)
  })
})

describe('errors', () => {
  test('of the host keep their kind and code', async () => {
    const { server } = await serve()
    const { api } = await client(server)
    const error = hostError(await api.groups.get({ group: 1 }).catch((reason: unknown) => reason))
    expect(error.message).not.toBe('')
  })

  test('of an input name the field', async () => {
    const { server } = await serve()
    const { api } = await client(server)
    const error = hostError(await api.groups.get({ group: -1 }).catch((reason: unknown) => reason))
    expect(error).toMatchObject({ kind: 'usage', code: 'bad-request' })
    expect(error.message).toContain('group')
  })

  test('of a lost connection are temporary', async () => {
    const { server } = await serve()
    const { api, closed: gone, close } = await client(server)
    close()
    await gone
    expect(hostError(await api.profiles.list({}).catch((reason: unknown) => reason))).toMatchObject({ temporary: true })
  })
})

/** Clients as the server counts them: how many more it lets in. */
async function serverSees(server: ApiServer): Promise<number> {
  const sockets: WebSocket[] = []
  for (;;) {
    const result = await dial(server, { headers: { authorization } })
    if (typeof result === 'number') break
    sockets.push(result)
  }
  const gone = sockets.map(closed)
  for (const socket of sockets) socket.close()
  await Promise.all(gone)
  return 8 - sockets.length
}
