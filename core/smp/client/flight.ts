/** Counts what is on its way to a router, so that bulk senders can keep it full and bounded. */
export interface Flight {
  readonly room: number
  whenRoom(): Promise<void>
  started(): void
  ended(): void
  /** Lets everyone go who waits: their requests will say why. */
  close(): void
}

export function createFlight(capacity: number): Flight {
  const waiting: (() => void)[] = []
  let count = 0
  let closed = false

  function room(): number {
    return Math.max(capacity - count, 0)
  }

  return {
    get room() {
      return room()
    },
    whenRoom() {
      if (closed || (room() > 0 && waiting.length === 0)) return Promise.resolve()
      return new Promise((resolve) => waiting.push(resolve))
    },
    started() {
      count++
    },
    ended() {
      count--
      for (const resolve of waiting.splice(0, room())) resolve()
    },
    close() {
      closed = true
      for (const resolve of waiting.splice(0)) resolve()
    },
  }
}
