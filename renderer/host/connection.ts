import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ChangeMessage, Position, Snapshot } from '../../core/host/contract/types.ts'
import type { HostClient } from '../../core/host/contract.ts'
import { type Runtime, SignInError } from '../runtime/runtime.ts'

/** What the rest of the interface hears of the connection with the host. */
export interface ConnectionEvents {
  state(state: ConnectionState): void
  /** Everything, at the beginning and whenever too much was missed. */
  snapshot(snapshot: Snapshot): void
  change(change: Extract<ChangeMessage, { change: unknown }>['change']): void
}

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'signed-out'

export interface HostConnection {
  /** Errors of calls while there is no connection: they reject at once. */
  readonly api: HostClient
  /** Tries again now instead of waiting. */
  retry(): void
  close(): void
}

const SUBPROTOCOLS = (token: string): string[] => ['hearth', `token.${token}`]
const RETRY_FIRST = 500
const RETRY_MAX = 15_000
const OPEN_TIMEOUT = 10_000

/** Stays connected: reconnects with growing pauses and catches up without gaps or doubles. */
export function connectHost(runtime: Runtime, events: ConnectionEvents): HostConnection {
  let socket: WebSocket | undefined
  let client: HostClient | undefined
  let position: Position | undefined
  let pause = RETRY_FIRST
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  async function connect(): Promise<void> {
    timer = undefined
    events.state('connecting')
    try {
      const { url, token } = await runtime.access()
      socket = await open(url, token)
    } catch (error) {
      if (error instanceof SignInError) events.state('signed-out')
      else later()
      return
    }
    const own = socket
    own.addEventListener('close', () => {
      if (socket !== own) return
      socket = undefined
      client = undefined
      later()
    })
    const api: HostClient = createORPCClient(new RPCLink({ websocket: own }))
    client = api
    try {
      await follow(api)
    } catch {
      own.close()
    }
  }

  /** Rejects when the socket is gone: there is nothing to abort then, and nobody to tell. */
  async function follow(api: HostClient): Promise<void> {
    if (position === undefined) await take(api)
    events.state('online')
    pause = RETRY_FIRST
    while (position !== undefined) {
      let reset = false
      for await (const message of await api.changes.follow(position)) {
        if ('reset' in message) {
          reset = true
          break
        }
        position = message.position
        events.change(message.change)
      }
      if (reset) await take(api)
    }
  }

  async function take(api: HostClient): Promise<void> {
    const snapshot = await api.changes.snapshot()
    position = snapshot.position
    events.snapshot(snapshot)
  }

  function later(): void {
    if (closed) return
    events.state('offline')
    timer = setTimeout(connect, pause)
    pause = Math.min(pause * 1.7, RETRY_MAX)
  }

  /** The system's network is back, or the machine woke up: no need to wait out the pause. */
  function again(): void {
    if (timer === undefined) return
    clearTimeout(timer)
    void connect()
  }

  window.addEventListener('online', again)
  void connect()

  return {
    get api() {
      if (client === undefined) throw new OfflineError()
      return client
    },
    retry() {
      if (timer === undefined && socket !== undefined) return
      clearTimeout(timer)
      void connect()
    },
    close() {
      closed = true
      window.removeEventListener('online', again)
      clearTimeout(timer)
      socket?.close()
    },
  }
}

/** The host cannot be reached at the moment; nothing was done. */
export class OfflineError extends Error {
  constructor() {
    super('the host cannot be reached')
    this.name = 'OfflineError'
  }
}

function open(url: string, token: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, SUBPROTOCOLS(token))
    const timeout = setTimeout(() => socket.close(), OPEN_TIMEOUT)
    socket.addEventListener('open', () => {
      clearTimeout(timeout)
      resolve(socket)
    })
    socket.addEventListener('close', () => {
      clearTimeout(timeout)
      reject(new OfflineError())
    })
  })
}
