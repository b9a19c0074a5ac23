import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Electron's registry package brings no binary: it is fetched once, here, when a window is to be opened, and never by
 * the installation of Hearth.
 */
export interface ElectronPackage {
  readonly folder: string
  readonly version: string
}

/** Undefined where the package is not installed. */
export function electronPackage(): ElectronPackage | undefined {
  try {
    const path = createRequire(import.meta.url).resolve('electron/package.json')
    return { folder: dirname(path), version: (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version }
  } catch {
    return undefined
  }
}

/** The path of the binary, where it has been fetched. */
export function fetchedBinary({ folder }: ElectronPackage): string | undefined {
  const note = join(folder, 'path.txt')
  if (!existsSync(note)) return undefined
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const path = join(override ?? join(folder, 'dist'), readFileSync(note, 'utf8').trim())
  return existsSync(path) ? path : undefined
}

const PROBE_PATIENCE = 5000
const FETCH_PATIENCE = 300_000
const RELEASES = 'https://github.com/electron/electron/releases/download/'

/** Whether the place that the binary comes from answers at all; within 5 seconds. */
export async function canFetch(
  { version }: ElectronPackage,
  mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? RELEASES,
): Promise<boolean> {
  const name = `electron-v${version}-${process.platform}-${process.arch}.zip`
  try {
    const url = new URL(`v${version}/${name}`, mirror.endsWith('/') ? mirror : `${mirror}/`)
    const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(PROBE_PATIENCE) })
    return response.ok
  } catch {
    return false
  }
}

/** Fetches and unpacks the binary; gives up after five minutes. */
export async function fetchBinary(electron: ElectronPackage): Promise<string | undefined> {
  const child = spawn(process.execPath, [join(electron.folder, 'install.js')], {
    stdio: ['ignore', 'inherit', 'ignore'],
  })
  const giveUp = setTimeout(() => child.kill('SIGKILL'), FETCH_PATIENCE)
  await ended(child)
  clearTimeout(giveUp)
  return fetchedBinary(electron)
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
}
