import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import { realEnv } from '../../env/real.ts'
import { createBackup } from '../backup/create.ts'
import { idleDatabases, withWorkFolder } from '../backup/folder.ts'
import { type BackupKey, createBackupKey, openLock } from '../backup/key.ts'
import { loadBackupKey, saveBackupKey } from '../backup/key-file.ts'
import type { Manifest } from '../backup/manifest.ts'
import { backupName } from '../backup/names.ts'
import { readHeader, withPassphrase } from '../backup/read.ts'
import { restoreBackup } from '../backup/restore.ts'
import { verifyBackup } from '../backup/verify.ts'
import { localTime, manifestInWords } from '../backup/words.ts'
import { privateByDefault } from '../files.ts'
import type { BackupFlags, RestoreFlags, VerifyFlags } from './backup-flags.ts'
import { openLog } from './log.ts'
import { readNewPassphrase, readPassphrase } from './passphrase.ts'

/** What the commands of backup.ts do. */

function commandEnv(): Env {
  privateByDefault()
  return realEnv({ log: openLog('warn') })
}

export async function makeBackup(file: string | undefined, flags: BackupFlags): Promise<void> {
  const env = commandEnv()
  const path = resolve(file ?? backupName(env.clock.now()))
  const databases = idleDatabases(flags.dir)
  const key = await keyOf(env, flags)
  const manifest = await createBackup(env, { folder: flags.dir, databases, path, key, media: flags.media })
  answer(flags, path, manifest, `${path} is made and checked.`)
}

async function keyOf(env: Env, flags: BackupFlags): Promise<BackupKey> {
  const present = loadBackupKey(flags.dir)
  if (present !== undefined && flags.newPassphrase !== true) {
    if (flags.passphraseFile !== undefined) await checkPassphrase(present, flags.passphraseFile)
    return present
  }
  const key = await createBackupKey(env, await readNewPassphrase(flags.passphraseFile, 'New passphrase for backups: '))
  saveBackupKey(flags.dir, key)
  return key
}

/** Whoever gives a passphrase wants to open the backup with it. */
async function checkPassphrase(key: BackupKey, file: string): Promise<void> {
  const passphrase = await readPassphrase(file, '')
  await openLock(key.lock, passphrase).catch((error: unknown) => {
    if (!(error instanceof HearthError) || error.code !== 'wrong-passphrase') throw error
    const since = localTime(key.createdAt)
    const what = `backups of this host have another passphrase since ${since}; --new-passphrase replaces it`
    throw new HearthError('usage', 'wrong-passphrase', what)
  })
}

export async function verifyFile(path: string, flags: VerifyFlags): Promise<void> {
  const env = commandEnv()
  await readHeader(path)
  const passphrase = await readPassphrase(flags.passphraseFile, 'Passphrase of the backup: ')
  const manifest = await withWorkFolder(env, tmpdir(), (work) => verifyBackup(path, withPassphrase(passphrase), work))
  answer(flags, path, manifest, `${path} is whole and in order.`)
}

export async function restoreFile(path: string, flags: RestoreFlags): Promise<void> {
  const env = commandEnv()
  await readHeader(path)
  const passphrase = await readPassphrase(flags.passphraseFile, 'Passphrase of the backup: ')
  const manifest = await restoreBackup(env, {
    path,
    unlock: withPassphrase(passphrase),
    folder: flags.dir,
    takeOver: flags.takeOver === true,
  })
  answer(flags, flags.dir, manifest, `${flags.dir} is restored.`)
}

function answer(flags: { readonly json?: boolean }, path: string, manifest: Manifest, words: string): void {
  const { entries: _, ...about } = manifest
  process.stdout.write(
    `${flags.json ? JSON.stringify({ path, ...about }) : `${words}\n${manifestInWords(manifest)}`}\n`,
  )
}
