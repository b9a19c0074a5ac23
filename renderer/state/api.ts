import type { HostClient } from '../../core/host/contract.ts'
import type { HostConnection } from '../host/connection.ts'

let connection: HostConnection | undefined

/** The connection that all calls go through; `start` makes it. */
export function setHost(host: HostConnection): void {
  connection = host
}

/** The host's API. Throws OfflineError where there is no connection. */
export function api(): HostClient {
  if (connection === undefined) throw new Error('not started')
  return connection.api
}

export function retryConnection(): void {
  connection?.retry()
}
