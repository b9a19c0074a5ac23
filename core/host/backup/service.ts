import { mkdir, rm } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { asHearthError, HearthError } from '../../codec/error.ts'
import type { Argon2idCost } from '../../crypto/argon2id.ts'
import type { Env, Timer } from '../../env/env.ts'
import type { Store } from '../../store/database.ts'
import type { BackupProgress, BackupStatus, BackupStep, BackupSummary, DrillResult } from '../contract/backup.ts'
import { createBackup } from './create.ts'
import { drill, type ReadLink } from './drill.ts'
import { fileFailure } from './failure.ts'
import { listBackups, ownBackups, removeUnfinished } from './files.ts'
import { clearWork, type Databases, withWorkFolder } from './folder.ts'
import { type BackupKey, createBackupKey } from './key.ts'
import { loadBackupKey, saveBackupKey } from './key-file.ts'
import { type Manifest, summaryOf } from './manifest.ts'
import { backupName } from './names.ts'
import { withPassphrase } from './read.ts'
import { restoreBackup } from './restore.ts'
import { PENDING_RESTORE } from './restored-note.ts'
import { told } from './told.ts'
import { checkBackup, type Spill } from './verify.ts'

/** Backups of a running host: by hand, on schedule, and what is done with their files. */
export interface Backups {
  status(): Promise<BackupStatus>
  /** Errors: usage `passphrase`. */
  setPassphrase(passphrase: string): Promise<void>
  /** Errors: usage `no-passphrase`, usage `exists`, those of writing. */
  create(options: { readonly path?: string; readonly media?: boolean }): AsyncGenerator<BackupProgress, void>
  verify(path: string, passphrase: string): AsyncGenerator<BackupProgress, void>
  drill(path: string, passphrase: string): Promise<DrillResult>
  /** Errors: usage `not-fresh` where this host holds anything already. */
  restore(path: string, passphrase: string, takeOver: boolean): AsyncGenerator<BackupProgress, void>
  /** Begins with the schedule. */
  start(): Promise<void>
  stop(): Promise<void>
}

export interface BackupSettings {
  /** Between two backups on schedule; 0: none. */
  readonly everyHours: number
  /** Empty: `backups` in the host's folder. */
  readonly folder: string
  /** On schedule. */
  readonly keep: number
  readonly media: boolean
}

export interface BackupsDeps {
  readonly env: Env
  readonly store: Store
  readonly folder: string
  readonly databases: Databases
  settings(): BackupSettings
  readonly readLink: ReadLink
  /** Before each backup: what it should hold is there. */
  prepare(): Promise<void>
  /** Begins anew with what was restored. */
  restart(): void
  /** Of new passphrases. */
  readonly cost?: Argon2idCost
}

const HOUR = 3_600_000
/** How often is looked whether one is due. */
const LOOK = 60_000
/** After a failure on schedule. */
const AGAIN = 900_000

export function createBackups(deps: BackupsDeps): Backups {
  const { env, store, folder } = deps
  const stopping = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  let failure: BackupStatus['failure']
  let timer: Timer | undefined

  function place(): string {
    const chosen = deps.settings().folder
    return chosen === '' ? join(folder, 'backups') : resolve(folder, chosen)
  }

  async function nextAt(key: BackupKey | undefined): Promise<number | undefined> {
    const { everyHours } = deps.settings()
    if (key === undefined || everyHours === 0 || !(await somethingToLose())) return undefined
    const [newest] = await ownBackups(await listBackups(place()), key.lock.publicKey)
    const due = newest === undefined ? 0 : newest.createdAt + everyHours * HOUR
    return Math.max(due, failure === undefined ? 0 : failure.at + AGAIN)
  }

  async function somethingToLose(): Promise<boolean> {
    return (await store.read((tx) => tx.get('SELECT 1 FROM profiles LIMIT 1'))) !== undefined
  }

  /** One at a time: each needs the room of a copy of the database. */
  let queue: Promise<unknown> = Promise.resolve()
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = queue.then(work)
    queue = turn.catch(() => {})
    underWay.add(queue)
    void queue.finally(() => underWay.delete(queue))
    return turn
  }

  async function make(
    key: BackupKey,
    path: string,
    media: boolean,
    progress: (step: BackupStep) => void,
    signal: AbortSignal,
  ): Promise<Manifest> {
    await deps.prepare()
    return createBackup(env, { folder, databases: deps.databases, path, key, media, progress, signal })
  }

  async function madeFolder(): Promise<string> {
    const chosen = place()
    try {
      await mkdir(chosen, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw fileFailure(chosen, error)
    }
    return chosen
  }

  async function onSchedule(): Promise<void> {
    const key = loadBackupKey(folder)
    const due = await nextAt(key)
    if (key === undefined || due === undefined || due > env.clock.now()) return
    const { keep, media } = deps.settings()
    await inTurn(async () => {
      const place = await madeFolder()
      await removeUnfinished(place, key.lock.publicKey)
      await make(key, join(place, backupName(env.clock.now())), media, () => {}, stopping.signal)
    })
    failure = undefined
    const old = (await ownBackups(await listBackups(place()), key.lock.publicKey)).slice(keep)
    for (const { path } of old) await rm(path, { force: true })
  }

  async function look(): Promise<void> {
    try {
      await onSchedule()
    } catch (error) {
      if (stopping.signal.aborted) return
      const { kind, code, message } = asHearthError(error, 'store', 'backup')
      failure = { at: env.clock.now(), message }
      env.log.error('backup.schedule', { kind, code })
    }
    if (!stopping.signal.aborted) timer = env.clock.timer(LOOK, () => void look())
  }

  const spill: Spill = (work) => withWorkFolder(env, folder, work)

  function whole(path: string): string {
    if (isAbsolute(path)) return path
    throw new HearthError('usage', 'path', 'a whole path is needed')
  }

  return {
    async status() {
      const key = loadBackupKey(folder)
      return {
        passphraseSince: key?.createdAt,
        folder: place(),
        files: await listBackups(place()),
        nextAt: await nextAt(key),
        failure,
        somethingToLose: await somethingToLose(),
      }
    },
    async setPassphrase(passphrase) {
      saveBackupKey(folder, await createBackupKey(env, passphrase, deps.cost))
    },
    create({ path, media = deps.settings().media }) {
      return told<BackupProgress, { path: string; summary: BackupSummary }>(
        async (tell, leaving) => {
          const key = loadBackupKey(folder)
          if (key === undefined) throw new HearthError('usage', 'no-passphrase', 'set a passphrase for backups first')
          const signal = AbortSignal.any([leaving, stopping.signal])
          return inTurn(async () => {
            const target = path === undefined ? join(await madeFolder(), backupName(env.clock.now())) : whole(path)
            return { path: target, summary: summaryOf(await make(key, target, media, tell, signal)) }
          })
        },
        (made) => ({ step: 'done', ...made }),
      )
    },
    verify: (path, passphrase) =>
      told<BackupProgress, Manifest>(
        (tell, signal) =>
          inTurn(() =>
            checkBackup(whole(path), withPassphrase(passphrase), spill, {
              signal,
              progress: (done, total) => tell({ step: 'verify', done, total }),
            }),
          ),
        (manifest) => ({ step: 'done', path, summary: summaryOf(manifest) }),
      ),
    drill: (path, passphrase) =>
      inTurn(() => drill({ path: whole(path), unlock: withPassphrase(passphrase), spill, readLink: deps.readLink })),
    restore: (path, passphrase, takeOver) =>
      told<BackupProgress, Manifest>(
        async (tell, signal) => {
          if (await somethingToLose()) {
            throw new HearthError('usage', 'not-fresh', 'this host is in use; a backup is restored on a fresh one only')
          }
          const manifest = await inTurn(() =>
            restoreBackup(env, {
              path: whole(path),
              unlock: withPassphrase(passphrase),
              folder: join(folder, PENDING_RESTORE),
              takeOver,
              signal,
              progress: (done, total) => tell({ step: 'verify', done, total }),
            }),
          )
          deps.restart()
          return manifest
        },
        (manifest) => ({ step: 'done', path, summary: summaryOf(manifest) }),
      ),
    async start() {
      await clearWork(folder)
      timer = env.clock.timer(LOOK, () => void look())
    },
    async stop() {
      stopping.abort()
      timer?.cancel()
      await Promise.all(underWay)
    },
  }
}
