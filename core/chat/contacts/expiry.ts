import { createWorker, type Worker } from '../../env/worker.ts'
import type { Tx } from '../../store/database.ts'
import { EXPIRY_CHECK, EXPIRY_ROWS } from '../state/expiry.ts'
import type { ContactId, ContactMessageId } from './api.ts'
import type { ContactContext } from './context.ts'

/** Messages that disappear (chat §2.4). */

/** Everything up to this message is read: the time of those that disappear begins. True where there are any. */
export async function beginCountdown(
  tx: Tx,
  contact: ContactId,
  message: ContactMessageId,
  now: number,
): Promise<boolean> {
  const begun = await tx.run(
    `UPDATE contact_messages SET expires_at = ? + lifetime
     WHERE contact = ? AND message <= ? AND lifetime IS NOT NULL AND expires_at IS NULL`,
    now,
    contact,
    message,
  )
  return begun > 0
}

/** Removes messages when they are due, whatever happened in between. */
export function createExpiry(context: ContactContext): Worker {
  const { clock } = context.env
  return createWorker(context.env, 'contacts.expiry', () =>
    context.store.write(async (tx) => {
      const now = clock.now()
      await removeExpired(context, tx, now)
      const row = await tx.get<{ at: number | null }>(
        'SELECT min(expires_at) AS at FROM contact_messages WHERE expires_at IS NOT NULL',
      )
      return Math.min(row?.at ?? Number.POSITIVE_INFINITY, now + EXPIRY_CHECK)
    }),
  )
}

async function removeExpired(context: ContactContext, tx: Tx, now: number): Promise<void> {
  const expired = await tx.all<{ message: ContactMessageId; contact: ContactId }>(
    `SELECT message, contact FROM contact_messages WHERE expires_at IS NOT NULL AND expires_at <= ?
     ORDER BY expires_at LIMIT ?`,
    now,
    EXPIRY_ROWS,
  )
  await tx.runEach(
    'DELETE FROM contact_messages WHERE message = ?',
    expired.map(({ message }) => [message]),
  )
  for (const contact of new Set(expired.map((row) => row.contact))) {
    await tx.run(
      `UPDATE contacts SET last_message = (SELECT max(message) FROM contact_messages m WHERE m.contact = contacts.contact)
       WHERE contact = ?`,
      contact,
    )
  }
  for (const { contact, message } of expired) {
    context.notify(tx, { type: 'contact-message', contact, message, change: 'deleted' })
  }
}
