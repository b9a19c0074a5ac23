import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { equal } from '../../codec/bytes.ts'
import type { BackupFile } from '../contract/backup.ts'
import { timeOfName } from './names.ts'
import { readHeader } from './read.ts'

/** What a backup is called while it is written. */
export const UNFINISHED = '.partial'

/** Backups in `folder` under the names that the schedule gives, newest first. None where there is no such folder. */
export async function listBackups(folder: string): Promise<BackupFile[]> {
  const names = await readdir(folder).catch(() => [])
  const files: BackupFile[] = []
  for (const name of names) {
    const createdAt = timeOfName(name)
    if (createdAt === undefined) continue
    const path = join(folder, name)
    const size = await stat(path).then(
      (found) => (found.isFile() ? found.size : undefined),
      () => undefined,
    )
    if (size !== undefined) files.push({ path, name, size, createdAt })
  }
  return files.sort((a, b) => b.createdAt - a.createdAt)
}

/** Of these, those that were made with this key: several hosts may share a folder. */
export async function ownBackups(files: readonly BackupFile[], publicKey: Uint8Array): Promise<BackupFile[]> {
  const own: BackupFile[] = []
  for (const file of files) {
    const header = await readHeader(file.path).catch(() => undefined)
    if (header !== undefined && equal(header.lock.publicKey, publicKey)) own.push(file)
  }
  return own
}

/** Removes what this host had written of backups when it was killed. Call it while it writes none. */
export async function removeUnfinished(folder: string, publicKey: Uint8Array): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!name.endsWith(UNFINISHED) || timeOfName(name.slice(0, -UNFINISHED.length)) === undefined) continue
    const header = await readHeader(join(folder, name)).catch(() => undefined)
    if (header !== undefined && equal(header.lock.publicKey, publicKey)) await rm(join(folder, name), { force: true })
  }
}
