/** Parts in the order of their start; they stop in the opposite one, each even where another fails. */
export interface Parts {
  add(stop: () => Promise<void> | void): void
  /** Whoever calls again waits for the same end, and for what was added since. */
  stop(): Promise<void>
}

export function createParts(): Parts {
  const stops: (() => Promise<void> | void)[] = []
  let ending: Promise<void> = Promise.resolve()

  async function stopAll(): Promise<void> {
    const failures: unknown[] = []
    for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
      try {
        await stop()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }

  return {
    add: (stop) => void stops.push(stop),
    stop() {
      const result = ending.then(stopAll)
      ending = result.catch(() => {})
      return result
    },
  }
}
