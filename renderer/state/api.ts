import type { HostClient } from '../../core/host/contract.ts'
import { connectHost, type HostConnection } from '../host/connection.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { applyContactChange, applyContactsSnapshot } from './contacts.ts'
import { applyChange, applySnapshot, setConnection } from './host.ts'
import { applyInstanceChange } from './instance.ts'
import { applyKnownChange } from './known.ts'
import { applyMemberChange, forgetMembers } from './members.ts'
import { applyMessageChange, refreshMessages } from './messages.ts'
import { refreshServing } from './serving.ts'
import { applyToChat, forgetStale, readStale } from './stale-chats.ts'

let connection: HostConnection | undefined

/** Connects the stores to the host, once. */
export function start(runtime: Runtime): void {
  connection ??= connectHost(runtime, {
    state(state) {
      setConnection(state)
      if (state === 'online') readStale()
    },
    snapshot(snapshot) {
      forgetMembers()
      forgetStale()
      applySnapshot(snapshot)
      applyContactsSnapshot(snapshot)
      refreshMessages()
    },
    change(change) {
      applyChange(change)
      applyContactChange(change)
      applyToChat(change)
      applyMessageChange(change)
      applyMemberChange(change)
      applyKnownChange(change)
      applyInstanceChange(change)
      if (change.type === 'served-group') void refreshServing()
    },
  })
}

/** The host's API. Throws OfflineError where there is no connection. */
export function api(): HostClient {
  if (connection === undefined) throw new Error('not started')
  return connection.api
}

export function retryConnection(): void {
  connection?.retry()
}
