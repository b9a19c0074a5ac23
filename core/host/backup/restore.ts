import { access, constants, mkdir, readdir, realpath, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { base64urlUnpadded } from '../../codec/base64url.ts'
import { HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import { fileFailure } from './failure.ts'
import type { Manifest } from './manifest.ts'
import type { ReadOptions, Unlock } from './read.ts'
import { PENDING_RESTORE, RESTORED_FILE, type RestoredNote } from './restored-note.ts'
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
  const given = resolve(options.folder)
  await refuseUsed(given)
  const folder = await placeFor(given)
  const begun = `.${basename(folder)}.restoring-`
  const staging = join(dirname(folder), begun + base64urlUnpadded(env.random(6)))
  try {
    await removeBegun(dirname(folder), begun)
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

/**
 * A folder that something else is mounted on (a volume), or that lies where nothing may be made, stays: what is restored
 * waits in it for the start of the host.
 */
async function placeFor(given: string): Promise<string> {
  const folder = await realpath(given).catch(() => undefined)
  if (folder === undefined) return given
  const above = dirname(folder)
  const mounted = (await stat(folder)).dev !== (await stat(above)).dev
  const free = await access(above, constants.W_OK).then(
    () => true,
    () => false,
  )
  return free && !mounted ? folder : join(folder, PENDING_RESTORE)
}

/** What a process that was killed had unpacked; it is not encrypted. */
async function removeBegun(parent: string, begun: string): Promise<void> {
  const names = await readdir(parent).catch(() => [])
  for (const name of names) if (name.startsWith(begun)) await rm(join(parent, name), { recursive: true, force: true })
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
