import { HearthError } from '../../core/codec/error.ts'
import type { Connection, ConnectionEvents } from '../../core/env/env.ts'
import type { Links } from './links.ts'
import type { Machine, Trace } from './machine.ts'
import type { Randomness } from './random.ts'

/** What connections share. */
export interface Medium {
  readonly links: Links
  readonly random: Randomness
  readonly trace: Trace
  now(): number
  /** The living machine of that host's name. */
  living(name: string): Machine | undefined
}

/** Both ends of one connection. */
export interface Wire {
  readonly client: Connection
  readonly server: Connection
  readonly machines: readonly [Machine, Machine]
  readonly closed: boolean
  /** What the client writes arrives at `time` or later: the server side is not handed over before. */
  arriveNotBefore(time: number): void
  /** Breaks it for both; of what is under way, a random part still arrives. */
  cut(): void
  /** The crash of one machine: the other side learns it, or, where the machine lost its power, does not. */
  lost(machine: Machine, silent: boolean): void
  /** Pieces that waited for the end of a partition go on their way again. */
  unblock(): void
}

export interface WireOptions {
  readonly id: number
  readonly sessionId: Uint8Array
  readonly alpn: string | undefined
  readonly serverCertificates: readonly Uint8Array[]
}

/** Bytes waiting for the system above which `write` asks to wait. */
const HIGH_WATER = 65_536
/** Largest piece on the way. */
const SEGMENT = 65_536
/** A connection that cannot pass anything for so long is given up by the system. */
const SYSTEM_TIMEOUT = 900_000
/** Chance that the system does not take written bytes at once. */
const LATE_TAKE = 0.05

type Piece = { readonly kind: 'data'; readonly bytes: Uint8Array } | { readonly kind: 'end' | 'reset' }

interface End {
  readonly machine: Machine
  readonly label: string
  readonly queue: Uint8Array[]
  buffered: number
  wantsDrain: boolean
  takeScheduled: boolean
  ending: boolean
  endSent: boolean
  /** Pieces from this end to the other. */
  readonly way: Piece[]
  onWay: number
  arrival: number
  stalled: number
  /** Pieces that reached this end while it was paused. */
  readonly inbox: Piece[]
  flushScheduled: boolean
  paused: boolean
  events: ConnectionEvents | undefined
  peerEnded: boolean
  closed: { readonly error: Error | undefined } | undefined
  closeTold: boolean
}

export function createWire(medium: Medium, clientMachine: Machine, serverMachine: Machine, options: WireOptions): Wire {
  const { links, random, trace } = medium
  const client = createEnd(clientMachine, `#${options.id}c`)
  const server = createEnd(serverMachine, `#${options.id}s`)

  function other(end: End): End {
    return end === client ? server : client
  }

  /** Puts on the way what the window allows. */
  function pump(end: End): void {
    if (end.closed !== undefined) return
    const { window } = links.profile(end.machine.name, other(end).machine.name)
    while (end.queue.length > 0 && end.onWay < window) {
      const bytes = takeSegment(end)
      end.buffered -= bytes.length
      depart(end, { kind: 'data', bytes })
    }
    if (end.ending && !end.endSent && end.queue.length === 0) {
      end.endSent = true
      depart(end, { kind: 'end' })
      closeWhenBothEnded(end)
    }
  }

  function takeSegment(end: End): Uint8Array {
    const first = end.queue.shift()!
    const { split } = links.profile(end.machine.name, other(end).machine.name)
    const size = random.chance(split) ? 1 + random.below(first.length) : Math.min(first.length, SEGMENT)
    if (size < first.length) end.queue.unshift(first.subarray(size))
    return first.subarray(0, size)
  }

  function depart(end: End, piece: Piece): void {
    const from = end.machine.name
    const to = other(end).machine.name
    const size = piece.kind === 'data' ? piece.bytes.length : 0
    const sent = links.occupy(from, to, medium.now(), size)
    end.arrival = Math.max(end.arrival, sent + links.delay(from, to))
    end.onWay += size
    end.way.push(piece)
    other(end).machine.after(end.arrival - medium.now(), () => arrive(end))
    if (!other(end).machine.alive) arriveAtNobody(end)
  }

  /** A machine that has restarted answers for connections of its former life; one that is off does not. */
  function arriveAtNobody(end: End): void {
    end.machine.after(2 * links.delay(end.machine.name, other(end).machine.name), () => {
      if (medium.living(other(end).machine.name) !== undefined) close(end, peerGone())
    })
  }

  /** The first piece on the way from `end` is due at the other side. */
  function arrive(end: End): void {
    const receiver = other(end)
    if (links.blocked(end.machine.name, receiver.machine.name)) {
      if (end.stalled++ === 0) giveUpLater(end)
      return
    }
    const piece = end.way.shift()
    if (piece === undefined || receiver.closed !== undefined) return
    if (piece.kind === 'reset') {
      close(receiver, random.chance(0.5) ? peerGone() : undefined)
      return
    }
    receiver.inbox.push(piece)
    if (!receiver.paused && receiver.events !== undefined) flush(receiver)
  }

  function giveUpLater(end: End): void {
    for (const side of [client, server]) {
      side.machine.after(SYSTEM_TIMEOUT, () => {
        if (end.stalled > 0 && links.blocked(client.machine.name, server.machine.name)) {
          close(side, new HearthError('network', 'timeout', 'the connection passes nothing', true))
        }
      })
    }
  }

  /** Hands over what came in. */
  function flush(end: End): void {
    while (!end.paused && end.events !== undefined && end.closed === undefined) {
      const piece = end.inbox.shift()
      if (piece === undefined) return
      if (piece.kind === 'data') {
        const sender = other(end)
        sender.onWay -= piece.bytes.length
        if (sender.queue.length > 0 || sender.wantsDrain) taken(sender)
        trace.note(end.machine.name, `${end.label} data`, piece.bytes)
        end.events.data(piece.bytes)
      } else {
        end.peerEnded = true
        end.ending = true
        pump(end)
        closeWhenBothEnded(end)
      }
    }
  }

  /** The sender learns after a while that there is room again. */
  function taken(sender: End): void {
    sender.machine.after(links.delay(other(sender).machine.name, sender.machine.name), () => take(sender))
  }

  function take(end: End): void {
    pump(end)
    if (end.wantsDrain && end.buffered === 0 && end.closed === undefined) {
      end.wantsDrain = false
      end.events?.drain()
    }
  }

  function closeWhenBothEnded(end: End): void {
    if (end.peerEnded && end.endSent) close(end, undefined)
  }

  function close(end: End, error: Error | undefined): void {
    if (end.closed !== undefined) return
    end.closed = { error }
    end.queue.length = 0
    end.buffered = 0
    end.inbox.length = 0
    end.machine.after(0, () => tellClosed(end))
  }

  function tellClosed(end: End): void {
    if (end.closeTold || end.events === undefined || end.closed === undefined) return
    end.closeTold = true
    trace.note(end.machine.name, `${end.label} closed`)
    end.events.close(end.closed.error)
  }

  /** The last pieces under way may be lost, the last of the others may arrive in part. */
  function loseSome(end: End): void {
    const kept = random.below(end.way.length + 1)
    if (kept === end.way.length) return
    const torn = end.way[kept]!
    const part =
      torn.kind === 'data' && torn.bytes.length > 1
        ? torn.bytes.subarray(0, 1 + random.below(torn.bytes.length - 1))
        : undefined
    end.way.length = kept
    if (part !== undefined) end.way.push({ kind: 'data', bytes: part })
  }

  function reset(end: End): void {
    loseSome(end)
    depart(end, { kind: 'reset' })
  }

  function connection(end: End, certificates: readonly Uint8Array[]): Connection {
    return {
      sessionId: options.sessionId,
      alpn: options.alpn,
      peerCertificates: certificates,
      peerAddress: other(end).machine.name,
      start(events) {
        end.events = events
        end.machine.after(0, () => (end.closed === undefined ? flush(end) : tellClosed(end)))
      },
      write(bytes) {
        if (!end.machine.touch() || end.closed !== undefined || end.ending) return false
        if (bytes.length > 0) {
          end.queue.push(bytes)
          end.buffered += bytes.length
        }
        if (random.chance(LATE_TAKE)) {
          end.wantsDrain = true
          if (!end.takeScheduled) {
            end.takeScheduled = true
            end.machine.after(random.unit(), () => {
              end.takeScheduled = false
              take(end)
            })
          }
          return false
        }
        if (!end.takeScheduled) pump(end)
        if (end.buffered < HIGH_WATER && !end.wantsDrain) return true
        end.wantsDrain = true
        return false
      },
      get buffered() {
        return end.buffered
      },
      pause() {
        end.paused = true
      },
      resume() {
        end.paused = false
        if (end.flushScheduled) return
        end.flushScheduled = true
        end.machine.after(0, () => {
          end.flushScheduled = false
          flush(end)
        })
      },
      end() {
        if (!end.machine.touch()) return
        end.ending = true
        pump(end)
      },
      destroy() {
        if (!end.machine.touch() || end.closed !== undefined) return
        close(end, undefined)
        reset(end)
      },
    }
  }

  return {
    client: connection(client, options.serverCertificates),
    server: connection(server, []),
    machines: [clientMachine, serverMachine],
    get closed() {
      return client.closed !== undefined && server.closed !== undefined
    },
    arriveNotBefore(time) {
      client.arrival = time
    },
    cut() {
      for (const end of [client, server]) {
        if (other(end).closed === undefined) reset(end)
      }
    },
    lost(machine, silent) {
      const end = machine === client.machine ? client : server
      end.closed ??= { error: undefined }
      if (silent) end.way.length = 0
      else reset(end)
    },
    unblock() {
      for (const end of [client, server]) {
        for (; end.stalled > 0; end.stalled--) {
          end.arrival = Math.max(end.arrival, medium.now() + links.delay(end.machine.name, other(end).machine.name))
          other(end).machine.after(end.arrival - medium.now(), () => arrive(end))
        }
      }
    },
  }
}

function peerGone(): HearthError {
  return new HearthError('network', 'closed', 'connection closed by the other side', true)
}

function createEnd(machine: Machine, label: string): End {
  return {
    machine,
    label,
    queue: [],
    buffered: 0,
    wantsDrain: false,
    takeScheduled: false,
    ending: false,
    endSent: false,
    way: [],
    onWay: 0,
    arrival: 0,
    stalled: 0,
    inbox: [],
    flushScheduled: false,
    paused: false,
    events: undefined,
    peerEnded: false,
    closed: undefined,
    closeTold: false,
  }
}
