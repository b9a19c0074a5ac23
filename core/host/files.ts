import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HearthError } from '../codec/error.ts'

/** Everything a host keeps is its own: folders 0700, files 0600 (design §5.8). */
const PRIVATE_FOLDER = 0o700
const PRIVATE_FILE = 0o600

/** Names inside a host's folder. */
export const HOST_FILES = {
  database: 'hearth.db',
  /** Empty; locked while a host runs here. */
  lock: 'lock',
  configuration: 'config.json',
  token: 'api-token',
  /** `ws://…` of the running host, for `hearth ctl`. */
  address: 'api-address',
  /** Port of the local API: a browser knows its session by it, so it stays. */
  apiPort: 'api-port',
  /** Browsers that are signed in. */
  sessions: 'sessions.json',
  router: 'router',
  /** Port of the embedded router: queue addresses carry it, so it stays. */
  routerPort: 'router-port',
  /** The console's record of messages already shown. */
  shown: 'console-shown',
  /** Takes the place of the shipped list of operators. */
  operators: 'operators.json',
} as const

export function pathIn(folder: string, name: keyof typeof HOST_FILES): string {
  return join(folder, HOST_FILES[name])
}

/** Creates `folder` where it is missing and takes everybody else's access away. Errors: usage `folder`. */
export function privateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER })
    chmodSync(folder, PRIVATE_FOLDER)
  } catch (error) {
    throw new HearthError('usage', 'folder', `cannot use the folder ${folder}: ${reason(error)}`, false, {
      cause: error,
    })
  }
}

/** Files that libraries create for this process get no access for others either. */
export function privateByDefault(): void {
  process.umask(0o077)
}

/** Replaces the file as a whole: a reader sees the old text or the new one. */
export function writePrivate(path: string, text: string): void {
  const fresh = `${path}.new`
  writeFileSync(fresh, text, { mode: PRIVATE_FILE })
  chmodSync(fresh, PRIVATE_FILE)
  renameSync(fresh, path)
}

/** The text of a file, or undefined where there is none. Errors: usage `file`. */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new HearthError('usage', 'file', `cannot read ${path}: ${reason(error)}`, false, { cause: error })
  }
}

export function removeIfPresent(path: string): void {
  rmSync(path, { force: true })
}

function reason(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown reason'
}
