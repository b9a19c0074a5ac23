/** Every number that bounds the router, with its default (smp §6.1, §6.12). Times in milliseconds. */
export interface RouterLimits {
  /** Messages that a queue takes before it answers QUOTA. */
  readonly quota: number
  /** Undelivered messages are kept this long. */
  readonly messageLifetime: number
  readonly expiryInterval: number
  /** How long END and DELD are collected before they are sent together. */
  readonly eventInterval: number
  /** A client without subscriptions and without traffic for this long is disconnected. */
  readonly idleTime: number
  /** How often idle and stalled clients are looked for. */
  readonly checkInterval: number
  /** From TCP accept to the end of the SMP handshake (after TLS). */
  readonly handshakeTimeout: number
  readonly connections: number
  readonly connectionsPerAddress: number
  /** Blocks a second that one connection may send in the long run; what comes faster waits. */
  readonly blocksPerSecond: number
  /** Blocks of one client that wait for their turn before we stop reading from it. */
  readonly waitingBlocks: number
  /** Bytes of all waiting blocks together; above, each client keeps at most two. */
  readonly waitingBytes: number
  /** Bytes that one client leaves unread before its commands and deliveries wait. */
  readonly unreadBytes: number
  /** A client that leaves that much unread for this long is disconnected. */
  readonly stallTime: number
  /** Commands of all clients that share one commit, and the time to collect them in. */
  readonly commandsPerCommit: number
  readonly turnTime: number
  /** Queue records kept in memory; the rest is read from the database when wanted. */
  readonly cachedQueues: number
}

const SECOND = 1000
const HOUR = 3600 * SECOND
const DAY = 24 * HOUR

export const DEFAULT_LIMITS: RouterLimits = {
  quota: 128,
  messageLifetime: 21 * DAY,
  expiryInterval: 2 * HOUR,
  eventInterval: 15 * SECOND,
  idleTime: 6 * HOUR,
  checkInterval: 30 * SECOND,
  handshakeTimeout: 120 * SECOND,
  connections: 10_000,
  connectionsPerAddress: 5_000,
  blocksPerSecond: 10_000,
  waitingBlocks: 64,
  waitingBytes: 64 << 20,
  unreadBytes: 1 << 20,
  stallTime: 120 * SECOND,
  commandsPerCommit: 256,
  turnTime: 5,
  cachedQueues: 100_000,
}
