import type { Env } from '../../env/env.ts'
import type { Store } from '../../store/database.ts'
import { countHours, HOUR, ownGroups } from './hours.ts'

/** Counts at the start and shortly before the end of every hour, so that an hour's last look is a late one. */
const BEFORE_END = 60_000

export interface Sampler {
  start(): void
  stop(): Promise<void>
}

/** `enabled` is asked each time: the setting changes while the host runs. */
export function createSampler(env: Env, store: Store, enabled: () => boolean): Sampler {
  let timer: { cancel(): void } | undefined
  let running: Promise<void> | undefined
  let stopped = false

  async function sample(): Promise<void> {
    if (!enabled()) return
    for (const group of await store.read(ownGroups)) {
      if (stopped) return
      await store.write((tx) => countHours(tx, group, env.clock.now()))
    }
  }

  function run(): void {
    running = sample()
      .catch((error: unknown) => env.log.warn('statistics', { error: String(error) }))
      .finally(() => {
        running = undefined
        if (!stopped) schedule()
      })
  }

  function schedule(): void {
    const left = HOUR - (env.clock.now() % HOUR) - BEFORE_END
    timer = env.clock.timer(left > 0 ? left : left + HOUR, run)
  }

  return {
    start: run,
    async stop() {
      stopped = true
      timer?.cancel()
      await running
    },
  }
}
