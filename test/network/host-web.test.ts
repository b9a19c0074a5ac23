import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StandardRPCHandler } from '@orpc/server/standard'
import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Env, Log } from '../../core/env/env.ts'
import { realEnv } from '../../core/env/real.ts'
import { silentLog } from '../../core/env/silent.ts'
import { type ApiServer, type ServerOptions, startServer } from '../../core/host/server.ts'
import { openSessions, type Sessions } from '../../core/host/sessions.ts'

/** What a browser gets from the API's port: the interface, and a session for a one-time code. */

const MINUTE = 60_000
const DAY = 86_400_000
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Served {
  readonly server: ApiServer
  readonly sessions: Sessions
  readonly folder: string
  readonly log: string[]
  /** Moves the host's calendar. */
  pass(milliseconds: number): void
}

async function serve(options: Partial<ServerOptions> = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-'))
  cleanups.push(() => rmSync(folder, { recursive: true }))
  const site = join(folder, 'site')
  mkdirSync(join(site, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret'), 'secret')
  writeFileSync(join(site, 'index.html'), '<!doctype html><title>Hearth</title>')
  writeFileSync(join(site, 'icon.svg'), '<svg/>')
  writeFileSync(join(site, 'assets', 'main-1a2b.js'), 'export {}')
  writeFileSync(join(site, 'assets', 'main-1a2b.css'), 'a {}')
  symlinkSync(join(folder, 'secret'), join(site, 'assets', 'leak.js'))
  let passed = 0
  const log: string[] = []
  const real = realEnv({ log: silentLog })
  const note = (event: string, fields?: object): void => void log.push(JSON.stringify([event, fields]))
  const writtenLog: Log = { debug: note, info: note, warn: note, error: note, child: () => writtenLog }
  const env: Env = {
    ...real,
    clock: { ...real.clock, now: () => real.clock.now() + passed },
    log: writtenLog,
  }
  const sessions = openSessions(env, folder)
  const server = await startServer({
    listen: '127.0.0.1',
    port: 0,
    behindProxy: false,
    hosts: [],
    clients: 8,
    frameLimit: 65_536,
    outputLimit: 1_000_000,
    requestsPerSecond: 1000,
    stallTimeout: 30_000,
    token: 'token-of-the-folder',
    sessions,
    interface: site,
    clock: env.clock,
    log: env.log,
    handle: createServerPeerHandleRequestFn(new StandardRPCHandler({}), { context: {} }),
    ...options,
  })
  cleanups.push(() => server.stop())
  return {
    server,
    sessions,
    folder,
    log,
    pass(milliseconds) {
      passed += milliseconds
    },
  }
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Sends the path as it is: no client tidies it up. */
function ask(
  { port }: ApiServer,
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

function signIn({ server }: Served, code: string, headers: Record<string, string> = {}): Promise<Answer> {
  const origin = `http://127.0.0.1:${server.port}`
  return ask(server, '/session', { method: 'POST', headers: { origin, ...headers }, body: code })
}

async function signedIn(served: Served): Promise<string> {
  const { status, text } = await signIn(served, served.sessions.code().code)
  expect(status).toBe(200)
  return text
}

/** Resolves to the open socket, or the refusing status. */
function dial({ server }: Served, token: string): Promise<WebSocket | number> {
  const socket = new WebSocket(server.url, ['hearth', `token.${token}`], { origin: server.address })
  cleanups.push(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

describe('the interface', () => {
  test('is the same page at every path of its own, always asked for anew', async () => {
    const { server } = await serve()
    for (const path of ['/', '/index.html', '/chats/3', '/settings/profile?x=1']) {
      const { status, headers, text } = await ask(server, path)
      expect(status).toBe(200)
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      expect(headers['cache-control']).toBe('no-cache')
      expect(text).toContain('<title>Hearth</title>')
    }
  })

  test('runs its own files alone and is framed by nobody', async () => {
    const { server } = await serve()
    const { headers } = await ask(server, '/')
    const host = `127.0.0.1:${server.port}`
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data: blob:",
      `connect-src 'self' ws://${host} wss://${host}`,
      "font-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  test('names files after their content and lets browsers keep them', async () => {
    const { server } = await serve()
    const script = await ask(server, '/assets/main-1a2b.js')
    expect(script.text).toBe('export {}')
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(script.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(script.headers['x-content-type-options']).toBe('nosniff')
    expect((await ask(server, '/assets/main-1a2b.css')).headers['content-type']).toBe('text/css; charset=utf-8')
    expect((await ask(server, '/icon.svg')).headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'cache-control': 'no-cache',
    })
    const head = await ask(server, '/assets/main-1a2b.js', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, text: '' })
  })

  test('answers 404 for a file of another build, never a page', async () => {
    const { server } = await serve()
    expect((await ask(server, '/assets/main-0000.js')).status).toBe(404)
  })

  test('is replaced under a running host', async () => {
    const { server, folder } = await serve()
    await ask(server, '/')
    const site = join(folder, 'site')
    writeFileSync(join(site, 'assets', 'main-3c4d.js'), 'export const next = 1')
    rmSync(join(site, 'index.html'))
    writeFileSync(join(site, 'index.html'), '<!doctype html><title>Next</title>')
    expect((await ask(server, '/assets/main-3c4d.js')).text).toBe('export const next = 1')
    expect((await ask(server, '/')).text).toContain('Next')
  })

  test.each([
    '/../secret',
    '/assets/../../secret',
    '/%2e%2e/secret',
    '/assets/..%2f..%2fsecret',
    '/assets/%2e%2e%2f%2e%2e%2fsecret',
    '/..\\secret',
    '/assets/leak.js',
    '//etc/passwd',
    '/%00',
    '/%ff',
    'http://127.0.0.1/../secret',
  ])('%s leads nowhere', async (path) => {
    const { server } = await serve()
    const { status, text } = await ask(server, path)
    expect([200, 404]).toContain(status)
    expect(text).not.toBe('secret')
    expect(text).not.toContain('root:')
  })

  test('is not served under a foreign name, nor to other methods', async () => {
    const { server } = await serve()
    expect((await ask(server, '/', { headers: { host: 'rebound.example' } })).status).toBe(403)
    expect((await ask(server, '/', { method: 'POST' })).status).toBe(405)
    expect((await ask(server, '/session', { method: 'DELETE' })).status).toBe(405)
  })
})

describe('signing in', () => {
  test('a code opens one session, which opens the API', async () => {
    const served = await serve()
    const { code } = served.sessions.code()
    const { status, headers, text } = await signIn(served, code)
    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('no-store')
    expect(await dial(served, text)).toBeInstanceOf(WebSocket)
    expect((await signIn(served, code)).status).toBe(401)
  })

  test('a wrong code, none, and one that is too long open nothing', async () => {
    const served = await serve()
    served.sessions.code()
    expect((await signIn(served, 'A'.repeat(43))).status).toBe(401)
    expect((await signIn(served, '')).status).toBe(401)
    expect((await signIn(served, 'A'.repeat(100_000))).status).toBe(413)
    expect(served.sessions.list()).toEqual([])
  })

  test('a code is too old after a quarter of an hour', async () => {
    const served = await serve()
    const { code } = served.sessions.code()
    const other = served.sessions.code().code
    served.pass(14 * MINUTE)
    expect((await signIn(served, other)).status).toBe(200)
    served.pass(MINUTE)
    expect((await signIn(served, code)).status).toBe(401)
  })

  test.each([
    ['no Origin', { origin: undefined }],
    ['a foreign Origin', { origin: 'https://elsewhere.example' }],
    ['an opaque Origin', { origin: 'null' }],
    ['a foreign Host', { host: 'rebound.example' }],
  ])('a page with %s gets no session', async (_name, headers) => {
    const served = await serve()
    const { code } = served.sessions.code()
    const sent = { origin: served.server.address, ...headers }
    const given = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined))
    const answer = await ask(served.server, '/session', {
      method: 'POST',
      headers: given as Record<string, string>,
      body: code,
    })
    expect(answer.status).toBe(403)
    expect(served.sessions.list()).toEqual([])
  })

  test('a browser learns whether its token still opens the host', async () => {
    const served = await serve()
    const token = await signedIn(served)
    const state = (bearer: string) =>
      ask(served.server, '/session', { headers: { authorization: `Bearer ${bearer}` } }).then(({ status }) => status)
    expect(await state(token)).toBe(204)
    expect(await state(`${token}x`)).toBe(401)
    expect(await state(token.replace(/^[^.]+/, 'other'))).toBe(401)
    expect((await ask(served.server, '/session')).status).toBe(401)
  })

  test('behind a proxy the link and the page have its name', async () => {
    const served = await serve({ behindProxy: true, hosts: ['hearth.example'] })
    expect(served.server.address).toBe('https://hearth.example')
    const { code } = served.sessions.code()
    const answer = await signIn(served, code, { host: 'hearth.example', origin: 'https://hearth.example' })
    expect(answer.status).toBe(200)
  })

  test('neither codes nor tokens reach the log, nor secrets the folder', async () => {
    const served = await serve()
    const { code } = served.sessions.code()
    const { text: token } = await signIn(served, code)
    await signIn(served, code)
    await dial(served, `${token}x`)
    const secret = token.split('.')[1] as string
    const file = join(served.folder, 'sessions.json')
    for (const kept of [served.log.join('\n'), readFileSync(file, 'utf8')]) {
      expect(kept).not.toContain(code)
      expect(kept).not.toContain(secret)
    }
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})

describe('a session', () => {
  test('ends at once when it is revoked, and no other does', async () => {
    const served = await serve()
    const [one, two] = [await signedIn(served), await signedIn(served)]
    const first = (await dial(served, one)) as WebSocket
    const second = (await dial(served, two)) as WebSocket
    const gone = new Promise((resolve) => first.once('close', resolve))
    expect(served.sessions.revoke(one.split('.')[0] as string)).toBe(true)
    expect(await gone).toBe(4001)
    expect(await dial(served, one)).toBe(401)
    expect(second.readyState).toBe(WebSocket.OPEN)
    expect(served.sessions.revoke('nobody')).toBe(false)
  })

  test('lasts 90 days from its last use, restarts of the host included', async () => {
    const served = await serve()
    const [used, unused] = [await signedIn(served), await signedIn(served)]
    served.pass(60 * DAY)
    expect(served.sessions.check(used)).toBeDefined()
    served.pass(60 * DAY)
    const now = Date.now() + 120 * DAY
    const real = realEnv({ log: silentLog })
    const after = openSessions({ ...real, clock: { ...real.clock, now: () => now } }, served.folder)
    expect(after.check(used)).toBeDefined()
    expect(after.check(unused)).toBeUndefined()
    expect(after.list()).toHaveLength(1)
  })

  test('is listed with the name of its browser', async () => {
    const served = await serve()
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    await signIn(served, served.sessions.code().code, { 'user-agent': agent })
    const [session] = served.sessions.list()
    expect(session).toMatchObject({ browser: 'Firefox, Linux' })
    expect(session).not.toHaveProperty('digest')
  })

  test('a damaged file signs everybody out', async () => {
    const served = await serve()
    await signedIn(served)
    writeFileSync(join(served.folder, 'sessions.json'), '{"id":1')
    expect(openSessions(realEnv({ log: silentLog }), served.folder).list()).toEqual([])
  })
})
