import { useSyncExternalStore } from 'react'

/** A hook that gives the time every `interval` milliseconds: one timer for everything on the screen that shows it. */
export function ticking(interval: number): () => number {
  let now = Date.now()
  const listeners = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined

  function tick(): void {
    now = Date.now()
    for (const tell of listeners) tell()
  }

  function subscribe(listener: () => void): () => void {
    listeners.add(listener)
    if (timer === undefined) {
      now = Date.now()
      timer = setInterval(tick, interval)
    }
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }

  return () => useSyncExternalStore(subscribe, () => now)
}
