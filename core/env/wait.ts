import { HearthError } from '../codec/error.ts'
import type { Clock } from './env.ts'

/** Resolves after `delay` milliseconds of `clock`, or rejects as soon as `signal` aborts. */
export function wait(clock: Clock, delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new HearthError('usage', 'aborted'))
    const timer = clock.timer(delay, () => {
      signal?.removeEventListener('abort', abort)
      resolve()
    })
    function abort(): void {
      timer.cancel()
      reject(new HearthError('usage', 'aborted'))
    }
    signal?.addEventListener('abort', abort, { once: true })
  })
}
