import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { HOST_FILES } from '../files.ts'
import { workOnCopy } from './copy-thread.ts'
import { damaged } from './failure.ts'
import { BACKUP_NAMES } from './folder.ts'
import type { Manifest } from './manifest.ts'
import { extractBackup, type ReadOptions, type Unlock } from './read.ts'

/**
 * Reads a whole backup into `work`, an empty folder, and compares what is in it with what it says. What it held lies in
 * `work` afterwards. Errors: those of `extractBackup`.
 */
export async function verifyBackup(
  path: string,
  unlock: Unlock,
  work: string,
  options: ReadOptions = {},
): Promise<Manifest> {
  const manifest = await extractBackup(path, unlock, work, options)
  const strange = manifest.entries.find(({ name }) => !BACKUP_NAMES.has(name))
  if (strange !== undefined) throw damaged(`it holds a file that does not belong there: ${strange.name}`)
  if (!manifest.entries.some(({ name }) => name === HOST_FILES.database)) throw damaged('it holds no database')
  const content = await workOnCopy({ type: 'inspect', path: join(work, HOST_FILES.database) })
  if (!isDeepStrictEqual(content, manifest.content)) throw damaged('it does not hold what it says')
  return manifest
}
