import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesOf } from '../../electron/host/sidecar.ts'
import { buildShell } from '../shell.ts'
import { electronPackage } from '../window/electron-binary.ts'
import { builderConfiguration } from './configuration.ts'
import { layOutSidecar, writeSidecarManifest } from './sidecar.ts'
import { newSigningKey, publicKeyText, readSigningKey, signManifests } from './sign.ts'

/**
 * Makes the packages of this platform in dist/packages: `node build/packaging/release.ts`. With `keys` it makes the key
 * that signs releases. docs/packaging.md says what has to be installed and which variables it reads.
 */
const root = fileURLToPath(new URL('../..', import.meta.url))
const { env, platform, arch } = process
const sidecar = join(root, 'dist', 'sidecar')
const shell = join(root, 'dist', 'electron')
const packages = join(root, 'dist', 'packages')

if (process.argv[2] === 'keys') makeKey()
else await release()

function makeKey(): void {
  const path = env.HEARTH_RELEASE_KEY ?? 'hearth-release-key.pem'
  if (existsSync(path)) fail(`${path} is there already`)
  writeFileSync(path, newSigningKey(), { mode: 0o600 })
  process.stdout.write(`${path} signs releases from now on. Keep it offline; losing it ends updates.\n`)
}

async function release(): Promise<void> {
  const electron = electronPackage()
  if (electron === undefined) fail('Electron is not installed: npm ci comes first')
  const key =
    env.HEARTH_RELEASE_KEY === undefined ? undefined : readSigningKey(readFileSync(env.HEARTH_RELEASE_KEY, 'utf8'))
  const updateUrl = env.HEARTH_UPDATE_URL
  if ((key === undefined) !== (updateUrl === undefined)) fail('HEARTH_UPDATE_URL and HEARTH_RELEASE_KEY go together')

  run(process.execPath, join(root, 'build', 'interface.ts'))
  rmSync(shell, { recursive: true, force: true })
  await buildShell()
  if (key !== undefined) {
    writeFileSync(join(shell, 'release.json'), JSON.stringify({ url: updateUrl, publicKey: publicKeyText(key) }))
  }
  layOutSidecar(root, sidecar, { platform, arch })
  if (env.HEARTH_MAC_IDENTITY !== undefined) await signForMac(env.HEARTH_MAC_IDENTITY)
  await writeSidecarManifest(sidecar, join(shell, 'sidecar.json'))

  const configuration = join(root, 'dist', 'electron-builder.json')
  const told = builderConfiguration({
    electron: electron.version,
    updateUrl,
    windowsPublisher: env.HEARTH_WINDOWS_PUBLISHER,
    signMac: env.HEARTH_MAC_IDENTITY !== undefined,
    homepage: env.HEARTH_HOMEPAGE ?? updateUrl ?? 'https://hearth.example',
  })
  writeFileSync(configuration, JSON.stringify(told, undefined, 1))
  rmSync(packages, { recursive: true, force: true })
  const builder = join(root, 'build', 'packaging', 'node_modules', 'electron-builder', 'cli.js')
  if (!existsSync(builder)) fail('electron-builder is not installed: npm ci --prefix build/packaging')
  run(process.execPath, builder, '--config', configuration, '--publish', 'never')
  if (key !== undefined) process.stdout.write(`signed ${signManifests(packages, key).join(', ')}\n`)
}

/** Apple wants every binary signed by somebody it knows; the digests are taken afterwards. */
async function signForMac(identity: string): Promise<void> {
  const binaries = (await filesOf(sidecar)).filter((path) => path === 'node' || /\.(node|dylib)$/.test(path))
  const entitlements = join(root, 'build', 'packaging', 'node.entitlements.plist')
  for (const path of binaries) {
    const options = ['--force', '--timestamp', '--options', 'runtime', '--entitlements', entitlements]
    run('codesign', ...options, '--sign', identity, join(sidecar, path))
  }
}

function run(program: string, ...args: readonly string[]): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) fail(`${program} ended with ${status}`)
}

function fail(reason: string): never {
  process.stderr.write(`release: ${reason}\n`)
  process.exit(1)
}
