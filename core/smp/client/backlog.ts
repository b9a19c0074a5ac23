import { fromLatin1 } from '../../codec/bytes.ts'
import type { Clock } from '../../env/env.ts'

/**
 * Queues whose message was handed over and not yet acknowledged. Each holds a block in memory, so subscribing goes on
 * only as fast as messages are dealt with; who holds messages back for long cannot stop it, only slow it down.
 */
export interface Backlog {
  delivered(recipientId: Uint8Array): void
  acknowledged(recipientId: Uint8Array): void
  /** The session is lost: what was not acknowledged comes again. */
  clear(): void
  /** Resolves when there are no more than `limit`, or after `patience` milliseconds. */
  calm(limit: number, patience: number): Promise<void>
}

export function createBacklog(clock: Clock): Backlog {
  const queues = new Set<string>()
  let waiting: { readonly limit: number; readonly resolve: () => void }[] = []

  function shrunk(): void {
    const calm = waiting.filter(({ limit }) => queues.size <= limit)
    if (calm.length === 0) return
    waiting = waiting.filter((one) => !calm.includes(one))
    for (const { resolve } of calm) resolve()
  }

  return {
    delivered: (recipientId) => void queues.add(fromLatin1(recipientId)),
    acknowledged(recipientId) {
      if (queues.delete(fromLatin1(recipientId))) shrunk()
    },
    clear() {
      queues.clear()
      shrunk()
    },
    calm(limit, patience) {
      if (queues.size <= limit) return Promise.resolve()
      return new Promise((resolve) => {
        const timer = clock.timer(patience, resolve)
        waiting.push({
          limit,
          resolve() {
            timer.cancel()
            resolve()
          },
        })
      })
    },
  }
}
