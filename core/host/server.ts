import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ServerPeerHandleRequestFn } from '@orpc/standard-server-peer'
import { type WebSocket, WebSocketServer } from 'ws'
import { HearthError } from '../codec/error.ts'
import type { Clock, Log } from '../env/env.ts'
import { isLoopback } from './loopback.ts'
import { bracketed, createGate, type GateOptions } from './origin.ts'
import { type ClientLimits, serveClient } from './server-client.ts'
import { type Sessions, sameSecret } from './sessions.ts'
import { SUBPROTOCOL, TOKEN_PROTOCOL } from './subprotocol.ts'
import { createWeb } from './web.ts'

/**
 * The local API over WebSocket, and the interface over HTTP on the same port. The API gives complete control over a
 * host, so it listens on loopback, wants the token of the host's folder or of a session, and answers only requests that
 * name this machine as Host (against DNS rebinding) and come from no foreign web page (Origin).
 */
export interface ServerOptions extends ClientLimits, GateOptions {
  /** 0: any free port. */
  readonly port: number
  /** Taken instead where `port` is in use. */
  readonly otherPort?: number
  readonly clients: number
  readonly token: string
  readonly sessions: Sessions
  /** Folder of the built interface. */
  readonly interface: string
  readonly handle: ServerPeerHandleRequestFn
  readonly clock: Clock
  readonly log: Log
}

export interface ApiServer {
  readonly port: number
  /** `ws://…`, for clients on this machine. */
  readonly url: string
  /** Where a browser finds the interface. */
  readonly address: string
  stop(): Promise<void>
}

const HEADERS_TIMEOUT = 10_000
/** How often is looked for requests that take too long. */
const LOOK_INTERVAL = 2000
/** TCP connections that are no clients (yet). */
const SPARE_CONNECTIONS = 64

/** Errors: usage `listen` where the address cannot be listened on, or is not loopback and no proxy stands before it. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const { sessions, log } = options
  if (!isLoopback(options.listen) && !options.behindProxy) {
    throw new HearthError(
      'usage',
      'listen',
      `the API may listen on ${options.listen} only behind a proxy with TLS: add --behind-proxy`,
    )
  }
  let gate = createGate(options, options.port)
  const http = createServer(
    { headersTimeout: HEADERS_TIMEOUT, requestTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: LOOK_INTERVAL },
    createWeb({ folder: options.interface, sessions, log }, () => gate),
  )
  /** Of TCP, without a client; the oldest first. */
  const spare = new Set<Duplex>()
  http.on('connection', (socket) => {
    spare.add(socket)
    socket.once('close', () => spare.delete(socket))
    // Whoever says nothing makes room: what is meant takes milliseconds.
    const [oldest] = spare
    if (spare.size > SPARE_CONNECTIONS && spare.delete(oldest as Duplex)) oldest?.destroy()
  })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.frameLimit,
    perMessageDeflate: false,
    clientTracking: true,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  })
  /** Connections of browsers by their session. */
  const signedIn = new Map<WebSocket, string>()
  sessions.onRevoked((id) => {
    for (const [client, session] of signedIn) if (session === id) client.close(CLOSED_BY_REVOCATION, 'signed out')
  })
  let pending = 0

  function refusal({ headers }: IncomingMessage): Refusal | undefined {
    if (!gate.hostAllowed(headers.host)) return REFUSED.host
    if (headers.origin !== undefined && !gate.originAllowed(headers.origin)) return REFUSED.origin
    if (sockets.clients.size + pending >= options.clients) return REFUSED.full
    return undefined
  }

  function refuse(socket: Duplex, { status, reason }: Refusal): void {
    log.warn('api-refused', { reason })
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }

  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const refused = refusal(request)
    if (refused !== undefined) return refuse(socket, refused)
    const token = tokenOf(request)
    const own = sameSecret(token, options.token)
    const session = own ? undefined : sessions.check(token)
    if (!own && session === undefined) return refuse(socket, REFUSED.token)
    pending += 1
    sockets.handleUpgrade(request, socket, head, (client) => {
      pending -= 1
      spare.delete(socket)
      if (session !== undefined) {
        signedIn.set(client, session)
        client.once('close', () => signedIn.delete(client))
      }
      serveClient(client, options)
    })
    if (socket.destroyed) pending = 0
  })

  const port = await listen(http, options)
  http.on('error', (error) => log.warn('api-accept', { code: (error as NodeJS.ErrnoException).code }))
  gate = createGate(options, port)

  return {
    port,
    url: `ws://${bracketed(options.listen)}:${port}`,
    address: gate.address,
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

/** Of the private range (RFC 6455 §7.4.2): the interface stops trying with this token. */
const CLOSED_BY_REVOCATION = 4001

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

/** The port that was taken. Errors: usage `listen`. */
async function listen(http: Server, { listen: host, port, otherPort }: ServerOptions): Promise<number> {
  const attempt = (wanted: number): Promise<number> =>
    new Promise((resolve, reject) => {
      http.once('error', reject)
      http.listen(wanted, host, () => {
        http.off('error', reject)
        resolve((http.address() as AddressInfo).port)
      })
    })
  try {
    return await attempt(port).catch((error: NodeJS.ErrnoException) => {
      if (otherPort === undefined || error.code !== 'EADDRINUSE') throw error
      return attempt(otherPort)
    })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    const why = code === 'EADDRINUSE' ? 'another program has it' : code
    throw new HearthError('usage', 'listen', `the API cannot listen on port ${port} of ${host}: ${why}`, false, {
      cause: error,
    })
  }
}

function tokenOf(request: IncomingMessage): string {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  return offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length) ?? ''
}
