import type { ConnId } from '../agent/api.ts'
import { unbind } from '../chat/state/bindings.ts'
import type { MemberRowId } from '../group/api.ts'
import { setMemberConn } from '../group/state/members.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'

/**
 * After the database came back from a backup and took over (docs/backup.md): connections to owners and members are behind
 * and end. Whoever writes next finds out, and connects again through the link, which stays; its place in what is
 * delivered is kept.
 */
export async function renewServed(context: SuperPeerContext, tx: Tx): Promise<void> {
  const connected = await tx.all<{ member: MemberRowId; conn: ConnId }>(
    `SELECT m.member, m.conn FROM group_members m JOIN served_members s ON s.member = m.member
     WHERE m.conn IS NOT NULL AND s.state != 'gone'`,
  )
  for (const { member, conn } of connected) {
    await context.agent.remove(tx, conn)
    await unbind(tx, conn)
    await setMemberConn(tx, member, undefined)
  }
  await tx.run(
    `UPDATE served_members SET state = CASE WHEN connected_at IS NULL THEN 'gone' ELSE 'disabled' END, check_at = NULL
     WHERE state != 'gone'`,
  )
}
