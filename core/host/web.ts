import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Log } from '../env/env.ts'
import { openAssets } from './assets.ts'
import type { Gate } from './origin.ts'
import type { Sessions } from './sessions.ts'

/** Where the build puts the interface. */
export const RENDERER_FOLDER = fileURLToPath(new URL('../../dist/renderer', import.meta.url))

export interface WebOptions {
  /** The built interface; where it is missing, every page says so. */
  readonly folder: string
  readonly sessions: Sessions
  readonly log: Log
}

/** A code, a token: what is asked of `/session` is small. */
const BODY_LIMIT = 256
const SESSION = '/session'

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/**
 * What the API's port answers to plain HTTP: the interface, and `/session`, where a one-time code becomes a session
 * (POST) and a browser learns whether its token still opens the host (GET: 204 or 401).
 */
export function createWeb({ folder, sessions, log }: WebOptions, gate: () => Gate) {
  const assets = openAssets(folder)

  async function signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin } = request.headers
    if (origin === undefined || !gate().originAllowed(origin)) return refuse(response, 403, 'origin')
    const code = await smallBody(request)
    if (code === undefined) return refuse(response, 413, 'size')
    const token = sessions.open(code.trim(), request.headers['user-agent'])
    if (token === undefined) return refuse(response, 401, 'code')
    answer(response, 200, { 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' }, token)
  }

  function refuse(response: ServerResponse, status: number, reason: string): void {
    log.warn('web-refused', { reason })
    answer(response, status, { 'cache-control': 'no-store', connection: 'close' })
  }

  function page(request: IncomingMessage, response: ServerResponse, path: string): void {
    const asset = assets.find(path)
    if (asset === undefined) {
      const text = path.startsWith('/assets/') ? 'not found\n' : 'The interface is not built: npm run build\n'
      answer(response, 404, { 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' }, text)
      return
    }
    const content = asset.read()
    const headers = {
      'content-type': asset.type,
      'content-length': String(content.length),
      'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(asset.type.startsWith('text/html') ? { 'content-security-policy': policy(request.headers.host ?? '') } : {}),
    }
    answer(response, 200, headers, request.method === 'HEAD' ? undefined : content)
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!gate().hostAllowed(request.headers.host)) return refuse(response, 403, 'host')
    const path = pathOf(request.url)
    const read = request.method === 'GET' || request.method === 'HEAD'
    if (path === SESSION) {
      if (request.method === 'POST') return signIn(request, response)
      if (!read) return refuse(response, 405, 'method')
      const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
      const known = sessions.check(token) !== undefined
      return answer(response, known ? 204 : 401, { 'cache-control': 'no-store' })
    }
    return read ? page(request, response, path) : refuse(response, 405, 'method')
  }

  return (request: IncomingMessage, response: ServerResponse): void => {
    respond(request, response).catch((error: unknown) => {
      log.warn('web-failed', { error: error instanceof Error ? error.name : 'unknown' })
      if (response.headersSent) response.destroy()
      else answer(response, 500, { connection: 'close' })
    })
  }
}

/** `host` has passed the gate. Nothing but the interface's own files runs or is spoken to. */
function policy(host: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    `connect-src 'self' ws://${host} wss://${host}`,
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: string | Buffer,
): void {
  response.writeHead(status, { ...ALWAYS, ...headers }).end(body)
}

/** The path alone, decoded; one that cannot be decoded is no file either. */
function pathOf(url = '/'): string {
  const raw = url.split(/[?#]/, 1)[0] ?? '/'
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

async function smallBody(request: IncomingMessage): Promise<string | undefined> {
  let text = ''
  for await (const chunk of request) {
    text += (chunk as Buffer).toString('latin1')
    if (text.length > BODY_LIMIT) return undefined
  }
  return text
}
