import type { Tx } from '../../store/database.ts'
import type { GroupId, MessageRowId } from '../api.ts'

/** Messages that disappear (chat §2.4). */

/** Everything up to this message is read: the time of those that disappear begins. True where there are any. */
export async function beginCountdown(tx: Tx, group: GroupId, message: MessageRowId, now: number): Promise<boolean> {
  const begun = await tx.run(
    `UPDATE chat_messages SET expires_at = ? + lifetime
     WHERE group_id = ? AND message <= ? AND lifetime IS NOT NULL AND expires_at IS NULL`,
    now,
    group,
    message,
  )
  return begun > 0
}

/** Of people's messages. */
export async function nextExpiry(tx: Tx): Promise<number | undefined> {
  const row = await tx.get<{ at: number | null }>(
    `SELECT min(m.expires_at) AS at FROM chat_messages m JOIN groups g ON g.group_id = m.group_id
     WHERE m.expires_at IS NOT NULL AND g.part != 'super-peer'`,
  )
  return row?.at ?? undefined
}

export interface Expired {
  readonly message: MessageRowId
  readonly group: GroupId
}

/**
 * Removes messages whose time is over, with all that belongs to them; that their ids were seen is not forgotten. Those
 * that a super-peer keeps for newcomers are its own, the others people's.
 */
export async function removeExpired(
  tx: Tx,
  of: 'people' | 'super-peer',
  now: number,
  limit: number,
): Promise<Expired[]> {
  const expired = await tx.all<Expired>(
    `SELECT m.message, m.group_id AS "group" FROM chat_messages m JOIN groups g ON g.group_id = m.group_id
     WHERE m.expires_at IS NOT NULL AND m.expires_at <= ? AND (g.part = 'super-peer') = ?
     ORDER BY m.expires_at LIMIT ?`,
    now,
    of === 'super-peer' ? 1 : 0,
    limit,
  )
  await tx.runEach(
    'DELETE FROM chat_messages WHERE message = ?',
    expired.map(({ message }) => [message]),
  )
  for (const group of new Set(expired.map((row) => row.group))) {
    await tx.run(
      `UPDATE groups SET last_message = (SELECT message FROM chat_messages m WHERE m.group_id = groups.group_id
         AND m.scope IS NULL AND m.kind = 'content' AND m.hidden = 0 ORDER BY m.time DESC, m.message DESC LIMIT 1)
       WHERE group_id = ? AND NOT EXISTS (SELECT 1 FROM chat_messages m WHERE m.message = groups.last_message)`,
      group,
    )
  }
  return expired
}
