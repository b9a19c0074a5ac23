/**
 * Work that reports its progress through a function, as a stream: what was told meanwhile is passed on in order, except
 * that a reader who is slower than the work misses steps in between. Leaving the stream aborts the work.
 */
export async function* told<T, R>(
  run: (tell: (progress: T) => void, signal: AbortSignal) => Promise<R>,
  last: (result: R) => T,
): AsyncGenerator<T, void> {
  const leaving = new AbortController()
  let latest: T | undefined
  let wake: () => void = () => {}
  let over = false
  const work = run((progress) => {
    latest = progress
    wake()
  }, leaving.signal).finally(() => {
    over = true
    wake()
  })
  // Whoever leaves early does not want to hear how it ended.
  work.catch(() => {})
  try {
    while (!over) {
      if (latest === undefined) await new Promise<void>((resolve) => (wake = resolve))
      const next = latest
      latest = undefined
      if (next !== undefined) yield next
    }
    yield last(await work)
  } finally {
    leaving.abort()
  }
}
