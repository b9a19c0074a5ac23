import { asHearthError } from '../codec/error.ts'
import type { Env, Timer } from '../env/env.ts'
import { type Subject, subjectKey } from './context.ts'

export interface Steps {
  /** Takes the subject's next step now, or once more after the one under way. */
  wake(subject: Subject): void
  /** Starts no more steps and waits for those under way. */
  stop(): Promise<void>
}

interface Running {
  again: boolean
  readonly promise: Promise<void>
}

/** A step that failed for a reason that nobody foresaw is tried again after this long. */
const UNFORESEEN = 30_000

/**
 * Runs the steps of many subjects, one at a time for each. `step` does what the database asks for and returns when to
 * come back, milliseconds since 1970, or undefined where there is nothing left to do.
 */
export function createSteps(env: Env, step: (subject: Subject) => Promise<number | undefined>): Steps {
  const running = new Map<string, Running>()
  const timers = new Map<string, Timer>()
  let stopped = false

  function wake(subject: Subject): void {
    if (stopped) return
    const key = subjectKey(subject)
    timers.get(key)?.cancel()
    timers.delete(key)
    const current = running.get(key)
    if (current !== undefined) {
      current.again = true
      return
    }
    running.set(key, { again: false, promise: run(subject, key) })
  }

  async function run(subject: Subject, key: string): Promise<void> {
    await Promise.resolve()
    let next: number | undefined
    try {
      next = await step(subject)
    } catch (error) {
      const failure = asHearthError(error, 'usage', 'step')
      env.log.error('group.step', { subject: key, kind: failure.kind, code: failure.code, message: failure.message })
      next = env.clock.now() + UNFORESEEN
    }
    const again = running.get(key)?.again === true
    running.delete(key)
    if (stopped) return
    if (again) {
      wake(subject)
    } else if (next !== undefined) {
      const delay = Math.max(0, next - env.clock.now())
      timers.set(
        key,
        env.clock.timer(Math.min(delay, MAX_TIMER), () => wake(subject)),
      )
    }
  }

  return {
    wake,
    async stop() {
      stopped = true
      for (const timer of timers.values()) timer.cancel()
      timers.clear()
      while (running.size > 0) await [...running.values()][0]!.promise
    },
  }
}

/** What a timer takes; steps look at their time again. */
const MAX_TIMER = 2 ** 31 - 1
