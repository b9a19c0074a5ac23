import type { Clock } from '../../env/env.ts'
import { repeat } from '../repeat.ts'

/** How long an orderly stop may take before the process ends anyway. */
const PATIENCE = 15_000
/** How often a process that ends with its parent looks for it. */
const WATCH_INTERVAL = 500

/**
 * Runs `stop` on SIGTERM, SIGINT and when `until` resolves, then ends the process; a second signal ends it at once.
 */
export function stopOnSignal(clock: Clock, stop: () => Promise<void>, until?: Promise<void>): void {
  let stopping = false
  function end(): void {
    if (stopping) process.exit(1)
    stopping = true
    clock.timer(PATIENCE, () => process.exit(1))
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`hearth: the stop was not orderly: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  void until?.then(() => {
    if (!stopping) end()
  })
  if (process.env.HEARTH_ENDS_WITH_INPUT === '1') endOfInput(() => stopping || end())
  if (!watched) return
  repeat(clock, WATCH_INTERVAL, () => {
    if (orphaned() && !stopping) end()
  })
}

/**
 * The desktop shell holds the other end of our input: closing it asks for an orderly stop, on systems without signals
 * too, and the system closes it when the shell dies.
 */
function endOfInput(end: () => void): void {
  process.stdin.once('end', end).once('error', end).resume()
}

/**
 * npm stands between a terminal (or a supervisor) and us. Where it is killed and cannot pass the signal on, whoever
 * started it takes us for dead and starts us again on the same folder: so we end, too.
 */
const watched = process.env.npm_lifecycle_event !== undefined || process.env.HEARTH_ENDS_WITH_PARENT === '1'
const parent = process.ppid

/** The process that this one is to end with is gone. */
export function orphaned(): boolean {
  return watched && process.ppid !== parent
}
