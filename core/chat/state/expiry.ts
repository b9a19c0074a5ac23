import type { MsgContainer } from '../msg-container.ts'

/** Longer than this is for good: what a person would not live to see. */
const LONGEST = 100 * 365 * 86_400

/**
 * How long a message lives, in milliseconds, once it was sent or read; null where it stays (chat §2.4). A value that
 * makes no sense counts as none.
 */
export function lifetimeOf({ ttl }: Pick<MsgContainer, 'ttl'>): number | null {
  return ttl === undefined || ttl <= 0 || ttl > LONGEST ? null : ttl * 1000
}

/** Of a message that disappears: `after` so many milliseconds once it was read, and `at` which time, once that is known. */
export interface Expiry {
  readonly after: number
  readonly at: number | undefined
}

export function expiryOf(row: {
  readonly lifetime: number | null
  readonly expires_at: number | null
}): Expiry | undefined {
  return row.lifetime === null ? undefined : { after: row.lifetime, at: row.expires_at ?? undefined }
}

/** How often messages whose time began without anybody noticing are looked for, in milliseconds. */
export const EXPIRY_CHECK = 60_000

/** Messages removed in one transaction. */
export const EXPIRY_ROWS = 500
