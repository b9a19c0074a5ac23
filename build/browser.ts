import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a Chromium is, for tests, pictures and measurements of the interface. */
export type Browser = { readonly path: string } | { readonly missing: string }

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** `CHROME_PATH`, or the first of the usual names on the search path. */
export function findBrowser(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const chosen = env.CHROME_PATH ?? ''
  if (chosen !== '') return chosen
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin']
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable)
}

/** Finds one, and on Debian installs it where that needs no password; takes minutes then. */
export function obtainBrowser(): Browser {
  const found = findBrowser()
  if (found !== undefined) return { path: found }
  if (!existsSync('/etc/debian_version')) return { missing: 'no Chromium found; set CHROME_PATH' }
  if (process.getuid?.() !== 0) return { missing: 'no Chromium found; as root: apt-get install chromium' }
  process.stdout.write('Installing Chromium for the tests of the interface …\n')
  const problem = apt('update') ?? apt('install', '-y', '--no-install-recommends', 'chromium')
  const installed = findBrowser()
  if (installed !== undefined) return { path: installed }
  return { missing: `no Chromium found, and it could not be installed: ${problem ?? 'nothing was installed'}` }
}

/** For `chromium.launch` of Playwright. */
export function launchOptions(path: string) {
  return {
    executablePath: path,
    args: ['--disable-background-networking', '--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  }
}

/** What went wrong, if anything. */
function apt(...args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync('apt-get', ['-q', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status === 0) return undefined
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? `apt-get ended with ${status}`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
