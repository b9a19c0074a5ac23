import type { Env, Timer } from './env.ts'

/** Something that looks into the database for what is due, now and when its time comes. */
export interface Worker {
  /** There may be something to do, or something that is due earlier. */
  wake(): void
  start(): void
  /** Waits for the round under way. */
  stop(): Promise<void>
}

/** After a round that failed. */
const RETRY = 5000

/**
 * Runs `round` one at a time: at the start, whenever woken, and at the time that the last round returned (milliseconds
 * since 1970; undefined: only when woken). A round should end early when `running` turns false.
 */
export function createWorker(
  env: Env,
  name: string,
  round: (running: () => boolean) => Promise<number | undefined>,
): Worker {
  const { clock, log } = env
  let running = false
  let again = false
  let working: Promise<void> | undefined
  let timer: Timer | undefined

  function wake(): void {
    if (!running) return
    again = true
    working ??= work()
  }

  async function work(): Promise<void> {
    timer?.cancel()
    let next: number | undefined
    while (running && again) {
      again = false
      try {
        next = await round(() => running)
      } catch (error) {
        log.error(name, { error: String(error) })
        next = clock.now() + RETRY
      }
    }
    working = undefined
    if (running && next !== undefined) timer = clock.timer(Math.max(0, next - clock.now()), wake)
  }

  return {
    wake,
    start: () => {
      running = true
      clock.soon(wake)
    },
    stop: async () => {
      running = false
      timer?.cancel()
      await working
    },
  }
}
