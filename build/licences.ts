import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** One package of others that Hearth is shipped with. */
interface Licence {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly homepage: string | undefined
  /** Index in `texts`. */
  readonly text: number | undefined
}

interface Manifest {
  readonly version?: string
  readonly license?: string | { readonly type?: string }
  readonly homepage?: string
  readonly repository?: string | { readonly url?: string }
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>
}

/**
 * Writes licences.json beside the interface: every package that a host runs with, from the lock file, and every one that
 * was built into the interface.
 */
export function licences(root: string): Plugin {
  return {
    name: 'licences',
    apply: 'build',
    generateBundle() {
      const bundled = [...this.getModuleIds()].map(folderOf).filter((folder) => folder !== undefined)
      const source = JSON.stringify(collect(root, [...shipped(root), ...bundled]))
      this.emitFile({ type: 'asset', fileName: 'licences.json', source })
    },
  }
}

function collect(root: string, folders: readonly string[]): { packages: readonly Licence[]; texts: readonly string[] } {
  const texts: string[] = []
  const packages: Licence[] = []
  for (const folder of new Set(folders)) {
    const path = join(root, folder)
    const manifest = readManifest(path)
    if (manifest?.version === undefined) continue
    const text = licenceText(path)
    let index = text === undefined ? undefined : texts.indexOf(text)
    if (text !== undefined && index === -1) index = texts.push(text) - 1
    packages.push({
      name: folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: manifest.version,
      licence: typeof manifest.license === 'object' ? (manifest.license.type ?? '') : (manifest.license ?? ''),
      homepage: homepageOf(manifest),
      text: index,
    })
  }
  packages.sort((a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'))
  return { packages, texts }
}

/** Folders of the packages that are not for development only. Those of other platforms are not here. */
function shipped(root: string): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
  return Object.entries(lock.packages)
    .filter(([folder, { dev }]) => folder.startsWith('node_modules/') && dev !== true)
    .map(([folder]) => folder)
}

/** `node_modules/name` of a module's path, the innermost one. */
function folderOf(module: string): string | undefined {
  return /.*?(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1]
}

function readManifest(folder: string): Manifest | undefined {
  const path = join(folder, 'package.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : undefined
}

function licenceText(folder: string): string | undefined {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(file))
  return name === undefined ? undefined : readFileSync(join(folder, name), 'utf8').trim()
}

function homepageOf({ homepage, repository }: Manifest): string | undefined {
  const url = homepage ?? (typeof repository === 'object' ? repository.url : repository)
  const match = /(https?:\/\/[^#\s]+?)(?:\.git)?(?:#.*)?$/.exec(url ?? '')
  return match?.[1]
}
