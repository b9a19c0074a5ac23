import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ServerPeerHandleRequestFn } from '@orpc/standard-server-peer'
import { WebSocketServer } from 'ws'
import { HearthError } from '../codec/error.ts'
import type { Clock, Log } from '../env/env.ts'
import { isLoopback } from './loopback.ts'
import { type ClientLimits, serveClient } from './server-client.ts'
import { SUBPROTOCOL, TOKEN_PROTOCOL } from './subprotocol.ts'

/**
 * The local API over WebSocket. It gives complete control over a host, so it listens on loopback, wants the token of
 * the host's folder, and answers only requests that name this machine as Host (against DNS rebinding) and come from no
 * foreign web page (Origin).
 */
export interface ServerOptions extends ClientLimits {
  readonly listen: string
  /** 0: any free port. */
  readonly port: number
  readonly behindProxy: boolean
  /** Values of the Host header answered besides those of the loopback address. */
  readonly hosts: readonly string[]
  readonly clients: number
  readonly token: string
  readonly handle: ServerPeerHandleRequestFn
  readonly clock: Clock
  readonly log: Log
}

export interface ApiServer {
  readonly port: number
  /** `ws://…`, for clients on this machine. */
  readonly url: string
  stop(): Promise<void>
}

const HEADERS_TIMEOUT = 10_000
/** TCP connections that are no clients (yet). */
const SPARE_CONNECTIONS = 32

/** Errors: usage `listen` where the address is not loopback and no proxy stands before it, or cannot be listened on. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  if (!isLoopback(options.listen) && !options.behindProxy) {
    throw new HearthError(
      'usage',
      'listen',
      `the API may listen on ${options.listen} only behind a proxy with TLS: add --behind-proxy`,
    )
  }
  const http = createServer((_request, response) => {
    response.writeHead(404, { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' }).end('not found\n')
  })
  http.headersTimeout = HEADERS_TIMEOUT
  http.maxConnections = options.clients + SPARE_CONNECTIONS
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.frameLimit,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  let port = options.port
  let pending = 0

  function refusal(request: IncomingMessage): Refusal | undefined {
    if (!allowedHosts(options, port).has((request.headers.host ?? '').toLowerCase())) return REFUSED.host
    if (!allowedOrigin(options, port, request.headers.origin)) return REFUSED.origin
    if (!sameToken(tokenOf(request), options.token)) return REFUSED.token
    if (sockets.clients.size + pending >= options.clients) return REFUSED.full
    return undefined
  }

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refused = refusal(request)
    if (refused !== undefined) {
      options.log.warn('api-refused', { reason: refused.reason })
      socket.end(`HTTP/1.1 ${refused.status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    pending += 1
    sockets.handleUpgrade(request, socket, head, (client) => {
      pending -= 1
      serveClient(client, options)
    })
    if (socket.destroyed) pending = 0
  })

  await new Promise<void>((resolve, reject) => {
    http.once('error', (error) => {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
      reject(new HearthError('usage', 'listen', `the API cannot listen: ${code}`, false, { cause: error }))
    })
    http.listen(options.port, options.listen, resolve)
  })
  http.on('error', (error) => options.log.warn('api-accept', { code: (error as NodeJS.ErrnoException).code }))
  port = (http.address() as AddressInfo).port

  return {
    port,
    url: `ws://${bracketed(options.listen)}:${port}`,
    stop: async () => {
      for (const client of sockets.clients) client.close(1001, 'stopping')
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      http.closeAllConnections()
      const force = options.clock.timer(CLOSE_TIMEOUT, () => {
        for (const client of sockets.clients) client.terminate()
      })
      await Promise.all([...sockets.clients].map((client) => new Promise((resolve) => client.once('close', resolve))))
      force.cancel()
      await closed
    },
  }
}

/** How long a client may take to answer the closing handshake. */
const CLOSE_TIMEOUT = 1000

interface Refusal {
  readonly status: string
  readonly reason: string
}

const REFUSED = {
  host: { status: '403 Forbidden', reason: 'host' },
  origin: { status: '403 Forbidden', reason: 'origin' },
  token: { status: '401 Unauthorized', reason: 'token' },
  full: { status: '503 Service Unavailable', reason: 'clients' },
} satisfies Record<string, Refusal>

function bracketed(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address
}

function allowedHosts(options: ServerOptions, port: number): Set<string> {
  const local = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  if (isLoopback(options.listen)) local.push(`${bracketed(options.listen)}:${port}`)
  return new Set([...local, ...options.hosts.map((host) => host.toLowerCase())])
}

/** Programs send no Origin; a page must have been served by this host itself. */
function allowedOrigin(options: ServerOptions, port: number, origin: string | undefined): boolean {
  if (origin === undefined) return true
  const schemes = options.behindProxy ? ['http', 'https'] : ['http']
  const hosts = [...allowedHosts(options, port)]
  return schemes.some((scheme) => hosts.some((host) => origin.toLowerCase() === `${scheme}://${host}`))
}

function tokenOf(request: IncomingMessage): string {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  return offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length) ?? ''
}

function sameToken(given: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(token))
}
