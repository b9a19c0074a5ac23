import type { Tx } from '../../store/database.ts'
import type { ConnId } from '../api.ts'
import type { SyncState } from '../ratchet/sync.ts'

export interface ConnectionRecord {
  readonly conn: ConnId
  readonly kind: 'invitation' | 'contact'
  readonly agentVersion: number
  readonly lastExternalId: number
  readonly lastHash: Uint8Array
  readonly deleted: boolean
  readonly sync: SyncState
}

export async function insertConnection(
  tx: Tx,
  kind: 'invitation' | 'contact',
  agentVersion: number,
  now: number,
): Promise<ConnId> {
  const { conn } = await tx.query
    .insertInto('connections')
    .values({ kind, agent_version: agentVersion, created_at: now })
    .returning('conn')
    .executeTakeFirstOrThrow()
  return conn
}

export async function loadConnection(tx: Tx, conn: ConnId): Promise<ConnectionRecord | undefined> {
  const row = await tx.get<{
    kind: 'invitation' | 'contact'
    agent_version: number
    last_external_id: number
    last_rcv_hash: Uint8Array
    deleted: number
    sync: SyncState
  }>('SELECT kind, agent_version, last_external_id, last_rcv_hash, deleted, sync FROM connections WHERE conn = ?', conn)
  return (
    row && {
      conn,
      kind: row.kind,
      agentVersion: row.agent_version,
      lastExternalId: row.last_external_id,
      lastHash: row.last_rcv_hash,
      deleted: row.deleted !== 0,
      sync: row.sync,
    }
  )
}

/** The version that the joiner chose for this connection. */
export async function setAgentVersion(tx: Tx, conn: ConnId, version: number): Promise<void> {
  await tx.run('UPDATE connections SET agent_version = ? WHERE conn = ?', version, conn)
}

/** Agreed versions only grow (agent §1.2). */
export async function raiseAgentVersion(tx: Tx, conn: ConnId, version: number): Promise<void> {
  await tx.run('UPDATE connections SET agent_version = ? WHERE conn = ? AND agent_version < ?', version, conn, version)
}

/** Number and hash of the peer's latest message (agent §6.5). */
export async function setLastReceived(tx: Tx, conn: ConnId, externalId: number, hash: Uint8Array): Promise<void> {
  await tx.run('UPDATE connections SET last_external_id = ?, last_rcv_hash = ? WHERE conn = ?', externalId, hash, conn)
}

/** The local number of the next message handed to the application. */
export async function nextReceivedId(tx: Tx, conn: ConnId): Promise<number> {
  const row = await tx.get<{ last_rcv_id: number }>(
    'UPDATE connections SET last_rcv_id = last_rcv_id + 1 WHERE conn = ? RETURNING last_rcv_id',
    conn,
  )
  return row?.last_rcv_id ?? 0
}

export async function markDeleted(tx: Tx, conn: ConnId): Promise<boolean> {
  return (await tx.run('UPDATE connections SET deleted = 1 WHERE conn = ? AND deleted = 0', conn)) === 1
}

export async function eraseConnection(tx: Tx, conn: ConnId): Promise<void> {
  await tx.run('DELETE FROM connections WHERE conn = ?', conn)
}
