import type { ConnId } from '../../agent/api.ts'
import type { Tx } from '../../store/database.ts'
import type { ConnKind } from '../../store/schema/chat.ts'

/** Whose an agent connection is: written with the connection, read by every event of it. */
export interface Binding {
  readonly conn: ConnId
  readonly kind: ConnKind
  /** The row that `kind` speaks of. */
  readonly reference: number
}

export async function bind(tx: Tx, conn: ConnId, kind: ConnKind, reference: number): Promise<void> {
  await tx.run(
    'INSERT INTO conn_bindings (conn, kind, reference) VALUES (?, ?, ?) ON CONFLICT (conn) DO UPDATE SET kind = excluded.kind, reference = excluded.reference',
    conn,
    kind,
    reference,
  )
}

export async function bindingOf(tx: Tx, conn: ConnId): Promise<Binding | undefined> {
  return tx.get<Binding>('SELECT conn, kind, reference FROM conn_bindings WHERE conn = ?', conn)
}

export async function bindingsOf(tx: Tx, kind: ConnKind, reference?: number): Promise<Binding[]> {
  if (reference === undefined) {
    return tx.all<Binding>('SELECT conn, kind, reference FROM conn_bindings WHERE kind = ? ORDER BY conn', kind)
  }
  return tx.all<Binding>(
    'SELECT conn, kind, reference FROM conn_bindings WHERE kind = ? AND reference = ? ORDER BY conn',
    kind,
    reference,
  )
}

export async function unbind(tx: Tx, conn: ConnId): Promise<void> {
  await tx.run('DELETE FROM conn_bindings WHERE conn = ?', conn)
}
