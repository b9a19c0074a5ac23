import type { Tx } from '../../store/database.ts'
import { contactBatches } from '../batch.ts'
import { hasNotification } from '../event-traits.ts'
import type { ChatEvent } from '../events.ts'
import { newSharedMsgId, type SharedMsgId } from '../ids.ts'
import { encodeMessage } from '../message.ts'
import { encodeConnInfo } from '../outgoing.ts'
import type { Profile } from '../profile.ts'
import { CHAT_VERSIONS } from '../versions.ts'
import { type ContactContext, sized } from './context.ts'
import type { ContactRow } from './state/contacts.ts'

/** What goes to contacts. The agent keeps it from the caller's transaction on until the router has it. */

export interface Sent {
  readonly sharedMsgId: SharedMsgId
  /** The agent's number. */
  readonly agentMessage: number
}

/** Errors: usage `large`, usage `not-connected`. */
export async function sendEvent(
  context: ContactContext,
  tx: Tx,
  row: ContactRow,
  event: ChatEvent,
  options: { readonly report?: boolean } = {},
): Promise<Sent> {
  const sharedMsgId = newSharedMsgId((size) => context.env.random(size))
  const body = sized(() => encodeMessage({ v: CHAT_VERSIONS, msgId: sharedMsgId, event }))
  const agentMessage = await context.agent.send(tx, row.conn!, body, {
    notify: hasNotification(event),
    report: options.report === true,
  })
  return { sharedMsgId, agentMessage }
}

/** Several events, in as few bodies as they fit: JSON arrays (chat §1.7). */
export async function sendEvents(
  context: ContactContext,
  tx: Tx,
  row: ContactRow,
  events: readonly ChatEvent[],
): Promise<void> {
  const elements = events.map((event) => {
    const msgId = newSharedMsgId((size) => context.env.random(size))
    return sized(() => encodeMessage({ v: CHAT_VERSIONS, msgId, event }))
  })
  for (const body of contactBatches(elements)) {
    await context.agent.send(tx, row.conn!, body, { notify: events.some(hasNotification) })
  }
}

/** Who we are, as the handshake tells it. Errors: usage `large`. */
export function profileInfo(profile: Profile): Uint8Array {
  return sized(() => encodeConnInfo({ type: 'x.info', params: { profile } }))
}
