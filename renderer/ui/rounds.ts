import { useEffect } from 'react'
import { useHost } from '../state/host.ts'

/**
 * Calls `take` now and every `interval` milliseconds while the page is seen and the host is connected; `take` has to keep
 * its identity as long as it asks for the same. What it returns goes to `give` unless the screen is gone by then. A failed
 * round has no effect: the next one, or the next connection, brings what it would have.
 */
export function useRounds<T>(interval: number, take: () => Promise<T>, give: (taken: T) => void): void {
  const online = useHost((state) => state.connection === 'online')
  useEffect(() => {
    if (!online) return
    let ended = false
    async function round(): Promise<void> {
      if (document.hidden) return
      try {
        const taken = await take()
        if (!ended) give(taken)
      } catch {
        // The next round.
      }
    }
    void round()
    const timer = setInterval(() => void round(), interval)
    return () => {
      ended = true
      clearInterval(timer)
    }
  }, [online, interval, take, give])
}
