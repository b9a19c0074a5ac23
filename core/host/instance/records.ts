import type { Selectable, Updateable } from 'kysely'
import type { Tx } from '../../store/database.ts'
import type { InstanceTable } from '../../store/schema/instance.ts'
import type { Known } from './compare.ts'

export type InstanceRow = Selectable<InstanceTable>

const ID = 16

/** The row of this database; a fresh one where there is none yet. */
export async function instanceRow(tx: Tx, random: (size: number) => Uint8Array): Promise<InstanceRow> {
  const row = await tx.query.selectFrom('instance').selectAll().executeTakeFirst()
  if (row !== undefined) return row
  return tx.query
    .insertInto('instance')
    .values({
      one: 1,
      id: random(ID),
      claim: 1,
      state: 'active',
      origin: null,
      backup_created_at: null,
      restored_at: null,
      run_id: random(ID),
      next_run_id: null,
      other_at: null,
      mark: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function setInstance(tx: Tx, values: Updateable<InstanceTable>): Promise<InstanceRow> {
  return tx.query.updateTable('instance').set(values).returningAll().executeTakeFirstOrThrow()
}

export function newId(random: (size: number) => Uint8Array): Uint8Array {
  return random(ID)
}

/** What the mark is compared with: of a copy that is not in use, what the original wrote. */
export function knownOf(row: InstanceRow): Known {
  return {
    instance: row.origin ?? row.id,
    claim: row.claim,
    run: row.run,
    runId: row.run_id,
    nextRunId: row.next_run_id ?? undefined,
  }
}
