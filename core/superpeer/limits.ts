import type { Clock } from '../env/env.ts'
import type { MemberRowId } from '../group/api.ts'
import type { SuperPeerSettings } from './api.ts'

/**
 * The rate of each member's messages: a bucket of tokens. Whoever writes faster is slowed down by acknowledging later,
 * so that its own router queue, and at last its own client, holds the rest: nothing is lost, and nobody else waits.
 */
export interface RateLimit {
  /** Milliseconds until this message may be acknowledged; 0: now. */
  take(member: MemberRowId, messages: number): number
  /** Forgets members that have been quiet long enough. */
  sweep(): void
}

interface Bucket {
  tokens: number
  at: number
}

const MINUTE = 60_000

export function rateLimit(clock: Clock, settings: Pick<SuperPeerSettings, 'memberRate' | 'memberBurst'>): RateLimit {
  const buckets = new Map<MemberRowId, Bucket>()
  const perMs = settings.memberRate / MINUTE

  function level(bucket: Bucket, now: number): number {
    return Math.min(settings.memberBurst, bucket.tokens + (now - bucket.at) * perMs)
  }

  return {
    take(member, messages) {
      const now = clock.monotonic()
      const bucket = buckets.get(member)
      const tokens = (bucket === undefined ? settings.memberBurst : level(bucket, now)) - messages
      buckets.set(member, { tokens, at: now })
      return tokens >= 0 ? 0 : Math.ceil(-tokens / perMs)
    },
    sweep() {
      const now = clock.monotonic()
      for (const [member, bucket] of buckets) {
        if (level(bucket, now) >= settings.memberBurst) buckets.delete(member)
      }
    },
  }
}
