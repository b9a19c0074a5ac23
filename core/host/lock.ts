import Sqlite from 'better-sqlite3'
import { HearthError } from '../codec/error.ts'
import { pathIn } from './files.ts'

/**
 * Nobody else gets the lock of the folder until the returned function is called or this process ends. The database has
 * a lock of its own, but a restore replaces the database. Errors: store `locked`.
 */
export function lockFolder(folder: string): () => void {
  // SQLite locks files on every system that it runs on, and its own files are all that it locks.
  const file = new Sqlite(pathIn(folder, 'lock'), { timeout: 0 })
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    throw new HearthError('store', 'locked', 'the folder is in use by another process', true, { cause: error })
  }
  return () => void file.close()
}
