import type { Tx } from '../../store/database.ts'
import type { ConnId } from '../api.ts'
import type { RatchetState } from '../ratchet/state.ts'
import type { SyncState } from '../ratchet/sync.ts'
import type { X3dhKeys } from '../ratchet/x3dh.ts'
import { encodeRatchet, x448Pair } from './ratchets.ts'

/** How far the renewal of a connection's ratchet is. */

export async function setSync(tx: Tx, conn: ConnId, state: SyncState): Promise<void> {
  await tx.run('UPDATE connections SET sync = ? WHERE conn = ?', state, conn)
}

/** When we began last, if we did. */
export async function lastStart(tx: Tx, conn: ConnId): Promise<number | undefined> {
  const row = await tx.get<{ started_at: number | null }>('SELECT started_at FROM ratchet_syncs WHERE conn = ?', conn)
  return row?.started_at ?? undefined
}

/** We begin now, with these keys. */
export async function saveStart(tx: Tx, conn: ConnId, keys: X3dhKeys, now: number): Promise<void> {
  const row = {
    private1: keys.key1.privateKey.raw,
    private2: keys.key2.privateKey.raw,
    started_at: now,
    due: null,
  }
  await tx.query
    .insertInto('ratchet_syncs')
    .values({ conn, ...row })
    .onConflict((conflict) => conflict.column('conn').doUpdateSet(row))
    .execute()
}

export async function loadStartKeys(tx: Tx, conn: ConnId): Promise<X3dhKeys | undefined> {
  const row = await tx.query.selectFrom('ratchet_syncs').selectAll().where('conn', '=', conn).executeTakeFirst()
  if (row === undefined || row.private1 === null || row.private2 === null) return undefined
  return { key1: x448Pair(row.private1), key2: x448Pair(row.private2) }
}

/** Our keys served; nothing is due any more. */
export async function endStart(tx: Tx, conn: ConnId): Promise<void> {
  await tx.run('UPDATE ratchet_syncs SET private1 = NULL, private2 = NULL, due = NULL WHERE conn = ?', conn)
}

/** We begin by ourselves at this time. */
export async function setDue(tx: Tx, conn: ConnId, due: number): Promise<void> {
  const row = { private1: null, private2: null, due }
  await tx.query
    .insertInto('ratchet_syncs')
    .values({ conn, ...row, started_at: null })
    .onConflict((conflict) => conflict.column('conn').doUpdateSet(row))
    .execute()
}

export async function clearDue(tx: Tx, conn: ConnId): Promise<void> {
  await tx.run('UPDATE ratchet_syncs SET due = NULL WHERE conn = ? AND due IS NOT NULL', conn)
}

export async function dueStarts(tx: Tx, now: number, limit: number): Promise<ConnId[]> {
  const rows = await tx.all<{ conn: ConnId }>(
    'SELECT conn FROM ratchet_syncs WHERE due <= ? ORDER BY due, conn LIMIT ?',
    now,
    limit,
  )
  return rows.map(({ conn }) => conn)
}

export async function nextDue(tx: Tx): Promise<number | undefined> {
  const row = await tx.get<{ due: number | null }>('SELECT min(due) AS due FROM ratchet_syncs WHERE due IS NOT NULL')
  return row?.due ?? undefined
}

/** Hashes of keys kept for each connection: no peer has more of them under way. */
const KEPT = 64

/** False where these keys were used before: they came again. */
export async function rememberKeys(tx: Tx, conn: ConnId, hash: Uint8Array): Promise<boolean> {
  const known = await tx.get('SELECT 1 FROM ratchet_key_hashes WHERE conn = ? AND hash = ?', conn, hash)
  if (known !== undefined) return false
  await tx.run('INSERT INTO ratchet_key_hashes (conn, hash) VALUES (?, ?)', conn, hash)
  await tx.run(
    'DELETE FROM ratchet_key_hashes WHERE conn = ? AND seen <= ' +
      '(SELECT seen FROM ratchet_key_hashes WHERE conn = ? ORDER BY seen DESC LIMIT 1 OFFSET ?)',
    conn,
    conn,
    KEPT,
  )
  return true
}

/**
 * Another ratchet takes the place of the one before, whose skipped keys are lost. What is encrypted with that one
 * already stays as it is (agent §9.2): it is sent before our keys.
 */
export async function replaceRatchet(tx: Tx, conn: ConnId, before: RatchetState, after: RatchetState): Promise<void> {
  await tx.run(
    'UPDATE snd_messages SET ad = ? WHERE conn = ? AND ad IS NULL AND deferred = 0 AND length(sealing) > 0',
    before.ad,
    conn,
  )
  await tx.run('DELETE FROM skipped_keys WHERE conn = ?', conn)
  await tx.run(
    'UPDATE ratchets SET state = ?, can_send = ?, renewed = 1 WHERE conn = ?',
    encodeRatchet(after),
    after.send === undefined ? 0 : 1,
    conn,
  )
}
