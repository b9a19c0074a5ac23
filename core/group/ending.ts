import type { Tx } from '../store/database.ts'
import type { GroupStatus } from '../store/schema/chat.ts'
import type { GroupId } from './api.ts'
import type { GroupContext } from './context.ts'
import { dropDeliveries, dropSends } from './sending/deliveries.ts'
import { relaysOf } from './state/relays.ts'

/** The group is over for us: connections end, what was said stays. */
export async function endGroup(
  context: GroupContext,
  tx: Tx,
  group: GroupId,
  status: Extract<GroupStatus, 'left' | 'removed' | 'deleted'>,
  options: { readonly afterDelivery?: boolean } = {},
): Promise<void> {
  const now = context.env.clock.now()
  for (const { member } of await relaysOf(tx, group)) {
    if (member.conn !== undefined) await context.agent.remove(tx, member.conn, options)
    await dropDeliveries(context, tx, member.id, options)
    await tx.run(
      `UPDATE group_relays SET status = CASE WHEN status IN ('failed', 'rejected') THEN status ELSE 'inactive' END,
         ready = 0, retry_at = NULL, ended_at = coalesce(ended_at, ?) WHERE member = ?`,
      now,
      member.id,
    )
  }
  if (options.afterDelivery !== true) await dropSends(tx, group)
  await tx.run('UPDATE groups SET status = ?, link_due_at = NULL, error = NULL WHERE group_id = ?', status, group)
  context.notify(tx, { type: 'group', group, change: status })
}
