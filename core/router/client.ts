import { EMPTY } from '../codec/bytes.ts'
import { HearthError, unlessMalformed } from '../codec/error.ts'
import type { SmpError } from '../smp/errors.ts'
import type { BrokerMessage } from '../smp/messages.ts'
import { encodeMessageFrame, packBlocks, receiveCommand, splitBlock } from '../smp/transmission.ts'
import type { Session } from '../transport/session.ts'
import { type Actor, execute, sealedMessage, type Workbench } from './execute.ts'
import { forwarding } from './forwarded.ts'
import type { RouterLimits } from './limits.ts'
import type { Queue } from './queue.ts'
import type { Subscription } from './subscriptions.ts'
import { type Verified, verifyCommand } from './verify.ts'

/** One connection: takes blocks in, works on one at a time when its turn comes, hands answers out after the commit. */
export interface Client extends Actor {
  /** Blocks that wait for a turn, one that is not finished included. */
  readonly waiting: number
  /** Whether the client takes what it is sent. */
  readonly hasRoom: boolean
  /** Milliseconds of the monotonic clock. */
  readonly lastActive: number
  /** Since when the client has left too much unread. */
  readonly stalledSince: number | undefined
  /** Takes one from the allowance for the next block; false where there is none at this time. */
  allowed(now: number): boolean
  /**
   * Verifies and executes the next block, or goes on with one that was not finished by `deadline` (of the monotonic
   * clock). Returns the number of commands dealt with.
   */
  work(deadline: number): number
  /** Hands out what is ready. Only after the commit. */
  flush(): void
  end(): void
  destroy(): void
}

export interface ClientHooks {
  /** A block came in or the client has room again. */
  ready(client: Client): void
  /** There is something to flush after the commit. */
  dirty(client: Client): void
  closed(client: Client): void
  /** How many blocks may wait, given what waits elsewhere. */
  mayWait(): number
  /** The number of blocks that wait has changed. */
  waits(change: number): void
  /** Blocks handed out. */
  sent(blocks: number): void
}

interface VerifiedTransmission {
  readonly corrId: Uint8Array
  readonly entityId: Uint8Array
  readonly command: Verified
}

/** A block in work. */
interface Unfinished {
  readonly transmissions: readonly Uint8Array[]
  /** The first that is not verified yet. */
  next: number
  readonly verified: VerifiedTransmission[]
}

/** A block that could not be decrypted. */
const BAD = Symbol('bad block')

export function createClient(
  bench: Workbench,
  limits: Pick<RouterLimits, 'blocksPerSecond' | 'unreadBytes'>,
  session: Session,
  hooks: ClientHooks,
): Client {
  const { env, store } = bench
  const input: (Uint8Array | typeof BAD)[] = []
  const subscriptions = new Map<number, Subscription>()
  /** Queues whose head is to be handed out as an event. */
  const wanted = new Set<number>()
  let unfinished: Unfinished | undefined
  /** Frames that may share blocks, group after group. */
  let outbox: Uint8Array[][] = [[]]
  let outboxBytes = 0
  let paused = false
  let closed = false
  let lastActive = env.clock.monotonic()
  let stalledSince: number | undefined
  let allowance = limits.blocksPerSecond
  let allowanceAt = lastActive

  function receive(block: Uint8Array | typeof BAD): void {
    if (closed) return
    lastActive = env.clock.monotonic()
    input.push(block)
    hooks.waits(1)
    if (!paused && input.length >= hooks.mayWait()) {
      paused = true
      session.pause()
    }
    hooks.ready(client)
  }

  function put(corrId: Uint8Array, entityId: Uint8Array, message: BrokerMessage): void {
    const frame = encoded(corrId, entityId, message)
    outbox.at(-1)!.push(frame)
    sized(frame)
  }

  /** Messages that were not asked for travel alone, as from the reference: there are clients that count on it. */
  function putAlone(entityId: Uint8Array, message: BrokerMessage): void {
    const frame = encoded(EMPTY, entityId, message)
    outbox.push([frame], [])
    sized(frame)
  }

  function sized(frame: Uint8Array): void {
    outboxBytes += frame.length
    hooks.dirty(client)
  }

  function encoded(corrId: Uint8Array, entityId: Uint8Array, message: BrokerMessage): Uint8Array {
    try {
      return encodeMessageFrame(session, corrId, entityId, message)
    } catch (error) {
      // A correlation id much longer than ours can make an answer too large for a block.
      if (!(error instanceof HearthError)) throw error
      return encodeMessageFrame(session, corrId, entityId, { type: 'ERR', error: { type: 'INTERNAL' } })
    }
  }

  function refuse(corrId: Uint8Array, entityId: Uint8Array, error: SmpError): void {
    if (error.type === 'AUTH') bench.count.refusedAuth++
    put(corrId, entityId, { type: 'ERR', error })
  }

  function open(block: Uint8Array | typeof BAD): void {
    const transmissions = block === BAD ? undefined : unlessMalformed(() => splitBlock(block))
    if (transmissions === undefined) refuse(EMPTY, EMPTY, { type: 'BLOCK' })
    else unfinished = { transmissions, next: 0, verified: [] }
  }

  /**
   * All are verified against the state before the block, then executed in order (smp §6.4). Verifying a block full of
   * commands can take long enough for others to notice, so it stops at the deadline.
   */
  function goOn(block: Unfinished, deadline: number): number {
    const { transmissions, verified } = block
    const start = block.next
    while (block.next < transmissions.length) {
      if (block.next > start && env.clock.monotonic() >= deadline) return block.next - start
      verifyNext(transmissions[block.next++]!, verified)
    }
    unfinished = undefined
    for (const { corrId, entityId, command } of verified) {
      put(corrId, entityId, perform(corrId, command))
    }
    return block.next - start
  }

  function perform(corrId: Uint8Array, verified: Verified): BrokerMessage {
    if (verified.queue !== undefined || verified.command.type !== 'RFWD') {
      return execute(bench, client, corrId, verified)
    }
    return forward(corrId, verified.command.transmission)
  }

  /** Nothing but the version of the sender behind the proxy is asked of the actor by what may be forwarded. */
  const forward = forwarding(session, (sender, received) => {
    const outcome = verifyCommand(sender, store, received)
    if (!('type' in outcome)) return execute(bench, { ...client, version: sender.version }, received.corrId, outcome)
    if (outcome.type === 'AUTH') bench.count.refusedAuth++
    return { type: 'ERR', error: outcome }
  })

  function verifyNext(transmission: Uint8Array, verified: VerifiedTransmission[]): void {
    const received = receiveCommand(session, transmission)
    const { corrId, entityId } = received
    if (received.error !== undefined) {
      refuse(corrId, entityId, received.error)
      return
    }
    const outcome = verifyCommand(session, store, received)
    if ('type' in outcome) refuse(corrId, entityId, outcome)
    else verified.push({ corrId, entityId, command: outcome })
  }

  function handOutWanted(frames: Uint8Array[], waitingBytes: number): void {
    let bytes = session.buffered + waitingBytes
    for (const id of wanted) {
      if (bytes > limits.unreadBytes) return
      wanted.delete(id)
      const subscription = subscriptions.get(id)
      if (subscription?.mode !== 'subscribed' || subscription.delivered !== undefined) continue
      const queue = store.byRecipient(subscription.recipientId)
      const message = queue && store.first(queue)
      if (queue === undefined || message === undefined) continue
      subscription.delivered = message.msgId
      bench.count.delivered++
      const frame = encodeMessageFrame(session, EMPTY, queue.recipientId, sealedMessage(queue, message))
      frames.push(frame)
      bytes += frame.length
    }
  }

  const client: Client = {
    version: session.version,
    subscriptions,
    get waiting() {
      return input.length + (unfinished === undefined ? 0 : 1)
    },
    get hasRoom() {
      return session.buffered <= limits.unreadBytes
    },
    get lastActive() {
      return lastActive
    },
    get stalledSince() {
      return stalledSince
    },
    allowed(now) {
      if (unfinished !== undefined) return true
      const rate = limits.blocksPerSecond
      allowance = Math.min(rate, allowance + ((now - allowanceAt) * rate) / 1000)
      allowanceAt = now
      if (allowance < 1) return false
      allowance--
      return true
    },
    work(deadline) {
      if (unfinished !== undefined) return goOn(unfinished, deadline)
      const block = input.shift()
      if (block === undefined) return 0
      hooks.waits(-1)
      if (paused && input.length <= hooks.mayWait() / 2) {
        paused = false
        session.resume()
      }
      open(block)
      return unfinished === undefined ? 1 : goOn(unfinished, deadline)
    },
    push(queue, message) {
      if (wanted.size > 0 || session.buffered + outboxBytes > limits.unreadBytes) {
        client.wantHead(queue)
        return false
      }
      putAlone(queue.recipientId, sealedMessage(queue, message))
      return true
    },
    wantHead(queue: Queue) {
      wanted.add(queue.id)
      hooks.dirty(client)
    },
    event(recipientId, message) {
      put(EMPTY, recipientId, { type: message })
    },
    flush() {
      if (closed) return
      const groups = outbox
      const bytes = outboxBytes
      outbox = [[]]
      outboxBytes = 0
      if (wanted.size > 0) handOutWanted(groups.at(-1)!, bytes)
      const blocks = groups.flatMap(packBlocks)
      for (const block of blocks) session.sendBlock(block)
      if (blocks.length > 0) lastActive = env.clock.monotonic()
      hooks.sent(blocks.length)
      if (!client.hasRoom) stalledSince ??= env.clock.monotonic()
    },
    end: () => session.end(),
    destroy: () => session.destroy(),
  }

  session.start({
    block: receive,
    badBlock: () => receive(BAD),
    drain() {
      stalledSince = undefined
      if (wanted.size > 0) client.flush()
      if (client.waiting > 0) hooks.ready(client)
    },
    close() {
      closed = true
      hooks.waits(-input.length)
      input.length = 0
      unfinished = undefined
      outbox = [[]]
      wanted.clear()
      hooks.closed(client)
    },
  })
  return client
}
