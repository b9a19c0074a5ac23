import { HearthError } from '../codec/error.ts'
import type { Connection } from '../env/env.ts'
import { blockSplitter } from './block.ts'

interface BlockEvents {
  block(bytes: Uint8Array): void
  drain(): void
  /** Called exactly once. */
  close(error?: Error): void
}

/**
 * Raw blocks of a connection: read one by one during the handshake, then handed over to events. Blocks that come
 * before anybody wants them wait, with the connection paused.
 */
export interface BlockStream {
  /** The next block; rejects when the connection closes first. One read at a time. */
  read(): Promise<Uint8Array>
  handOver(events: BlockEvents): void
}

export function blockStream(connection: Connection): BlockStream {
  const waiting: Uint8Array[] = []
  let reader: { resolve(block: Uint8Array): void; reject(error: Error): void } | undefined
  let events: BlockEvents | undefined
  let closed: { error: Error | undefined } | undefined

  function block(bytes: Uint8Array): void {
    if (events !== undefined) {
      events.block(bytes)
      return
    }
    if (reader !== undefined) {
      const { resolve } = reader
      reader = undefined
      resolve(bytes)
    } else {
      waiting.push(bytes)
    }
    connection.pause()
  }

  connection.start({
    data: blockSplitter(block),
    drain: () => events?.drain(),
    close(error) {
      closed = { error }
      reader?.reject(closedError(error))
      reader = undefined
      events?.close(error)
    },
  })

  return {
    read() {
      const ready = waiting.shift()
      if (ready !== undefined) return Promise.resolve(ready)
      if (closed !== undefined) return Promise.reject(closedError(closed.error))
      return new Promise((resolve, reject) => {
        reader = { resolve, reject }
        connection.resume()
      })
    },
    handOver(handlers) {
      events = handlers
      for (const bytes of waiting.splice(0)) handlers.block(bytes)
      if (closed === undefined) connection.resume()
      else handlers.close(closed.error)
    },
  }
}

function closedError(error: Error | undefined): Error {
  return error ?? new HearthError('network', 'closed', 'connection closed by the other side', true)
}
