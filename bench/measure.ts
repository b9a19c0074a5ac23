import { figure } from './options.ts'

/** Calls a second and microseconds a call. */
export interface Rate {
  readonly perSecond: number
  readonly us: number
}

const WARM_UP_MS = 50

/** Calls `operation` for about `milliseconds`, after a warm-up. The median of five parts, so that a pause counts little. */
export function measure(operation: () => unknown, milliseconds: number): Rate {
  const count = warmUp(operation)
  const parts = Array.from({ length: 5 }, () => timed(operation, Math.max(1, Math.round(count * (milliseconds / 5)))))
  return rate(parts.toSorted((a, b) => a - b)[2]!)
}

export function rate(microseconds: number): Rate {
  return { perSecond: figure(1e6 / microseconds), us: figure(microseconds) }
}

/** Calls a millisecond. */
function warmUp(operation: () => unknown): number {
  const start = performance.now()
  let calls = 0
  while (performance.now() - start < WARM_UP_MS) {
    operation()
    calls++
  }
  return calls / (performance.now() - start)
}

/** Microseconds a call. */
function timed(operation: () => unknown, count: number): number {
  const start = performance.now()
  for (let i = 0; i < count; i++) operation()
  return ((performance.now() - start) * 1000) / count
}
