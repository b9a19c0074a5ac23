import type { Tx } from '../../store/database.ts'
import type { ContactContext } from './context.ts'
import { type ContactRow, setContactStatus } from './state/contacts.ts'
import { deliveryOf, giveUpWaiting } from './state/messages.ts'

/** Contacts that are over. */

/** The handshake led nowhere. */
export async function failContact(context: ContactContext, tx: Tx, row: ContactRow, code: string): Promise<void> {
  if (row.status !== 'connecting') return
  await setContactStatus(tx, row.contact, 'failed', code)
  await dropWaiting(context, tx, row)
  context.notify(tx, { type: 'contact', contact: row.contact, change: 'failed' })
}

/** They left: what is waiting goes nowhere, what was said stays. */
export async function endContact(context: ContactContext, tx: Tx, row: ContactRow, error?: string): Promise<void> {
  if (row.status === 'ended') return
  await setContactStatus(tx, row.contact, 'ended', error)
  if (row.conn !== null) await context.agent.remove(tx, row.conn)
  await dropWaiting(context, tx, row)
  context.notify(tx, { type: 'contact', contact: row.contact, change: 'ended' })
}

/** What the router has not taken is given up. */
export async function dropWaiting(context: ContactContext, tx: Tx, row: ContactRow): Promise<void> {
  const delivery = deliveryOf('failed')
  for (const message of await giveUpWaiting(tx, row.contact)) {
    context.notify(tx, { type: 'contact-message-state', contact: row.contact, message, delivery })
  }
}
