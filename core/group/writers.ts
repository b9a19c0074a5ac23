import type { Tx } from '../store/database.ts'
import type { GroupId } from './api.ts'
import { commonRole, type Writers } from './extensions.ts'

/**
 * Who may write changed (chat §9.7). One rule for the whole group in place of a signed event for each of its members:
 * everybody whose role no owner or moderator set has the common role from now on. Whoever was let write by name, or
 * silenced by name, stays so.
 */
export async function changeWriters(tx: Tx, group: GroupId, writers: Writers): Promise<void> {
  await tx.run('UPDATE groups SET writers = ? WHERE group_id = ?', writers, group)
  const other = commonRole(writers === 'everyone' ? 'owners' : 'everyone')
  await tx.run(
    'UPDATE group_members SET role = ? WHERE group_id = ? AND role = ? AND role_signed = 0',
    commonRole(writers),
    group,
    other,
  )
}
