import { HearthError } from '../../core/codec/error.ts'
import type { Connection, DialTarget, ListenOptions, Network } from '../../core/env/env.ts'
import { fromPem } from '../../core/transport/certificate.ts'
import type { Machine } from './machine.ts'
import { createWire, type Medium, type Wire } from './wire.ts'

/** All listeners and connections of a world. Hosts are found by name; 127.0.0.1 and localhost are the host itself. */
export interface VirtualNetwork {
  of(machine: Machine): Network
  cut(a: string, b: string): void
  lost(machine: Machine, silent: boolean): void
  unblock(): void
  /** Open connections. */
  readonly connections: number
}

interface VirtualListener {
  readonly machine: Machine
  readonly options: ListenOptions
  readonly certificates: readonly Uint8Array[]
  readonly accept: (connection: Connection) => void
  readonly open: Set<Wire>
}

const SERVER_ALPN = ['smp/1', 'h2', 'http/1.1']
const FIRST_PORT = 40_000
/** A lost first packet is sent again after 1, 3, 7, … seconds. */
const FIRST_REPEAT = 1000

export function createVirtualNetwork(medium: Medium, knows: (host: string) => boolean): VirtualNetwork {
  const { links, random, trace } = medium
  const listeners = new Map<string, VirtualListener>()
  const wires = new Set<Wire>()
  let nextPort = FIRST_PORT
  let nextId = 1

  function dial(machine: Machine, target: DialTarget): Promise<Connection> {
    if (!machine.touch()) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      const host = target.host === '127.0.0.1' || target.host === 'localhost' ? machine.name : target.host
      let settled = false
      const timer = machine.after(target.timeout, () => fail('timeout', 'no TLS connection in time', 0))

      function fail(code: string, message: string, delay: number, temporary = true): void {
        if (settled) return
        settled = true
        timer.run = undefined
        trace.note(machine.name, `dial ${host} ${code}`)
        machine.after(delay, () => reject(new HearthError('network', code, message, temporary)))
      }

      function attempt(wait: number): void {
        if (settled) return
        const peer = medium.living(host)
        if (links.blocked(machine.name, host) || peer === undefined) {
          machine.after(wait, () => attempt(wait * 2))
          return
        }
        const roundTrip = links.delay(machine.name, host) + links.delay(host, machine.name)
        machine.after(roundTrip, () => handshake(roundTrip))
      }

      function handshake(roundTrip: number): void {
        const listener = listeners.get(`${host}:${target.port}`)
        const refused = random.chance(links.profile(machine.name, host).refuse)
        const alpn = SERVER_ALPN.find((name) => target.alpn.includes(name))
        if (listener === undefined || !listener.machine.alive || refused) {
          fail('connect', 'ECONNREFUSED', 0)
        } else if (listener.open.size >= listener.options.maxConnections) {
          fail('closed', 'closed during the TLS handshake', roundTrip)
        } else if (target.alpn.length > 0 && alpn === undefined) {
          fail('tls', 'TLS handshake refused', roundTrip, false)
        } else {
          machine.after(roundTrip, () => established(listener, alpn))
        }
      }

      function established(listener: VirtualListener, alpn: string | undefined): void {
        if (settled) return
        if (!listener.machine.alive || links.blocked(machine.name, host)) {
          fail('closed', 'closed during the TLS handshake', 0)
          return
        }
        settled = true
        timer.run = undefined
        resolve(connect(machine, listener, alpn))
      }

      if (!knows(host)) fail('host', 'host name not found', 5)
      else attempt(FIRST_REPEAT)
    })
  }

  function connect(machine: Machine, listener: VirtualListener, alpn: string | undefined): Connection {
    const id = nextId++
    const wire = createWire(medium, machine, listener.machine, {
      id,
      sessionId: random.bytes(32),
      alpn,
      serverCertificates: listener.certificates,
    })
    for (const known of wires) if (known.closed) wires.delete(known)
    wires.add(wire)
    for (const known of listener.open) if (known.closed) listener.open.delete(known)
    listener.open.add(wire)
    trace.note(machine.name, `#${id} to ${listener.machine.name}`)
    wire.arriveNotBefore(medium.now() + links.profile(machine.name, listener.machine.name).latency)
    listener.machine.after(links.profile(machine.name, listener.machine.name).latency, () => {
      trace.note(listener.machine.name, `#${id} accepted`)
      listener.accept(wire.server)
    })
    return wire.client
  }

  function listen(machine: Machine, options: ListenOptions, accept: (connection: Connection) => void) {
    if (!machine.touch()) return new Promise<never>(() => {})
    const port = options.port === 0 ? nextPort++ : options.port
    const place = `${machine.name}:${port}`
    if (listeners.get(place)?.machine.alive) {
      return Promise.reject(new HearthError('usage', 'listen', 'cannot listen: EADDRINUSE'))
    }
    const certificates = fromPem('CERTIFICATE', options.certificateChain)
    const listener: VirtualListener = { machine, options, certificates, accept, open: new Set() }
    listeners.set(place, listener)
    trace.note(machine.name, `listens on ${port}`)
    return Promise.resolve({
      port,
      async close() {
        if (listeners.get(place) === listener) listeners.delete(place)
      },
    })
  }

  return {
    of: (machine) => ({
      dial: (target) => dial(machine, target),
      listen: (options, accept) => listen(machine, options, accept),
    }),
    cut(a, b) {
      for (const wire of wires) {
        const names = wire.machines.map((machine) => machine.name)
        if (!wire.closed && names.includes(a) && names.includes(b)) wire.cut()
      }
    },
    lost(machine, silent) {
      for (const wire of wires) if (wire.machines.includes(machine)) wire.lost(machine, silent)
    },
    unblock() {
      for (const wire of wires) wire.unblock()
    },
    get connections() {
      let open = 0
      for (const wire of wires) if (!wire.closed) open++
      return open
    },
  }
}
