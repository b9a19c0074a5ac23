import { base64urlUnpadded } from '../codec/base64url.ts'
import type { Env } from '../env/env.ts'

/** A place in a host's stream of changes. Another epoch is another run of the host: positions do not compare. */
export interface Position {
  readonly epoch: string
  readonly sequence: number
}

export type Followed<Change> =
  /** The position asked for is not kept any more: take a new snapshot and go on from its position. */
  { readonly position: Position; readonly reset: true } | { readonly position: Position; readonly change: Change }

/**
 * Changes of this run, numbered without gaps, the newest `kept` of them. A follower reads from here at its own pace, so
 * a slow one costs no memory; one that falls behind further than that is told to start over.
 */
export interface ChangeLog<Change> {
  position(): Position
  append(change: Change): void
  /** Everything after `after`, then what comes, until `signal` aborts. */
  follow(after: Position, signal?: AbortSignal): AsyncGenerator<Followed<Change>, void>
  /** Ends all followers. */
  close(): void
}

export function createChangeLog<Change>(env: Env, kept: number): ChangeLog<Change> {
  const epoch = base64urlUnpadded(env.random(9))
  const ring: Change[] = []
  let last = 0
  let closed = false
  const waiting = new Set<() => void>()

  function wake(): void {
    for (const resume of [...waiting]) resume()
    waiting.clear()
  }

  function next(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      function resume(): void {
        waiting.delete(resume)
        signal?.removeEventListener('abort', resume)
        resolve()
      }
      waiting.add(resume)
      signal?.addEventListener('abort', resume, { once: true })
    })
  }

  return {
    position: () => ({ epoch, sequence: last }),
    append(change) {
      last += 1
      ring[last % kept] = change
      wake()
    },
    async *follow(after, signal) {
      const known = after.epoch === epoch && after.sequence <= last
      let sequence = known ? after.sequence : last
      if (!known) yield { position: { epoch, sequence }, reset: true }
      while (!closed && signal?.aborted !== true) {
        if (sequence === last) {
          await next(signal)
        } else if (last - sequence > kept) {
          sequence = last
          yield { position: { epoch, sequence }, reset: true }
        } else {
          sequence += 1
          yield { position: { epoch, sequence }, change: ring[sequence % kept] as Change }
        }
      }
    },
    close() {
      closed = true
      wake()
    },
  }
}
