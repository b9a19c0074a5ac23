import type { Selectable } from 'kysely'
import type { GroupId } from '../../group/api.ts'
import type { Tx } from '../../store/database.ts'
import type { ServedGroupsTable, ServedStatus } from '../../store/schema/superpeer.ts'

export type Served = Selectable<ServedGroupsTable>

/** "Serves the group" (chat §4.5). */
export function serves(status: ServedStatus): boolean {
  return status !== 'inactive' && status !== 'rejected'
}

export async function servedGroup(tx: Tx, group: GroupId): Promise<Served | undefined> {
  return tx.get<Served>('SELECT * FROM served_groups WHERE group_id = ?', group)
}

export async function servedGroups(tx: Tx): Promise<Served[]> {
  return tx.all<Served>('SELECT * FROM served_groups ORDER BY group_id')
}

export interface NewServed {
  readonly group: GroupId
  readonly ownerExt: string | null
  readonly now: number
}

export async function insertServed(tx: Tx, values: NewServed): Promise<void> {
  await tx.run(
    "INSERT INTO served_groups (group_id, status, owner_ext, created_at) VALUES (?, 'invited', ?, ?)",
    values.group,
    values.ownerExt,
    values.now,
  )
}

export async function setServedStatus(tx: Tx, group: GroupId, status: ServedStatus, now: number): Promise<void> {
  await tx.run(
    `UPDATE served_groups SET status = ?,
       inactive_at = CASE WHEN ? = 'inactive' THEN coalesce(inactive_at, ?) ELSE NULL END,
       active_at = CASE WHEN ? = 'active' THEN coalesce(active_at, ?) ELSE active_at END WHERE group_id = ?`,
    status,
    status,
    now,
    status,
    now,
    group,
  )
}

export type CounterName = 'received' | 'forwarded' | 'bytes' | 'refused' | 'joined' | 'gone' | 'missed'

const HOUR = 3600_000

export function hourOf(now: number): number {
  return Math.floor(now / HOUR)
}

/** Adds to the figures of this hour, and of the group where it keeps the sum. */
export async function count(
  tx: Tx,
  group: GroupId,
  now: number,
  figures: Partial<Readonly<Record<CounterName, number>>>,
): Promise<void> {
  const { received = 0, forwarded = 0, bytes = 0, refused = 0, joined = 0, gone = 0, missed = 0 } = figures
  await tx.run(
    `INSERT INTO served_counters (group_id, hour, received, forwarded, bytes, refused, joined, gone, missed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (group_id, hour) DO UPDATE SET
       received = served_counters.received + excluded.received,
       forwarded = served_counters.forwarded + excluded.forwarded, bytes = served_counters.bytes + excluded.bytes,
       refused = served_counters.refused + excluded.refused, joined = served_counters.joined + excluded.joined,
       gone = served_counters.gone + excluded.gone, missed = served_counters.missed + excluded.missed`,
    group,
    hourOf(now),
    received,
    forwarded,
    bytes,
    refused,
    joined,
    gone,
    missed,
  )
  if (received + forwarded + refused === 0) return
  await tx.run(
    `UPDATE served_groups SET received = received + ?, forwarded = forwarded + ?, refused = refused + ?
     WHERE group_id = ?`,
    received,
    forwarded,
    refused,
    group,
  )
}
