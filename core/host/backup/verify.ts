import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { HOST_FILES } from '../files.ts'
import type { DatabaseCopy } from './copy.ts'
import { workOnCopy } from './copy-thread.ts'
import { damaged } from './failure.ts'
import { BACKUP_NAMES } from './folder.ts'
import type { Manifest } from './manifest.ts'
import { extractBackup, type ReadOptions, readBackup, readManifest, type Sink, type Unlock } from './read.ts'

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
  await compare(manifest, join(work, HOST_FILES.database))
  return manifest
}

/** Databases up to this size (bytes) are looked at in memory; SQLite makes a copy for itself meanwhile. */
const IN_MEMORY = 128 * 1024 * 1024

export interface CheckOptions extends ReadOptions {
  /** Bytes. */
  readonly inMemory?: number
}

/** Runs `work` with a fresh folder of its owner's own, and removes it afterwards. */
export type Spill = <T>(work: (folder: string) => Promise<T>) => Promise<T>

/**
 * The same, with nothing on the disk that is not encrypted; only what is too large for the memory is written, into a
 * folder of `spill`. Errors: those of `verifyBackup`.
 */
export async function checkBackup(
  path: string,
  unlock: Unlock,
  spill: Spill,
  options: CheckOptions = {},
): Promise<Manifest> {
  return (await lookInto(path, unlock, spill, () => undefined, options)).manifest
}

/** The same, and what `look` finds in the database. */
export async function lookInto<T>(
  path: string,
  unlock: Unlock,
  spill: Spill,
  look: (database: DatabaseCopy) => T,
  options: CheckOptions = {},
): Promise<{ readonly manifest: Manifest; readonly found: T }> {
  const key = once(unlock)
  const { entries } = await readManifest(path, key)
  const size = entries.find(({ name }) => name === HOST_FILES.database)?.size ?? 0
  if (size > (options.inMemory ?? IN_MEMORY)) {
    return spill(async (work) => {
      const manifest = await verifyBackup(path, key, work, options)
      return { manifest, found: look(join(work, HOST_FILES.database)) }
    })
  }
  const database = new Uint8Array(new SharedArrayBuffer(size))
  const manifest = await readBackup(
    path,
    key,
    ({ name }) => Promise.resolve(name === HOST_FILES.database ? memorySink(database) : NOWHERE),
    options,
  )
  await compare(manifest, database)
  return { manifest, found: look(database) }
}

/** Errors: store `backup-damaged`. */
async function compare(manifest: Manifest, database: DatabaseCopy): Promise<void> {
  const strange = manifest.entries.find(({ name }) => !BACKUP_NAMES.has(name))
  if (strange !== undefined) throw damaged(`it holds a file that does not belong there: ${strange.name}`)
  if (!manifest.entries.some(({ name }) => name === HOST_FILES.database)) throw damaged('it holds no database')
  const content = await workOnCopy({ type: 'inspect', database })
  if (!isDeepStrictEqual(content, manifest.content)) throw damaged('it does not hold what it says')
}

/** Finding a key from a passphrase takes a second on purpose. */
function once(unlock: Unlock): Unlock {
  let key: Promise<Uint8Array> | undefined
  return (header, bytes) => {
    key ??= unlock(header, bytes)
    return key
  }
}

const NOWHERE: Sink = { write: async () => {}, close: async () => {} }

function memorySink(target: Uint8Array): Sink {
  let filled = 0
  return {
    write: async (piece) => {
      if (piece.length > target.length - filled) throw damaged('it changed while it was read')
      target.set(piece, filled)
      filled += piece.length
    },
    close: async () => {},
  }
}
