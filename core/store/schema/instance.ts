import type { Generated } from 'kysely'

/** The table of migrations/0005-instance.ts: one row. Times are milliseconds since 1970, flags are 0 or 1. */
export interface InstanceSchema {
  instance: InstanceTable
}

/**
 * - `active`: in use
 * - `restored`: made from a backup; it is not known whether the original still runs
 * - `copy`: the mark shows a later run of the same instance than this database knows of
 * - `superseded`: another instance took over
 */
export type InstanceState = 'active' | 'restored' | 'copy' | 'superseded'

export interface InstanceTable {
  one: 1
  /** 16 random bytes. */
  id: Uint8Array
  /** Who takes over claims more. */
  claim: number
  state: InstanceState
  /** Whose backup this was, while `restored`. */
  origin: Uint8Array | null
  backup_created_at: number | null
  restored_at: number | null
  /** A person said that the other copy is gone. */
  take_over: Generated<number>
  /** Everything that ratchets protect must be made anew before anything is sent. */
  renew: Generated<number>
  /** Starts whose mark a router has, counted; and the random id of the last. */
  run: Generated<number>
  run_id: Uint8Array
  /** The id of the start whose mark is being written. */
  next_run_id: Uint8Array | null
  /** The last run ended in good order: nothing was sent after what is in this database. */
  stopped: Generated<number>
  /** When the other copy wrote its mark. */
  other_at: number | null
  /** Where the mark is, with its keys (JSON). */
  mark: string | null
}
