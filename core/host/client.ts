import { createORPCClient, ORPCError } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import { type ErrorKind, HearthError } from '../codec/error.ts'
import type { HostClient } from './contract.ts'
import { pathIn, readIfPresent } from './files.ts'
import { SUBPROTOCOL } from './subprotocol.ts'

/** A connection to a running host's local API. */
export interface ConnectedHost {
  readonly api: HostClient
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>
  close(): void
}

const FRAME_LIMIT = 64 * 1024 * 1024

/** Connects to the host that runs on `folder`. Errors: usage `not-running`, and as `connectTo`. */
export async function connectToFolder(folder: string): Promise<ConnectedHost> {
  const url = readIfPresent(pathIn(folder, 'address'))?.trim()
  const token = readIfPresent(pathIn(folder, 'token'))?.trim()
  if (url === undefined || token === undefined) {
    throw new HearthError('usage', 'not-running', `no host runs on ${folder}`, true)
  }
  return connectTo(url, token)
}

/** Errors: usage `not-running` where nobody answers, usage `refused` where the host does not let us in. */
export function connectTo(url: string, token: string): Promise<ConnectedHost> {
  const socket = new WebSocket(url, SUBPROTOCOL, {
    headers: { authorization: `Bearer ${token}` },
    maxPayload: FRAME_LIMIT,
    perMessageDeflate: false,
  })
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (_request, response) => {
      reject(new HearthError('usage', 'refused', `the host refused the connection (${response.statusCode})`))
      socket.terminate()
    })
    socket.on('error', (error) => {
      reject(new HearthError('usage', 'not-running', 'the host does not answer', true, { cause: error }))
    })
    socket.once('open', () => {
      const api: HostClient = createORPCClient(new RPCLink({ websocket: asBrowserSocket(socket) }))
      resolve({ api, closed, close: () => socket.close() })
    })
  })
}

/** The package's sockets have the browser's interface; its event types are its own. */
function asBrowserSocket(socket: WebSocket): globalThis.WebSocket {
  return socket as unknown as globalThis.WebSocket
}

/** The host's own error behind what a call rejected with. */
export function hostError(error: unknown): HearthError {
  if (error instanceof HearthError) return error
  if (!(error instanceof ORPCError)) {
    const message = error instanceof Error ? error.message : String(error)
    return new HearthError('usage', 'connection', message, true, { cause: error })
  }
  const data = error.data as { kind?: ErrorKind; code?: string; temporary?: boolean; issues?: Issue[] } | undefined
  if (error.code === 'HEARTH' && data?.kind !== undefined && data.code !== undefined) {
    return new HearthError(data.kind, data.code, error.message, data.temporary === true)
  }
  const issues = (data?.issues ?? []).map((issue) => `${(issue.path ?? []).join('.')}: ${issue.message}`)
  const message = issues.length > 0 ? issues.join('; ') : error.message
  return new HearthError('usage', error.code.toLowerCase().replaceAll('_', '-'), message)
}

interface Issue {
  readonly message: string
  readonly path?: readonly PropertyKey[]
}
