import { fromLatin1 } from '../../codec/bytes.ts'
import { asHearthError, type HearthError } from '../../codec/error.ts'
import type { Clock } from '../../env/env.ts'
import type { Session } from '../../transport/session.ts'
import { encodeCommandFrame, MAX_BATCH, MAX_BLOCK, packBlocks, sizeInBlock } from '../transmission.ts'
import type { SmpRequest } from './api.ts'
import { createFifo, type Fifo } from './fifo.ts'

/** A request on its way: queued, then written. */
export interface Outgoing {
  readonly request: SmpRequest
  readonly corrId: Uint8Array
  /** Its caller no longer waits; it is not written any more. */
  readonly settled: boolean
  written(): void
  failed(error: HearthError): void
}

/** Encodes requests and writes them to a session: small ones share blocks and go first, messages go one each. */
export interface Outbox {
  add(outgoing: Outgoing): void
  /** A message was answered or given up: another may go. */
  released(): void
  /** The session has written out what it had. */
  drained(): void
  /** Takes out everything that was not written. */
  close(): Outgoing[]
}

/** Commands signed and written before other work gets its turn: some milliseconds. */
const COMMANDS_PER_TURN = 32

export function isBulk(request: SmpRequest): boolean {
  return request.command.type === 'SEND' || request.command.type === 'PFWD' || request.command.type === 'RFWD'
}

export function createOutbox(
  session: Session,
  clock: Clock,
  limits: { readonly maxFlight: number; readonly maxBuffered: number },
): Outbox {
  const small = createFifo<Outgoing>()
  const bulk = createFifo<Outgoing>()
  let inFlight = 0
  let clogged = false
  let scheduled = false
  let closed = false

  function schedule(): void {
    if (scheduled || closed) return
    scheduled = true
    clock.soon(() => {
      scheduled = false
      if (!closed) flush()
    })
  }

  /** Commands issued together, and in what they cause at once, are all here by now. */
  function flush(): void {
    let left = COMMANDS_PER_TURN
    while (left > 0 && !clogged) {
      if (small.length > 0) left -= writeBatch()
      else if (bulk.length > 0 && inFlight < limits.maxFlight) left -= writeMessage()
      else return
    }
    if (!clogged) schedule()
  }

  function write(block: Uint8Array): void {
    if (!session.sendBlock(block)) clogged = session.buffered >= limits.maxBuffered
  }

  function writeBatch(): number {
    const batch = takeBatch(small, (outgoing) => encoded(outgoing))
    for (const block of packBlocks(batch.map(({ frame }) => frame))) write(block)
    for (const { outgoing } of batch) outgoing.written()
    return batch.length
  }

  function writeMessage(): number {
    const outgoing = bulk.shift()!
    const frame = outgoing.settled ? undefined : encoded(outgoing)
    if (frame === undefined) return 0
    inFlight++
    write(frame)
    outgoing.written()
    return 1
  }

  function encoded(outgoing: Outgoing): Uint8Array | undefined {
    const { entityId, command, key } = outgoing.request
    try {
      return encodeCommandFrame(session, outgoing.corrId, entityId, command, key)
    } catch (error) {
      outgoing.failed(asHearthError(error, 'protocol', 'encode'))
      return undefined
    }
  }

  return {
    add(outgoing) {
      ;(isBulk(outgoing.request) ? bulk : small).push(outgoing)
      schedule()
    },
    released() {
      inFlight--
      if (bulk.length > 0) schedule()
    },
    drained() {
      clogged = false
      schedule()
    },
    close() {
      closed = true
      return [...small.drain(), ...bulk.drain()]
    },
  }
}

interface Encoded {
  readonly outgoing: Outgoing
  readonly frame: Uint8Array
}

/**
 * As many as fit into one block. Two commands for the same entity never share it, because the router may execute a
 * block in any order (smp §6.4).
 */
function takeBatch(queue: Fifo<Outgoing>, encode: (outgoing: Outgoing) => Uint8Array | undefined): Encoded[] {
  const batch: Encoded[] = []
  const entities = new Set<string>()
  let size = 0
  for (let outgoing = queue.shift(); outgoing !== undefined; outgoing = queue.shift()) {
    if (outgoing.settled) continue
    const entity = fromLatin1(outgoing.request.entityId)
    const frame = entities.has(entity) ? undefined : encode(outgoing)
    if (frame === undefined && !entities.has(entity)) continue
    if (frame === undefined || size + sizeInBlock(frame) > MAX_BLOCK) {
      queue.unshift(outgoing)
      break
    }
    batch.push({ outgoing, frame })
    size += sizeInBlock(frame)
    if (entity !== '') entities.add(entity)
    if (batch.length === MAX_BATCH) break
  }
  return batch
}
