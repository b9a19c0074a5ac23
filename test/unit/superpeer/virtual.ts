import { createHash } from 'node:crypto'
import { HearthError } from '../../../core/codec/error.ts'
import type { Clock, Env } from '../../../core/env/env.ts'
import { silentLog } from '../../../core/env/silent.ts'

/** Time that moves only when nothing else is left to do, and randomness from a seed. */
export interface VirtualTime {
  readonly clock: Clock
  /** Runs until `condition` holds. Throws where it does not within `limit` virtual milliseconds. */
  until(condition: () => boolean, limit?: number): Promise<void>
  /** Lets `duration` pass. */
  pass(duration: number): Promise<void>
  /** Runs what can run without time passing. */
  settle(): Promise<void>
}

interface Entry {
  readonly at: number
  readonly serial: number
  readonly task: () => void
  cancelled: boolean
}

export function virtualTime(start = 1_700_000_000_000): VirtualTime {
  let now = start
  let serial = 0
  let timers: Entry[] = []
  let ready = 0

  const clock: Clock = {
    now: () => now,
    monotonic: () => now - start,
    timer(delay, task) {
      const entry: Entry = { at: now + Math.max(0, delay), serial: ++serial, task, cancelled: false }
      timers.push(entry)
      return {
        cancel: () => {
          entry.cancelled = true
        },
      }
    },
    soon: (task) => {
      ready++
      setImmediate(() => {
        ready--
        task()
      })
    },
  }

  /** Every promise that can settle has settled afterwards. */
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))

  async function settle(): Promise<void> {
    do await breathe()
    while (ready > 0)
    await breathe()
    if (ready > 0) await settle()
  }

  function nextTimer(limit: number): Entry | undefined {
    timers = timers.filter(({ cancelled }) => !cancelled)
    const next = timers.reduce<Entry | undefined>(
      (best, entry) =>
        best === undefined || entry.at < best.at || (entry.at === best.at && entry.serial < best.serial) ? entry : best,
      undefined,
    )
    if (next === undefined || next.at > limit) return undefined
    timers = timers.filter((entry) => entry !== next)
    return next
  }

  async function until(condition: () => boolean, limit = 3_600_000): Promise<void> {
    const end = now + limit
    for (;;) {
      await settle()
      if (condition()) return
      const next = nextTimer(end)
      if (next === undefined) throw new HearthError('usage', 'never', 'what the test waits for does not happen')
      now = Math.max(now, next.at)
      next.task()
    }
  }

  return {
    clock,
    until,
    settle,
    pass: async (duration) => {
      const end = now + duration
      await settle()
      for (let next = nextTimer(end); next !== undefined; next = nextTimer(end)) {
        now = Math.max(now, next.at)
        next.task()
        await settle()
      }
      now = end
    },
  }
}

/** Bytes that depend on the seed and on how many were drawn. */
export function seededRandom(seed: string): (size: number) => Uint8Array {
  let counter = 0
  return (size) => {
    const parts: Uint8Array[] = []
    for (let length = 0; length < size; length += 32) {
      parts.push(createHash('sha256').update(`${seed}:${counter++}`).digest())
    }
    return new Uint8Array(Buffer.concat(parts).subarray(0, size))
  }
}

export function virtualEnv(clock: Clock, seed: string): Env {
  return {
    clock,
    random: seededRandom(seed),
    network: {
      dial: () => Promise.reject(new HearthError('network', 'none')),
      listen: () => Promise.reject(new HearthError('network', 'none')),
    },
    log: silentLog,
  }
}
