import type { Env } from '../env/env.ts'
import type { Store } from '../store/database.ts'
import { adoptPending } from './backup/pending.ts'
import { type RestoredNote, restoredNote } from './backup/restored-note.ts'
import { privateFolder } from './files.ts'
import { lockFolder } from './lock.ts'
import { openFolder, whenFree } from './open.ts'

/** The folder of one running host. */
export interface TakenFolder {
  readonly store: Store
  /** What the database was made from, where this is its first start. */
  readonly restored: RestoredNote | undefined
  close(): Promise<void>
}

/**
 * Makes sure that nobody else works on the folder, and only then puts a restored database in its place and opens it.
 * Errors: usage `folder`, `not-fresh`, `restored`; store `newer`, `locked`, `backup-file`.
 */
export async function takeFolder(env: Env, folder: string): Promise<TakenFolder> {
  privateFolder(folder)
  const unlock = await whenFree(env, async () => lockFolder(folder))
  try {
    adoptPending(folder)
    const restored = restoredNote(folder)
    const store = await openFolder(env, folder)
    return { store, restored, close: () => store.close().finally(unlock) }
  } catch (error) {
    unlock()
    throw error
  }
}
