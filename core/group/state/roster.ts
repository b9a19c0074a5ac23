import type { SharedMsgId } from '../../chat/ids.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupId, MemberRowId } from '../api.ts'

/** The roster as its owner signed it, to be served again (chat §6.6). */
export interface StoredRoster {
  readonly version: number
  /** The JSON text of x.grp.roster and its signature. */
  readonly header: Uint8Array
  readonly signature: Uint8Array
  readonly sharedMsgId: SharedMsgId
  readonly owner: MemberRowId
  /** Broker time, milliseconds. */
  readonly time: number
  readonly blob: Uint8Array
}

export async function storedRoster(tx: Tx, group: GroupId): Promise<StoredRoster | undefined> {
  const row = await tx.get<{
    roster_complete_version: number | null
    roster_header: Uint8Array | null
    roster_signature: Uint8Array | null
    roster_msg_id: Uint8Array | null
    roster_owner: number | null
    roster_time: number | null
    roster_blob: Uint8Array | null
  }>(
    `SELECT roster_complete_version, roster_header, roster_signature, roster_msg_id, roster_owner, roster_time,
       roster_blob FROM groups WHERE group_id = ?`,
    group,
  )
  if (
    row === undefined ||
    row.roster_complete_version === null ||
    row.roster_header === null ||
    row.roster_signature === null ||
    row.roster_msg_id === null ||
    row.roster_owner === null ||
    row.roster_blob === null
  ) {
    return undefined
  }
  return {
    version: row.roster_complete_version,
    header: row.roster_header,
    signature: row.roster_signature,
    sharedMsgId: row.roster_msg_id,
    owner: row.roster_owner,
    time: row.roster_time ?? 0,
    blob: row.roster_blob,
  }
}

export async function storeRoster(tx: Tx, group: GroupId, roster: StoredRoster): Promise<void> {
  await tx.run(
    `UPDATE groups SET roster_header = ?, roster_signature = ?, roster_msg_id = ?, roster_owner = ?, roster_time = ?,
       roster_blob = ? WHERE group_id = ?`,
    roster.header,
    roster.signature,
    roster.sharedMsgId,
    roster.owner,
    roster.time,
    roster.blob,
    group,
  )
}

/** Versions only grow; `complete` where the whole roster of this version is applied. */
export async function advanceRoster(tx: Tx, group: GroupId, version: number, complete: boolean): Promise<void> {
  await tx.run(
    'UPDATE groups SET roster_version = max(coalesce(roster_version, 0), ?) WHERE group_id = ?',
    version,
    group,
  )
  if (complete) await tx.run('UPDATE groups SET roster_complete_version = ? WHERE group_id = ?', version, group)
}
