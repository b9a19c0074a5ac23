import { resolve } from 'node:path'
import { HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import { realEnv } from '../../env/real.ts'
import { createBackup } from '../backup/create.ts'
import { idleDatabases } from '../backup/folder.ts'
import { type BackupKey, createBackupKey, openLock } from '../backup/key.ts'
import { loadBackupKey, saveBackupKey } from '../backup/key-file.ts'
import { summaryOf } from '../backup/manifest.ts'
import { backupName } from '../backup/names.ts'
import { readHeader, withPassphrase } from '../backup/read.ts'
import { restoreBackup } from '../backup/restore.ts'
import { checkBackup } from '../backup/verify.ts'
import { localTime, summaryInWords } from '../backup/words.ts'
import { type ConnectedHost, connectToFolder, hostError } from '../client.ts'
import type { BackupSummary } from '../contract/backup.ts'
import { privateByDefault } from '../files.ts'
import type { BackupFlags, RestoreFlags, VerifyFlags } from './backup-flags.ts'
import { lastStep } from './ctl-backup.ts'
import { openLog } from './log.ts'
import { readNewPassphrase, readPassphrase } from './passphrase.ts'
import { withTemporaryFolder } from './temporary-folder.ts'

/** What the commands of backup.ts do. */

function commandEnv(): Env {
  privateByDefault()
  return realEnv({ log: openLog('warn') })
}

export async function makeBackup(file: string | undefined, flags: BackupFlags): Promise<void> {
  const env = commandEnv()
  const path = resolve(file ?? backupName(env.clock.now()))
  const running = await connectToFolder(flags.dir).catch((error: unknown) => {
    if (error instanceof HearthError && error.code === 'not-running') return undefined
    throw error
  })
  const summary = running === undefined ? await backUpIdle(env, path, flags) : await backUpRunning(running, path, flags)
  answer(flags, path, summary, `${path} is made and checked.`)
}

/** Ctrl-C leaves nothing behind that is not encrypted. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const giveUp = new AbortController()
  const interrupt = () => giveUp.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt)
  try {
    return await work(giveUp.signal)
  } catch (error) {
    throw giveUp.signal.aborted ? new HearthError('usage', 'aborted', 'given up', true, { cause: error }) : error
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt)
  }
}

async function backUpIdle(env: Env, path: string, flags: BackupFlags): Promise<BackupSummary> {
  const databases = idleDatabases(flags.dir)
  const set = await newPassphrase(flags)
  if (set !== undefined) saveBackupKey(flags.dir, await createBackupKey(env, set))
  const key = loadBackupKey(flags.dir)
  if (key === undefined) throw new HearthError('usage', 'no-passphrase', 'there is no passphrase for backups')
  const { dir, media } = flags
  return summaryOf(
    await interruptible((signal) => createBackup(env, { folder: dir, databases, path, key, media, signal })),
  )
}

async function backUpRunning(host: ConnectedHost, path: string, flags: BackupFlags): Promise<BackupSummary> {
  try {
    const set = await newPassphrase(flags)
    if (set !== undefined) await host.api.backup.setPassphrase({ passphrase: set })
    const made = await lastStep(await host.api.backup.create({ path, media: flags.media }))
    if (made === undefined) throw new HearthError('usage', 'connection', 'the host ended before the backup', true)
    return made.summary
  } catch (error) {
    throw hostError(error)
  } finally {
    host.close()
    await host.closed
  }
}

/** Undefined where backups of this host have one already. */
async function newPassphrase(flags: BackupFlags): Promise<string | undefined> {
  const present = loadBackupKey(flags.dir)
  if (present !== undefined && flags.newPassphrase !== true) {
    if (flags.passphraseFile !== undefined) await checkPassphrase(present, flags.passphraseFile)
    return undefined
  }
  return readNewPassphrase(flags.passphraseFile, 'New passphrase for backups: ')
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
  commandEnv()
  await readHeader(path)
  const passphrase = await readPassphrase(flags.passphraseFile, 'Passphrase of the backup: ')
  const manifest = await interruptible((signal) =>
    checkBackup(path, withPassphrase(passphrase), withTemporaryFolder, { signal }),
  )
  answer(flags, path, summaryOf(manifest), `${path} is whole and in order.`)
}

export async function restoreFile(path: string, flags: RestoreFlags): Promise<void> {
  const env = commandEnv()
  await readHeader(path)
  const passphrase = await readPassphrase(flags.passphraseFile, 'Passphrase of the backup: ')
  const manifest = await interruptible((signal) =>
    restoreBackup(env, {
      path,
      unlock: withPassphrase(passphrase),
      folder: flags.dir,
      takeOver: flags.takeOver === true,
      signal,
    }),
  )
  answer(flags, flags.dir, summaryOf(manifest), `${flags.dir} is restored.`)
}

function answer(flags: { readonly json?: boolean }, path: string, summary: BackupSummary, words: string): void {
  process.stdout.write(
    `${flags.json ? JSON.stringify({ path, ...summary }) : `${words}\n${summaryInWords(summary)}`}\n`,
  )
}
