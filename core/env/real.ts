import type { Buffer } from 'node:buffer'
import { constants, randomFillSync } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import tls from 'node:tls'
import { HearthError } from '../codec/error.ts'
import type {
  Clock,
  Connection,
  ConnectionEvents,
  DialTarget,
  Env,
  Listener,
  ListenOptions,
  Log,
  Network,
} from './env.ts'

/** The Env of a running program: the machine's clock, random source and sockets. The only file that touches them. */
export function realEnv({ log }: { log: Log }): Env {
  return { clock: realClock, random: pooledRandom(), network, log }
}

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  soon: (task) => void setImmediate(task),
  timer(delay, task) {
    const handle = setTimeout(task, Math.min(delay, LONGEST_TIMER))
    handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}

/** Node fires longer timers at once; whoever waits for weeks looks at the clock again anyway. */
const LONGEST_TIMER = 0x7fff_ffff

const POOL = 8192

/** One system call serves many small draws; no two draws share bytes, because results are copies. */
function pooledRandom(): (size: number) => Uint8Array {
  const pool = new Uint8Array(POOL)
  let used = POOL
  return (size) => {
    if (size > POOL / 8) return randomFillSync(new Uint8Array(size))
    if (used + size > POOL) {
      randomFillSync(pool)
      used = 0
    }
    const bytes = pool.slice(used, used + size)
    pool.fill(0, used, used + size)
    used += size
    return bytes
  }
}

/** smp §3.2. Servers take TLS 1.2 as well; clients need not offer it, because every router speaks TLS 1.3. */
const PARAMETERS = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-CHACHA20-POLY1305',
  ecdhCurve: 'X448:X25519',
  sigalgs: 'ed448:ed25519',
} as const

/** smp §3.3: names that the server knows; a client whose list has none of them is refused by TLS itself. */
const SERVER_ALPN: ReadonlySet<string> = new Set(['smp/1', 'h2', 'http/1.1'])

/** The first of the client's names that we know; Node goes through a list of ours in our own order. */
function chooseProtocol({ protocols }: { readonly protocols: readonly string[] }): string | undefined {
  return protocols.find((name) => SERVER_ALPN.has(name))
}

/** smp §3.8 */
const KEEP_ALIVE = 30_000
const SERVER_TLS_TIMEOUT = 60_000
const BACKLOG = 1024

const network: Network = { dial, listen }

function dial(target: DialTarget): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      ...PARAMETERS,
      host: target.host,
      port: target.port,
      ...(target.alpn.length === 0 ? {} : { ALPNProtocols: [...target.alpn] }),
      servername: '',
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    })
    const timer = realClock.timer(target.timeout, () => {
      fail(new HearthError('network', 'timeout', 'no TLS connection in time', true))
    })
    function fail(error: HearthError): void {
      timer.cancel()
      socket.removeListener('secureConnect', succeed)
      socket.destroy()
      reject(error)
    }
    function failed(error: Error): void {
      fail(networkError(error))
    }
    function closed(): void {
      fail(new HearthError('network', 'closed', 'closed during the TLS handshake', true))
    }
    function succeed(): void {
      timer.cancel()
      socket.removeListener('close', closed)
      const connection = connect(socket, socket.getFinished())
      socket.removeListener('error', failed)
      if (connection === undefined) reject(new HearthError('network', 'tls', 'no TLS session id'))
      else resolve(connection)
    }
    socket.on('error', failed)
    socket.once('close', closed)
    socket.once('secureConnect', succeed)
  })
}

function listen(options: ListenOptions, accept: (connection: Connection) => void): Promise<Listener> {
  return new Promise((resolve, reject) => {
    let server: tls.Server
    try {
      server = tls.createServer({
        ...PARAMETERS,
        minVersion: 'TLSv1.2',
        cert: options.certificateChain,
        key: options.privateKey,
        ALPNCallback: chooseProtocol,
        requestCert: false,
        handshakeTimeout: SERVER_TLS_TIMEOUT,
        secureOptions: SECURE_OPTIONS,
        noDelay: true,
      })
    } catch (error) {
      return reject(
        new HearthError('usage', 'certificate', 'the certificate cannot serve TLS', false, { cause: error }),
      )
    }
    server.maxConnections = options.maxConnections
    server.on('secureConnection', (socket) => {
      const connection = connect(socket, socket.getPeerFinished())
      if (connection === undefined) socket.destroy()
      else accept(connection)
    })
    // A peer that fails TLS is not worth an event: the socket is closed by then (smp §6.12).
    server.on('tlsClientError', (_error, socket) => socket.destroy())
    server.once('error', (error) => reject(listenError(error, options.port)))
    const place = options.host === '' ? {} : { host: options.host }
    server.listen({ ...place, port: options.port, backlog: BACKLOG }, () => {
      server.removeAllListeners('error')
      // An accept that fails later (no descriptors left) must not end the process; the next one may succeed.
      server.on('error', () => {})
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () => new Promise((done) => closeListener(server, done)),
      })
    })
  })
}

/** No session resumption (smp §3.2); a session id is that of the only handshake of its connection. */
const SECURE_OPTIONS = constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION

/** `close` calls back once open connections are gone; what the caller waits for is that none is accepted any more. */
function closeListener(server: tls.Server, done: () => void): void {
  server.close()
  done()
}

function connect(socket: tls.TLSSocket, sessionId: Uint8Array | undefined): Connection | undefined {
  // The same socket error can come as an event after we have closed; without a listener it would end the process.
  let failure: HearthError | undefined
  let closed = false
  let events: ConnectionEvents | undefined
  socket.on('error', (error) => {
    failure ??= networkError(error)
  })
  socket.on('close', () => {
    if (closed) return
    closed = true
    events?.close(failure)
  })
  if (sessionId === undefined || sessionId.length === 0) return undefined
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEP_ALIVE)
  return {
    sessionId: new Uint8Array(sessionId),
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : undefined,
    peerCertificates: peerCertificates(socket),
    peerAddress: socket.remoteAddress ?? '',
    start(handlers) {
      events = handlers
      if (closed) {
        process.nextTick(() => handlers.close(failure))
        return
      }
      // A Buffer's `slice` would share memory where everybody expects a copy.
      socket.on('data', (bytes: Buffer) => handlers.data(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)))
      socket.on('drain', () => handlers.drain())
    },
    write: (bytes) => socket.write(bytes),
    get buffered() {
      return socket.writableLength
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  }
}

/** DER, leaf first, as far as each certificate is issued by the next. */
function peerCertificates(socket: tls.TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = []
  let certificate = socket.getPeerX509Certificate()
  while (certificate !== undefined && chain.length < MAX_CHAIN) {
    chain.push(certificate.raw)
    certificate = certificate.issuerCertificate
  }
  return chain
}

const MAX_CHAIN = 8

function networkError(error: Error): HearthError {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') {
    return new HearthError('network', 'host', 'host name not found', true, { cause: error })
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return new HearthError('network', 'tls', 'TLS handshake or record refused', false, { cause: error })
  }
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return new HearthError('network', 'closed', 'connection closed by the other side', true, { cause: error })
  }
  return new HearthError('network', 'connect', code === '' ? 'connection failed' : code, true, { cause: error })
}

function listenError(error: Error, port: number): HearthError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
  const why = code === 'EADDRINUSE' ? 'another program has it' : code
  return new HearthError('usage', 'listen', `cannot listen on port ${port}: ${why}`, false, { cause: error })
}
