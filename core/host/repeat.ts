import type { Clock } from '../env/env.ts'

/** Runs `task` every `interval` milliseconds until cancelled. */
export function repeat(clock: Clock, interval: number, task: () => void): { cancel(): void } {
  let timer = clock.timer(interval, run)
  function run(): void {
    timer = clock.timer(interval, run)
    task()
  }
  return { cancel: () => timer.cancel() }
}
