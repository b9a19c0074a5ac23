import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import { contactBatches } from '../batch.ts'
import { hasNotification } from '../event-traits.ts'
import type { ChatEvent } from '../events.ts'
import { newSharedMsgId, type SharedMsgId } from '../ids.ts'
import { encodeMessage } from '../message.ts'
import { encodeConnInfo } from '../outgoing.ts'
import type { Profile } from '../profile.ts'
import { sized } from '../sized.ts'
import { CHAT_VERSIONS } from '../versions.ts'
import type { ContactContext } from './context.ts'
import { type ContactRow, identityOf } from './state/contacts.ts'

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
async function sendEvents(
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

/** False where the connection cannot send at present, as after a restored backup. */
export async function sendIfPossible(
  context: ContactContext,
  tx: Tx,
  row: ContactRow,
  event: ChatEvent,
): Promise<boolean> {
  try {
    await sendEvents(context, tx, row, [event])
    return true
  } catch (error) {
    if (error instanceof HearthError && error.kind === 'usage' && error.code === 'not-connected') return false
    throw error
  }
}

/** Our profile, where it is newer than the one that they know. */
export async function tellProfile(context: ContactContext, tx: Tx, row: ContactRow): Promise<void> {
  const { profile, changedAt } = await identityOf(tx, row)
  if (changedAt <= row.profile_sent_at) return
  if (!(await sendIfPossible(context, tx, row, { type: 'x.info', params: { profile } }))) return
  await tx.run('UPDATE contacts SET profile_sent_at = ? WHERE contact = ?', changedAt, row.contact)
}

/** Who we are, as the handshake tells it. Errors: usage `large`. */
export function profileInfo(profile: Profile): Uint8Array {
  return sized(() => encodeConnInfo({ type: 'x.info', params: { profile } }))
}
