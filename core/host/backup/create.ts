import { access, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import type { BackupStep } from '../contract/backup.ts'
import { programVersion } from '../version.ts'
import { workOnCopy } from './copy-thread.ts'
import { fileFailure } from './failure.ts'
import { UNFINISHED } from './files.ts'
import { collect, type Databases, withWorkFolder } from './folder.ts'
import type { BackupKey } from './key.ts'
import type { Manifest } from './manifest.ts'
import { systemFailure, withContentKey } from './read.ts'
import { checkBackup } from './verify.ts'
import { writeBackup } from './write.ts'

export interface CreateBackup {
  /** Of the host. */
  readonly folder: string
  readonly databases: Databases
  /** The file to be made. */
  readonly path: string
  readonly key: BackupKey
  /** With the pictures in messages. */
  readonly media: boolean
  readonly progress?: (progress: BackupStep) => void
  readonly signal?: AbortSignal
}

/**
 * Makes one backup file: copies, encrypts, reads it again from the disk and compares, and gives it its name only then.
 * Errors: usage `exists`; store `full`, `backup-file`, `locked`, `snapshot`, `backup-damaged`.
 */
export async function createBackup(env: Env, options: CreateBackup): Promise<Manifest> {
  const { folder, path, key, media, signal } = options
  await refuseExisting(path)
  const partial = path + UNFINISHED
  await rm(partial, { force: true })
  function tell(step: BackupStep['step'], done = 0, total = 0): void {
    signal?.throwIfAborted()
    options.progress?.({ step, done, total })
  }
  const forward = signal === undefined ? {} : { signal }
  try {
    return await withWorkFolder(env, folder, async (work) => {
      tell('copy')
      const createdAt = env.clock.now()
      const sources = await collect(folder, work, options.databases)
      const content = await workOnCopy({ type: 'prepare', path: sources[0].path, media })
      tell('write')
      const about = { createdAt, program: programVersion(), media, content }
      const written = await writeBackup(env, partial, key, about, sources, {
        progress: (done, total) => tell('write', done, total),
        ...forward,
      })
      for (const { path: copy } of sources) if (copy.startsWith(work)) await rm(copy, { force: true })
      tell('verify')
      const manifest = await checkBackup(
        partial,
        withContentKey(written.contentKey),
        (open) => open(join(work, 'opened')),
        { progress: (done, total) => tell('verify', done, total), ...forward },
      )
      await refuseExisting(path)
      await rename(partial, path)
      await syncFolder(dirname(path))
      return manifest
    })
  } catch (error) {
    await rm(partial, { force: true })
    throw systemFailure(path, error)
  }
}

async function refuseExisting(path: string): Promise<void> {
  const exists = await access(path).then(
    () => true,
    () => false,
  )
  if (exists) throw new HearthError('usage', 'exists', `${path} is there already; a backup never replaces a file`)
}

/** The new name is on the disk, too. Windows has no such call on folders and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    throw fileFailure(path, error)
  }
}
