import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { HearthError } from '../../codec/error.ts'
import { HOST_FILES } from '../files.ts'
import { fileFailure } from './failure.ts'
import { BACKUP_NAMES } from './folder.ts'
import { PENDING_RESTORE, RESTORED_FILE } from './restored-note.ts'

/**
 * Puts what was restored while the host ran in its place, before the database is opened. The database comes last: after a
 * crash in between, the rest follows at the next start. Errors: usage `not-fresh` where the host holds anything.
 */
export function adoptPending(folder: string): void {
  const pending = join(folder, PENDING_RESTORE)
  clearUnfinished(folder)
  if (!existsSync(pending)) return
  const database = join(folder, HOST_FILES.database)
  try {
    if (existsSync(join(pending, HOST_FILES.database))) {
      if (existsSync(database)) removeEmpty(database)
      // The identity of the embedded router is one with its database.
      if (existsSync(join(pending, HOST_FILES.router))) {
        rmSync(join(folder, HOST_FILES.router), { recursive: true, force: true })
        renameSync(join(pending, HOST_FILES.router), join(folder, HOST_FILES.router))
      }
      for (const name of [RESTORED_FILE, ...BACKUP_NAMES]) {
        if (name.includes('/') || name === HOST_FILES.database || !existsSync(join(pending, name))) continue
        renameSync(join(pending, name), join(folder, name))
      }
      renameSync(join(pending, HOST_FILES.database), database)
    }
    for (const name of readdirSync(pending)) rmSync(join(pending, name), { recursive: true })
    rmdirSync(pending)
  } catch (error) {
    throw fileFailure(pending, error)
  }
}

/** What a process that was killed had unpacked so far. */
function clearUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`.${PENDING_RESTORE}.`)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** Nothing was done with this database yet. */
function removeEmpty(database: string): void {
  const db = new Sqlite(database, { fileMustExist: true, timeout: 0 })
  try {
    const used = db.prepare('SELECT 1 FROM profiles UNION SELECT 1 FROM connections LIMIT 1').get()
    if (used !== undefined) {
      throw new HearthError('usage', 'not-fresh', 'this host is in use: what was restored cannot take its place')
    }
  } finally {
    db.close()
  }
  for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true })
}
