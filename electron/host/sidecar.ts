import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'

/**
 * The Node binary and the host that come with the package lie outside the archive whose integrity Electron checks, so
 * they are compared with the digests made at packaging before they are started.
 */
export interface SidecarManifest {
  /** SHA-256 in hexadecimal by path; `/` separates. */
  readonly files: Readonly<Record<string, string>>
}

export class SidecarError extends Error {
  override name = 'SidecarError'
}

/** Errors: SidecarError naming the first file that is missing, changed or not from the package. */
export async function verifySidecar(folder: string, manifest: string): Promise<void> {
  const expected = await readManifest(manifest)
  const present = new Set(await filesOf(folder))
  for (const path of Object.keys(expected)) if (!present.has(path)) throw new SidecarError(`${path} is missing`)
  for (const path of present) {
    const digest = expected[path]
    if (digest === undefined) throw new SidecarError(`${path} does not belong to the program`)
    if ((await sha256(join(folder, path))) !== digest) throw new SidecarError(`${path} was changed`)
  }
}

async function readManifest(path: string): Promise<Readonly<Record<string, string>>> {
  try {
    const { files } = JSON.parse(await readFile(path, 'utf8')) as SidecarManifest
    return Object.fromEntries(Object.entries(files))
  } catch (error) {
    throw new SidecarError('the list of files cannot be read', { cause: error })
  }
}

/** Every file and link below `folder`; links count as files, so none leads past the list. */
export async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}

/** Of a file's content, in hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
