import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { builderConfiguration, FUSES, type Release } from '../../../build/packaging/configuration.ts'
import { newSigningKey, publicKeyText, readSigningKey, signManifests } from '../../../build/packaging/sign.ts'
import { verifyManifest } from '../../../electron/updates/signature.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-packaging-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const RELEASE: Release = {
  electron: '45.4.1',
  updateUrl: undefined,
  windowsPublisher: undefined,
  signMac: false,
  homepage: 'https://example.org/',
}

describe('what electron-builder is told', () => {
  const path = join(ROOT, 'build', 'packaging', 'node_modules', 'app-builder-lib')

  test
    .runIf(existsSync(path))
    .each([
      RELEASE,
      { ...RELEASE, updateUrl: 'https://example.org/hearth', windowsPublisher: 'Hearth', signMac: true },
    ])('is valid by its schema %#', (release) => {
    const require = createRequire(join(path, 'package.json'))
    const { validateSchema } = require(join(path, 'out/util/config/schemaValidator.js'))
    const schema = JSON.parse(readFileSync(join(path, 'scheme.json'), 'utf8'))
    expect(() => validateSchema(schema, JSON.parse(JSON.stringify(builderConfiguration(release))))).not.toThrow()
  })

  test('the binary runs nothing but the program', () => {
    expect(FUSES).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    })
  })

  test('what a deb must say of itself is there', () => {
    expect(builderConfiguration(RELEASE)).toMatchObject({
      extraMetadata: { homepage: 'https://example.org/' },
      linux: { maintainer: expect.any(String) },
    })
  })

  test('without a place for updates there is none, and nothing is signed twice', () => {
    expect(builderConfiguration(RELEASE).publish).toBeNull()
    expect(builderConfiguration(RELEASE)).toMatchObject({ mac: { signIgnore: ['/Contents/Resources/sidecar/'] } })
  })
})

describe('releases', () => {
  test('are signed as the program checks them', () => {
    const key = readSigningKey(newSigningKey())
    writeFileSync(join(folder, 'latest-linux.yml'), 'version: 1.2.3\n')
    writeFileSync(join(folder, 'other.yml'), 'version: 1.2.3\n')
    expect(signManifests(folder, key)).toEqual(['latest-linux.yml'])
    const signature = readFileSync(join(folder, 'latest-linux.yml.sig'), 'utf8')
    expect(verifyManifest('version: 1.2.3\n', signature, publicKeyText(key))).toBe(true)
    expect(verifyManifest('version: 1.2.4\n', signature, publicKeyText(key))).toBe(false)
  })

  test('another kind of key is refused', () => {
    const pem = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(() => readSigningKey(pem)).toThrow('Ed25519')
  })
})

describe('the installation of Hearth', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean; optionalDependencies?: Record<string, string> }>
  }

  test('runs no scripts, so that nothing comes from elsewhere than the registry', () => {
    expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m)
    expect(packages['node_modules/electron']).toBeDefined()
    expect(packages['node_modules/electron']?.hasInstallScript).toBeUndefined()
  })

  test('finds every package in the lock file, those of other platforms included', () => {
    // A registry may lack some of them: npm ci then fails on those that it has to look up.
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
      ),
    )
    expect(missing).toEqual([])
  })
})

test('the container runs the host, not as root, and its files are there', () => {
  const lines = readFileSync(join(ROOT, 'build', 'container', 'Containerfile'), 'utf8')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  for (const line of lines) {
    expect(line).toMatch(/^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT) /)
  }
  expect(lines.indexOf('USER hearth')).toBeGreaterThan(lines.findLastIndex((line) => /^RUN /.test(line)))
  const entry = JSON.parse(
    lines.find((line) => line.startsWith('ENTRYPOINT'))?.slice('ENTRYPOINT '.length) ?? '[]',
  ) as string[]
  expect(existsSync(join(ROOT, entry[1] ?? ''))).toBe(true)
})
