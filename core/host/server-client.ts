import { ServerPeer, type ServerPeerHandleRequestFn } from '@orpc/standard-server-peer'
import type { RawData, WebSocket } from 'ws'
import type { Clock, Log } from '../env/env.ts'
import { repeat } from './repeat.ts'

/** What one client of the local API may take. */
export interface ClientLimits {
  /** Bytes; a larger frame closes the connection. */
  readonly frameLimit: number
  /** Bytes left unread by the client; more closes the connection. */
  readonly outputLimit: number
  readonly requestsPerSecond: number
  /** Milliseconds without taking a byte of what waits for it, or without answering a ping, that close the connection. */
  readonly stallTimeout: number
}

interface ClientOptions extends ClientLimits {
  readonly handle: ServerPeerHandleRequestFn
  readonly clock: Clock
  readonly log: Log
}

/** Streams wait for the client from here on instead of filling the buffer. */
const HIGH_WATER = 256 * 1024
/** Requests and streams of one client at the same time; more wait. */
const PARALLEL = 256
/** Requests, and multiples of the frame limit, that may wait at the most. */
const WAITING = 8192
const WAITING_FRAMES = 4

const ABORT = 4
const CLOSE = { malformed: 1007, policy: 1008 } as const

/**
 * Serves one client. A client that asks too fast is read more slowly (its requests stay in its own socket); one that
 * does not read what it asked for is dropped.
 */
export function serveClient(socket: WebSocket, options: ClientOptions): void {
  const { clock, log } = options
  const waiting: string[] = []
  let waitingSize = 0
  let running = 0
  let paused = false
  let answered = true
  let progress = clock.monotonic()
  const bucket = tokenBucket(clock, options.requestsPerSecond)
  const peer = new ServerPeer(send)

  function drop(reason: string): void {
    log.warn('api-client-dropped', { reason })
    socket.terminate()
  }

  async function send(message: string | ArrayBufferLike | Uint8Array): Promise<void> {
    if (socket.readyState !== socket.OPEN) return
    const flushed = new Promise<void>((resolve) => {
      socket.send(message, () => {
        progress = clock.monotonic()
        resolve()
      })
    })
    if (socket.bufferedAmount > options.outputLimit) return drop('output')
    if (socket.bufferedAmount > HIGH_WATER) await flushed
  }

  function start(text: string): void {
    running += 1
    peer
      .message(text, options.handle)
      .catch((error: unknown) => log.debug('api-request', { error: String(error) }))
      .finally(() => {
        running -= 1
        pump()
      })
  }

  /** A client over its rate is not read on; one that has too much under way is, because it may end a stream. */
  function pump(): void {
    let overRate = false
    while (waiting.length > 0 && running < PARALLEL && !overRate && socket.readyState === socket.OPEN) {
      const delay = bucket.take()
      overRate = delay > 0
      if (overRate) bucket.wait(delay, pump)
      else start(next())
    }
    if (overRate === paused || socket.readyState !== socket.OPEN) return
    paused = overRate
    if (paused) socket.pause()
    else socket.resume()
  }

  function next(): string {
    const text = waiting.shift() as string
    waitingSize -= text.length
    return text
  }

  const heartbeat = repeat(clock, options.stallTimeout, () => {
    const stalled = socket.bufferedAmount > 0 && clock.monotonic() - progress >= options.stallTimeout
    if (stalled || (!answered && !paused)) return drop('stalled')
    answered = false
    socket.ping()
  })
  socket.on('pong', () => {
    answered = true
  })
  socket.on('message', (data: RawData, binary: boolean) => {
    const text = binary ? undefined : data.toString()
    const type = text === undefined ? undefined : messageType(text)
    if (text === undefined || type === undefined) return socket.close(CLOSE.malformed, 'malformed request')
    // Ending a stream must not wait behind the requests that its end makes room for.
    if (type === ABORT) return start(text)
    waiting.push(text)
    waitingSize += text.length
    if (waiting.length > WAITING || waitingSize > WAITING_FRAMES * options.frameLimit) {
      return socket.close(CLOSE.policy, 'too many requests')
    }
    pump()
  })
  // An oversized or broken frame: ws closes the connection itself.
  socket.on('error', (error) => log.warn('api-client-error', { code: (error as NodeJS.ErrnoException).code }))
  socket.on('close', () => {
    heartbeat.cancel()
    bucket.cancel()
    waiting.length = 0
    peer.close()
  })
}

/** The kind of a request message (oRPC's peer protocol: `i` names the call, `t` the kind), undefined if it is none. */
function messageType(text: string): number | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { i: id, t: type = 1, p: payload } = value as { i?: unknown; t?: unknown; p?: { u?: unknown; e?: unknown } }
  if (typeof id !== 'string' || id.length > 64) return undefined
  if (type === 1) return typeof payload?.u === 'string' ? 1 : undefined
  return type === ABORT ? ABORT : undefined
}

/** `rate` a second, with one second's worth saved up at the most. */
function tokenBucket(clock: Clock, rate: number) {
  let tokens = rate
  let filled = clock.monotonic()
  let timer: { cancel(): void } | undefined
  return {
    /** Takes a token, or says in how many milliseconds there is one. */
    take(): number {
      const now = clock.monotonic()
      tokens = Math.min(rate, tokens + ((now - filled) * rate) / 1000)
      filled = now
      if (tokens < 1) return ((1 - tokens) * 1000) / rate
      tokens -= 1
      return 0
    },
    wait(delay: number, then: () => void): void {
      timer ??= clock.timer(Math.ceil(delay), () => {
        timer = undefined
        then()
      })
    },
    cancel(): void {
      timer?.cancel()
    },
  }
}
