import { parentPort } from 'node:worker_threads'
import { decodeBatch } from './batch.ts'
import { MESSAGE_BODY_SIZE, sealInto } from './seal.ts'

/** A thread of the bulk cipher: batches in, all bodies of a batch out in one piece of memory. */
export interface BatchRequest {
  readonly id: number
  readonly batch: Uint8Array
}

export interface BatchReply {
  readonly id: number
  readonly bodies: Uint8Array
}

parentPort?.on('message', ({ id, batch }: BatchRequest) => {
  const items = decodeBatch(batch)
  const bodies = new Uint8Array(items.length * MESSAGE_BODY_SIZE)
  items.forEach((item, index) => {
    sealInto(item, bodyAt(bodies, index))
  })
  const reply: BatchReply = { id, bodies }
  parentPort?.postMessage(reply, [bodies.buffer])
})

function bodyAt(bodies: Uint8Array, index: number): Uint8Array {
  return bodies.subarray(index * MESSAGE_BODY_SIZE, (index + 1) * MESSAGE_BODY_SIZE)
}
