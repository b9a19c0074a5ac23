import { Worker } from 'node:worker_threads'
import { HearthError } from '../../codec/error.ts'
import { encodeBatch } from './batch.ts'
import { type BulkItem, checkItem, MESSAGE_BODY_SIZE, sealMessage } from './seal.ts'
import type { BatchReply, BatchRequest } from './worker.ts'

/** Encrypts message bodies outside the event loop's way (agent §12). */
export interface BulkCipher {
  /**
   * The `SEND` body of every item, in order, 16043 bytes each. Bodies of a batch share memory: it is free again when
   * all of them are. Batches begin in the order in which they were given; where all threads are full, they wait.
   * Errors: crypto `large` (nothing is encrypted), crypto `bulk` (temporary: a thread failed), usage `closed`.
   */
  encrypt(batch: readonly BulkItem[]): Promise<Uint8Array[]>
  /** Ends the threads; batches under way fail. */
  close(): Promise<void>
}

export interface BulkOptions {
  /** 0 encrypts in line. */
  readonly threads: number
  /** Items that one thread holds at most; 512 make 8 MiB. A larger batch is taken alone. */
  readonly capacity?: number
}

export function createBulkCipher({ threads, capacity = 512 }: BulkOptions): BulkCipher {
  return threads > 0 ? threadedCipher(threads, capacity) : inlineCipher()
}

function inlineCipher(): BulkCipher {
  return {
    async encrypt(batch) {
      for (const item of batch) checkItem(item)
      return batch.map(sealMessage)
    },
    async close() {},
  }
}

/** A thread keeps nothing: a small young generation returns the memory of what it made sooner, at no cost in time. */
const RESOURCES = { maxYoungGenerationSizeMb: 2 }

interface QueuedBatch {
  readonly items: readonly BulkItem[]
  resolve(bodies: Uint8Array[]): void
  reject(error: HearthError): void
}

interface Thread {
  readonly worker: Worker
  readonly batches: Map<number, QueuedBatch>
  /** Items under way. */
  load: number
}

function threadedCipher(count: number, capacity: number): BulkCipher {
  const threads: Thread[] = []
  const queue: QueuedBatch[] = []
  let nextId = 0
  let closed = false

  function startThread(): Thread {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { resourceLimits: RESOURCES })
    const thread: Thread = { worker, batches: new Map(), load: 0 }
    worker.on('message', (reply: BatchReply) => finish(thread, reply))
    worker.on('error', () => drop(thread))
    worker.on('exit', () => drop(thread))
    threads.push(thread)
    return thread
  }

  /** The least loaded thread with room for `size` more items. */
  function freeThread(size: number): Thread | undefined {
    const idle = threads.find((thread) => thread.load === 0)
    if (idle !== undefined) return idle
    if (threads.length < count) return startThread()
    const least = threads.reduce((a, b) => (b.load < a.load ? b : a))
    return least.load + size <= capacity ? least : undefined
  }

  function pump(): void {
    for (;;) {
      const [next] = queue
      const thread = next && freeThread(next.items.length)
      if (next === undefined || thread === undefined) return
      queue.shift()
      submit(thread, next)
    }
  }

  function submit(thread: Thread, batch: QueuedBatch): void {
    const request: BatchRequest = { id: nextId++, batch: encodeBatch(batch.items) }
    thread.batches.set(request.id, batch)
    thread.load += batch.items.length
    thread.worker.ref()
    thread.worker.postMessage(request, [request.batch.buffer as ArrayBuffer])
  }

  function finish(thread: Thread, { id, bodies }: BatchReply): void {
    const batch = thread.batches.get(id)
    if (batch === undefined) return
    thread.batches.delete(id)
    thread.load -= batch.items.length
    if (thread.load === 0) thread.worker.unref()
    batch.resolve(split(bodies, batch.items.length))
    pump()
  }

  /** A thread that failed is replaced when the next batch needs one. */
  function drop(thread: Thread): void {
    const at = threads.indexOf(thread)
    if (at === -1) return
    threads.splice(at, 1)
    for (const batch of thread.batches.values()) {
      batch.reject(new HearthError('crypto', 'bulk', 'encryption thread ended', !closed))
    }
    pump()
  }

  return {
    async encrypt(items) {
      for (const item of items) checkItem(item)
      if (closed) throw new HearthError('usage', 'closed', 'cipher is closed')
      if (items.length === 0) return []
      return new Promise((resolve, reject) => {
        queue.push({ items, resolve, reject })
        pump()
      })
    },
    async close() {
      closed = true
      for (const batch of queue.splice(0)) batch.reject(new HearthError('usage', 'closed', 'cipher is closed'))
      await Promise.all(threads.map((thread) => thread.worker.terminate()))
    },
  }
}

function split(bodies: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => bodies.subarray(i * MESSAGE_BODY_SIZE, (i + 1) * MESSAGE_BODY_SIZE))
}
