import { existsSync } from 'node:fs'
import { chmod, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { base64urlUnpadded } from '../../codec/base64url.ts'
import { HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import { HOST_FILES } from '../files.ts'
import { fileFailure } from './failure.ts'
import type { Source } from './write.ts'

/** What of a host's folder is put into a backup, and where the work on it is done. */
export const BACKUP_KEY_FILE = 'backup-key.json'
/** Copies that are not encrypted lie here while a backup is made or checked, and nowhere else. */
const WORK = 'backup-work'

const ROUTER_DATABASE = `${HOST_FILES.router}/router.db`

/** Files that are copied as they are, where they exist. Tokens and addresses of the running host are made anew. */
const PLAIN_FILES = [
  HOST_FILES.configuration,
  HOST_FILES.routerPort,
  BACKUP_KEY_FILE,
  ...['ca.key', 'ca.crt', 'server.key', 'server.crt'].map((file) => `${HOST_FILES.router}/${file}`),
] as const

/** Every name that a backup may hold. */
export const BACKUP_NAMES: ReadonlySet<string> = new Set([HOST_FILES.database, ROUTER_DATABASE, ...PLAIN_FILES])

/** Makes consistent copies of databases that may be in use. */
export interface Databases {
  host(target: string): Promise<void>
  /** Undefined where there is no embedded router. */
  readonly router: ((target: string) => Promise<void>) | undefined
}

/** The databases of a folder that no host has open. Errors: store `locked`, usage `no-host`. */
export function idleDatabases(folder: string): Databases {
  requireHost(folder)
  return {
    host: (target) => copyIdle(join(folder, HOST_FILES.database), target),
    router: idleRouter(folder),
  }
}

/** Of an embedded router that does not run. */
export function idleRouter(folder: string): Databases['router'] {
  const router = join(folder, ROUTER_DATABASE)
  return existsSync(router) ? (target) => copyIdle(router, target) : undefined
}

/** Errors: usage `no-host`. */
function requireHost(folder: string): void {
  if (existsSync(join(folder, HOST_FILES.database))) return
  throw new HearthError('usage', 'no-host', `there is no host in ${folder}`)
}

async function copyIdle(path: string, target: string): Promise<void> {
  let db: Sqlite.Database | undefined
  try {
    db = new Sqlite(path, { fileMustExist: true, timeout: 0 })
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec('BEGIN IMMEDIATE; COMMIT')
    await db.backup(target)
  } catch (error) {
    const locked = error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')
    if (locked) throw new HearthError('store', 'locked', 'the database is in use by another process', true)
    throw new HearthError('store', 'snapshot', 'the database could not be copied', false, { cause: error })
  } finally {
    db?.close()
  }
}

/** Copies the databases into `work` and names everything that belongs into the backup, the database first. */
export async function collect(folder: string, work: string, databases: Databases): Promise<[Source, ...Source[]]> {
  const database = { name: HOST_FILES.database, path: join(work, HOST_FILES.database) }
  await createPrivate(database.path)
  await databases.host(database.path)
  const sources: Source[] = []
  if (databases.router !== undefined) {
    const path = join(work, 'router.db')
    await createPrivate(path)
    await databases.router(path)
    sources.push({ name: ROUTER_DATABASE, path })
  }
  for (const name of PLAIN_FILES) {
    const path = join(folder, name)
    if (existsSync(path)) sources.push({ name, path })
  }
  return [database, ...sources]
}

/** SQLite would create it for everybody whom the process lets. */
async function createPrivate(path: string): Promise<void> {
  try {
    await (await open(path, 'wx', 0o600)).close()
  } catch (error) {
    throw fileFailure(path, error)
  }
}

/** Runs `work` with a fresh folder for copies, in `place`, and removes it afterwards. Errors: store `backup-file`. */
export async function withWorkFolder<T>(env: Env, place: string, work: (folder: string) => Promise<T>): Promise<T> {
  const parent = join(place, WORK)
  const folder = join(parent, base64urlUnpadded(env.random(9)))
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(parent, 0o700)
  } catch (error) {
    throw fileFailure(folder, error)
  }
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Removes copies that a process left when it was killed. Call it while nothing else works on backups of `place`. */
export async function clearWork(place: string): Promise<void> {
  await rm(join(place, WORK), { recursive: true, force: true })
}
