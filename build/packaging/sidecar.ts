import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { filesOf, type SidecarManifest, sha256 } from '../../electron/host/sidecar.ts'
import { executable, nodePackage } from '../../electron/paths.ts'

/**
 * What the shell starts: Node and the host, laid out as electron/paths.ts looks for it, and the list of digests that
 * goes into the archive whose integrity Electron checks itself.
 */
export interface SidecarTarget {
  readonly platform: NodeJS.Platform
  readonly arch: string
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>
}

/** Of the source tree; `dist/renderer` is for browsers on the same machine. */
const PARTS = ['core', join('dist', 'renderer'), 'package.json', 'LICENSE']

/** What nobody runs: sources of binaries, maps, declarations. */
const SOURCES = /\.(map|md|d\.[cm]?ts|gypi?|c|cc|cpp|h|hpp)$/i

/** Makes the folder anew. Errors: an Error where a package is not installed, or this platform has no Node package. */
export function layOutSidecar(root: string, folder: string, target: SidecarTarget): void {
  const { platform, arch } = target
  const node = nodePackage(platform, arch)
  if (node === undefined) throw new Error(`no package carries a Node for ${platform} on ${arch}`)
  rmSync(folder, { recursive: true, force: true })
  const hearth = join(folder, 'hearth')
  mkdirSync(hearth, { recursive: true })
  copy(join(root, 'node_modules', node, 'bin', executable(platform)), join(folder, executable(platform)))
  chmodSync(join(folder, executable(platform)), 0o755)
  for (const part of PARTS) copy(join(root, part), join(hearth, part))
  for (const name of productionPackages(root)) {
    copy(join(root, name), join(hearth, name), (path) => forTarget(relative(join(root, name), path), target))
  }
}

/** Writes the list of everything in `folder`; nothing there may change afterwards, signatures of code included. */
export async function writeSidecarManifest(folder: string, path: string): Promise<void> {
  const paths = await filesOf(folder)
  const files: [string, string][] = []
  for (const file of paths) files.push([file, await sha256(join(folder, file))])
  const manifest: SidecarManifest = { files: Object.fromEntries(files) }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(manifest, undefined, 1)}\n`)
}

/** Folders of the packages that a host runs with, by the lock file; its Node is no library. */
function productionPackages(root: string): string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
  return Object.entries(lock.packages)
    .filter(([name, { dev }]) => name.startsWith('node_modules/') && dev !== true)
    .filter(([name]) => !/^node_modules\/node-(linux|win|bin)-/.test(name))
    .filter(([name, { optional }]) => existsSync(join(root, name)) || optional !== true)
    .map(([name]) => name)
}

/** Binaries of other platforms, and sources and maps that nobody runs, stay behind. */
function forTarget(path: string, { platform, arch }: SidecarTarget): boolean {
  const parts = path.split(sep)
  const prebuilt = parts[parts.indexOf('prebuilds') + 1]
  if (parts.includes('prebuilds') && prebuilt !== undefined) {
    return prebuilt === `${platform}-${arch}` || prebuilt === `${platform}-${arch}.node`
  }
  // Packages inside of packages are on the list themselves.
  if (parts.includes('node_modules')) return false
  return !SOURCES.test(basename(path)) || /^licen[cs]e/i.test(basename(path))
}

function copy(from: string, to: string, wanted: (path: string) => boolean = () => true): void {
  if (!existsSync(from)) throw new Error(`${from} is missing: npm ci and npm run build come first`)
  cpSync(from, to, { recursive: true, dereference: true, filter: wanted })
}
