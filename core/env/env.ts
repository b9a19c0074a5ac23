/**
 * Where the world comes in (design §5.3). Nothing in core reads a clock, draws random bytes, waits or opens a socket
 * except through an Env, so that a whole network runs in one process on virtual time from one seed.
 */
export interface Env {
  readonly clock: Clock
  /** `size` fresh random bytes. */
  random(size: number): Uint8Array
  readonly network: Network
  readonly log: Log
}

export interface Clock {
  /** Milliseconds since 1970, for timestamps. */
  now(): number
  /** Milliseconds on a clock that never goes back, for durations. */
  monotonic(): number
  /** Runs `task` once after `delay` milliseconds; a pending timer does not keep the process alive. */
  timer(delay: number, task: () => void): Timer
  /** Runs `task` after the events that already wait: long work yields with it. */
  soon(task: () => void): void
}

export interface Timer {
  cancel(): void
}

export interface Network {
  /**
   * Connects with TLS. Resolves when the TLS handshake is done; rejects with a `network` error, temporary unless the
   * peer's parameters make a connection impossible. The certificate is not judged here (smp §3.4 is).
   */
  dial(target: DialTarget): Promise<Connection>
  listen(options: ListenOptions, accept: (connection: Connection) => void): Promise<Listener>
}

export interface DialTarget {
  readonly host: string
  readonly port: number
  /** ALPN names in order of preference; none sends no ALPN. */
  readonly alpn: readonly string[]
  /** Milliseconds for TCP and TLS together. */
  readonly timeout: number
}

export interface ListenOptions {
  /** Empty: every address of the machine. */
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** PEM: leaf first, then the identity certificate. */
  readonly certificateChain: string
  /** PEM, PKCS#8. */
  readonly privateKey: string
  /** Connections beyond this number are closed at once. */
  readonly maxConnections: number
}

export interface Listener {
  readonly port: number
  /** Stops accepting; open connections stay. */
  close(): Promise<void>
}

/** One TLS connection: an ordered stream of bytes both ways. */
export interface Connection {
  /** verify_data of the client's Finished message on both sides (smp §3.5). */
  readonly sessionId: Uint8Array
  /** The negotiated ALPN name. */
  readonly alpn: string | undefined
  /** DER, leaf first; empty on the server side. */
  readonly peerCertificates: readonly Uint8Array[]
  /** For limits and logs on the server side; never an identity. */
  readonly peerAddress: string
  /** Must be called once, before or in the same tick as the connection is handed over. */
  start(events: ConnectionEvents): void
  /** Queues bytes; false asks to wait for `drain`. The bytes must not change afterwards. */
  write(bytes: Uint8Array): boolean
  /** Bytes written but not yet taken by the system. */
  readonly buffered: number
  /** Back-pressure on what comes in. */
  pause(): void
  resume(): void
  /** Flushes what was written, then closes. */
  end(): void
  /** Closes now. */
  destroy(): void
}

export interface ConnectionEvents {
  data(bytes: Uint8Array): void
  drain(): void
  /** Called exactly once, whoever closed. */
  close(error?: Error): void
}

/** Structured log. Never give it keys, links, message bodies or profiles (design §5.8). */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  child(fields: LogFields): Log
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>
