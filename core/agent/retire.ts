import type { Tx } from '../store/database.ts'
import { loadRatchet, saveDecryption } from './records/ratchets.ts'
import { renewAll } from './synchronise.ts'

/**
 * Another copy of this database went on where it ends: its messages have other contents under the same keys. A ratchet
 * without a sending chain waits until its peer's next step gives it a new one (agent §4.1), or until both ends have made
 * a new ratchet (§9.2), which is asked for at the start.
 */
export async function retire(tx: Tx): Promise<void> {
  await tx.run('DELETE FROM snd_messages')
  await tx.run('DELETE FROM snd_bodies')
  await tx.run("DELETE FROM commands WHERE kind != 'delete'")
  for (const { conn } of await tx.all<{ conn: number }>('SELECT conn FROM ratchets')) {
    const state = await loadRatchet(tx, conn)
    if (state?.send === undefined) continue
    await saveDecryption(tx, conn, state, { ...state, send: undefined }, { added: [], removed: undefined })
  }
  await tx.run('UPDATE ratchets SET can_send = 0')
  await renewAll(tx)
}
