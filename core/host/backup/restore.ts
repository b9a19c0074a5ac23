import { access, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { base64urlUnpadded } from '../../codec/base64url.ts'
import { HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import { fileFailure } from './failure.ts'
import type { Manifest } from './manifest.ts'
import type { ReadOptions, Unlock } from './read.ts'
import { RESTORED_FILE, type RestoredNote } from './restored-note.ts'
import { verifyBackup } from './verify.ts'

export interface RestoreBackup extends ReadOptions {
  /** The file. */
  readonly path: string
  readonly unlock: Unlock
  /** Must not exist, or be empty. */
  readonly folder: string
  /** The person says that the host of which this is a backup is gone for good. */
  readonly takeOver: boolean
}

/**
 * Makes the folder of a host from a backup. The folder appears as a whole, once everything in it is checked, or not at
 * all. Errors: usage `not-fresh`; those of `verifyBackup`.
 */
export async function restoreBackup(env: Env, options: RestoreBackup): Promise<Manifest> {
  const folder = resolve(options.folder)
  await refuseUsed(folder)
  const staging = join(dirname(folder), `.${basename(folder)}.restoring-${base64urlUnpadded(env.random(6))}`)
  try {
    await mkdir(staging, { recursive: true, mode: 0o700 })
    const manifest = await verifyBackup(options.path, options.unlock, staging, options)
    const note: RestoredNote = {
      restoredAt: env.clock.now(),
      backupCreatedAt: manifest.createdAt,
      takeOver: options.takeOver,
    }
    await writeFile(join(staging, RESTORED_FILE), JSON.stringify(note), { mode: 0o600, flag: 'wx', flush: true })
    await refuseUsed(folder)
    await rmdir(folder).catch(() => {})
    await rename(staging, folder)
    return manifest
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    if (error instanceof HearthError || (error as Error).name === 'AbortError') throw error
    throw fileFailure(folder, error)
  }
}

async function refuseUsed(folder: string): Promise<void> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  )
  if (!exists) return
  const names = await readdir(folder).catch((error: unknown) => Promise.reject(fileFailure(folder, error)))
  if (names.length > 0) {
    throw new HearthError('usage', 'not-fresh', `${folder} is in use; a backup is restored into a fresh folder only`)
  }
}
