import type { Tx } from '../../store/database.ts'

/**
 * Which encrypted messages a connection has received (agent §7.8, `encHash`). A sender that crashed sends again what it
 * does not know to have arrived: several messages, perhaps from before the last ratchet step, which nothing but this
 * tells from an attack. The last `KEPT` of each connection are kept in as many rows; no sender has more under way.
 */
const KEPT = 512

export async function rememberReceived(tx: Tx, conn: number, number: number, hash: Uint8Array): Promise<void> {
  await tx.run('INSERT OR REPLACE INTO rcv_hashes (conn, slot, hash) VALUES (?, ?, ?)', conn, number % KEPT, hash)
}

/** Looks at all rows of the connection: for messages that did not decrypt. */
export async function wasReceived(tx: Tx, conn: number, hash: Uint8Array): Promise<boolean> {
  return (await tx.get('SELECT 1 FROM rcv_hashes WHERE conn = ? AND hash = ?', conn, hash)) !== undefined
}
