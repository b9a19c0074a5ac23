import type { Env } from '../../env/env.ts'
import type { RetryInterval } from '../../env/retry.ts'
import { connectSession, type Session } from '../../transport/session.ts'
import type { RouterAddress } from '../address.ts'
import type { CommandType } from '../commands.ts'
import type { RequestMode } from './api.ts'

/** Times in milliseconds. */
export interface SmpClientOptions {
  readonly connectTimeout: Readonly<Record<RequestMode, number>>
  readonly commandTimeout: Readonly<Record<RequestMode, number>>
  /** How long a failed attempt to connect answers for the next ones. */
  readonly failureKept: number
  /** `PING` after this long without a block, once something is subscribed. */
  readonly pingInterval: number
  /** A session is dropped after so many timeouts in a row … */
  readonly maxTimeouts: number
  /** … where nothing has come for so long. */
  readonly maxSilence: number
  /** Messages sent and not yet answered, per router. */
  readonly maxFlight: number
  /** Written bytes that the system has not taken: beyond it, sending waits. */
  readonly maxBuffered: number
  /** `SUB`s per round; the next round waits for the answers. */
  readonly subscriptionRound: number
  /** Delivered messages that may wait for their `ACK` when a round begins, and how long it waits for fewer. */
  readonly maxBacklog: number
  readonly backlogPatience: number
  readonly resubscribe: RetryInterval
  /** A session that lasted less does not start the back-off anew. */
  readonly settledAfter: number
  /** How long `close` waits for sessions to end by themselves. */
  readonly closeTimeout: number
  readonly connect: (env: Env, router: RouterAddress, options: { timeout: number }) => Promise<Session>
}

/** The reference's values (smp §7.1, §7.3, §7.4), and our own bounds. */
export const SMP_CLIENT_DEFAULTS: SmpClientOptions = {
  connectTimeout: { background: 45_000, interactive: 15_000 },
  commandTimeout: { background: 30_000, interactive: 10_000 },
  failureKept: 3_000,
  pingInterval: 600_000,
  maxTimeouts: 3,
  maxSilence: 900_000,
  maxFlight: 256,
  maxBuffered: 1_048_576,
  subscriptionRound: 1350,
  maxBacklog: 1350,
  backlogPatience: 5_000,
  resubscribe: { initial: 2_000, increaseAfter: 10_000, max: 180_000 },
  settledAfter: 10_000,
  closeTimeout: 1_000,
  connect: connectSession,
}

const ALWAYS: Partial<Record<CommandType, RequestMode>> = {
  SUB: 'background',
  NSUB: 'background',
  NSUBS: 'background',
  ACK: 'background',
  NKEY: 'background',
  NDEL: 'background',
  GET: 'interactive',
}

/** How long to wait for the answer to a command (smp §7.1). */
export function answerTimeout(options: SmpClientOptions, command: CommandType, mode: RequestMode): number {
  const { connectTimeout, commandTimeout } = options
  if (command === 'PRXY') return connectTimeout[mode] + commandTimeout[mode]
  if (command === 'PFWD') return 2 * commandTimeout[mode]
  return commandTimeout[ALWAYS[command] ?? mode]
}
