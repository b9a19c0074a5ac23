import type { Randomness } from './random.ts'

/** How the way between two hosts behaves, in each direction. */
export interface LinkProfile {
  /** Milliseconds one way. */
  readonly latency: number
  /** Up to so many milliseconds more, drawn for each piece; pieces of one connection keep their order. */
  readonly jitter: number
  /** Bytes per millisecond, shared by all connections between the two hosts. */
  readonly bandwidth: number
  /** Bytes of one connection under way in one direction. */
  readonly window: number
  /** Chance that a piece arrives in several parts. */
  readonly split: number
  /** Chance that a dial is refused. */
  readonly refuse: number
}

export const QUICK_LINK: LinkProfile = {
  latency: 10,
  jitter: 5,
  bandwidth: 10_000,
  window: 262_144,
  split: 0.05,
  refuse: 0,
}

export interface Links {
  profile(a: string, b: string): LinkProfile
  set(a: string, b: string, change: Partial<LinkProfile>): void
  /** Milliseconds that something sent now takes. */
  delay(from: string, to: string): number
  /** When the line has taken `size` bytes, starting not before `now`. */
  occupy(from: string, to: string, now: number, size: number): number
  blocked(a: string, b: string): boolean
  /** Nothing passes between the two groups until healed. */
  partition(group: readonly string[], other: readonly string[]): void
  heal(): void
}

export function createLinks(random: Randomness, base: LinkProfile, healed: () => void): Links {
  const changes = new Map<string, LinkProfile>()
  const lines = new Map<string, number>()
  const blocks = new Set<string>()

  function profile(a: string, b: string): LinkProfile {
    return changes.get(pair(a, b)) ?? base
  }

  return {
    profile,
    set(a, b, change) {
      changes.set(pair(a, b), { ...profile(a, b), ...change })
    },
    delay(from, to) {
      const { latency, jitter } = profile(from, to)
      return latency + random.unit() * jitter
    },
    occupy(from, to, now, size) {
      const line = `${from}>${to}`
      const free = Math.max(now, lines.get(line) ?? 0) + size / profile(from, to).bandwidth
      lines.set(line, free)
      return free
    },
    blocked: (a, b) => blocks.has(pair(a, b)),
    partition(group, other) {
      for (const a of group) for (const b of other) blocks.add(pair(a, b))
    },
    heal() {
      blocks.clear()
      healed()
    },
  }
}

function pair(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`
}
