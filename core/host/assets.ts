import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

/** One file of the built interface. */
export interface Asset {
  readonly type: string
  /** Its name carries the digest of its content: it never changes. */
  readonly immutable: boolean
  read(): Buffer
}

const INDEX = 'index.html'
const HASHED = '/assets/'
const OTHER = 'application/octet-stream'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}

/**
 * The interface in `folder`. What is served is the list of files that lie there: a path that is not one of them is a
 * page of the interface (`index.html`), whatever it spells, so that none leads out of the folder.
 */
export function openAssets(folder: string): { find(path: string): Asset | undefined } {
  let version = ''
  let files = new Map<string, string>()

  /** A build replaces the whole folder. */
  function refresh(): void {
    const index = statSync(join(folder, INDEX), { throwIfNoEntry: false })
    const found = index === undefined ? '' : `${index.ino}:${index.mtimeMs}`
    if (found === version) return
    files = found === '' ? new Map() : listed(folder)
    version = found
  }

  return {
    find(path) {
      refresh()
      const file = files.get(path) ?? (path.startsWith(HASHED) ? undefined : files.get(`/${INDEX}`))
      if (file === undefined) return undefined
      return {
        type: TYPES[extname(file)] ?? OTHER,
        immutable: path.startsWith(HASHED),
        read: () => readFileSync(file),
      }
    },
  }
}

/** Path in the address → file. Links are left out. */
function listed(folder: string): Map<string, string> {
  const entries: Dirent[] = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(files.map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]))
}
