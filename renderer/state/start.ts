import { connectHost } from '../host/connection.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { setHost } from './api.ts'
import { applyContactChange, applyContactsSnapshot } from './contacts.ts'
import { applyChange, applySnapshot, setConnection } from './host.ts'
import { applyInstanceChange } from './instance.ts'
import { applyKnownChange } from './known.ts'
import { applyMemberChange, forgetMembers } from './members.ts'
import { applyMessageChange, refreshMessages } from './messages.ts'
import { applyPictureChange, forgetPictures } from './pictures.ts'
import { refreshServing } from './serving.ts'
import { applyToChat, forgetStale, readStale } from './stale-chats.ts'

/** Connects the stores to the host, once: every change of the host reaches every store that it concerns. */
export function start(runtime: Runtime): void {
  const connection = connectHost(runtime, {
    state(state) {
      setConnection(state)
      if (state === 'online') readStale()
    },
    snapshot(snapshot) {
      forgetMembers()
      forgetPictures()
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
      applyPictureChange(change)
      applyKnownChange(change)
      applyInstanceChange(change)
      if (change.type === 'served-group') void refreshServing()
    },
  })
  setHost(connection)
}
