/** First in, first out, in constant time. */
export interface Fifo<T> {
  readonly length: number
  push(item: T): void
  /** Puts an item before all others. */
  unshift(item: T): void
  shift(): T | undefined
  /** Takes everything out. */
  drain(): T[]
}

export function createFifo<T>(): Fifo<T> {
  let items: (T | undefined)[] = []
  let head = 0
  return {
    get length() {
      return items.length - head
    },
    push(item) {
      items.push(item)
    },
    unshift(item) {
      if (head > 0) items[--head] = item
      else items.unshift(item)
    },
    shift() {
      if (head === items.length) return undefined
      const item = items[head]
      items[head++] = undefined
      if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
    drain() {
      const rest = items.slice(head) as T[]
      items = []
      head = 0
      return rest
    },
  }
}
