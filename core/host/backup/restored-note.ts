import { join } from 'node:path'
import { z } from 'zod'
import { HearthError } from '../../codec/error.ts'
import { readIfPresent, removeIfPresent } from '../files.ts'

/** Lies in a folder that was made from a backup, until the host starts there and takes it into its database. */
export const RESTORED_FILE = 'restored.json'

/** What was restored into the folder of a host that ran, until its next start; it appears there as a whole. */
export const PENDING_RESTORE = 'restore-pending'

export interface RestoredNote {
  /** Milliseconds since 1970. */
  readonly restoredAt: number
  readonly backupCreatedAt: number
  /** The person said that the host of which this is a copy is gone for good. */
  readonly takeOver: boolean
}

const schema = z.object({
  restoredAt: z.number().int().nonnegative(),
  backupCreatedAt: z.number().int().nonnegative(),
  takeOver: z.boolean(),
})

/** Errors: usage `restored` where the note cannot be understood: better no host than two. */
export function restoredNote(folder: string): RestoredNote | undefined {
  const text = readIfPresent(join(folder, RESTORED_FILE))
  if (text === undefined) return undefined
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    const what = `${RESTORED_FILE} cannot be read: restore the backup again`
    throw new HearthError('usage', 'restored', what, false, { cause: error })
  }
}

/** The database says it now. */
export function forgetNote(folder: string): void {
  removeIfPresent(join(folder, RESTORED_FILE))
}
