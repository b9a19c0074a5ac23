/** What waits to happen in a simulated world, in the order in which it will. */
export interface Schedule {
  /** Tasks of one host at one time run in the order in which they were added; `rank` orders hosts at that time. */
  add(time: number, rank: number, task: () => void): ScheduledTask
  /** Takes out the first task due at `limit` or before. */
  next(limit: number): ScheduledTask | undefined
  /** When the first task is due. */
  readonly first: number | undefined
  readonly size: number
}

export interface ScheduledTask {
  readonly time: number
  readonly rank: number
  readonly order: number
  /** Undefined once cancelled. */
  run: (() => void) | undefined
}

/** A binary heap; cancelled tasks stay in it until their turn comes. */
export function createSchedule(): Schedule {
  const heap: ScheduledTask[] = []
  let order = 0

  function rise(start: number): void {
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (before(heap[parent]!, heap[index]!)) return
      swap(parent, index)
      index = parent
    }
  }

  function sink(): void {
    let index = 0
    for (;;) {
      let least = index
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child
      }
      if (least === index) return
      swap(least, index)
      index = least
    }
  }

  function swap(a: number, b: number): void {
    const kept = heap[a]!
    heap[a] = heap[b]!
    heap[b] = kept
  }

  function pop(): ScheduledTask {
    const top = heap[0]!
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      sink()
    }
    return top
  }

  function dropCancelled(): void {
    while (heap.length > 0 && heap[0]!.run === undefined) pop()
  }

  return {
    add(time, rank, task) {
      const scheduled: ScheduledTask = { time, rank, order: order++, run: task }
      heap.push(scheduled)
      rise(heap.length - 1)
      return scheduled
    },
    next(limit) {
      dropCancelled()
      return heap.length > 0 && heap[0]!.time <= limit ? pop() : undefined
    },
    get first() {
      dropCancelled()
      return heap[0]?.time
    },
    get size() {
      return heap.length
    },
  }
}

function before(a: ScheduledTask, b: ScheduledTask): boolean {
  if (a.time !== b.time) return a.time < b.time
  if (a.rank !== b.rank) return a.rank < b.rank
  return a.order < b.order
}
