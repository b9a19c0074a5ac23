import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { UpdateInfo } from 'electron-updater'
import { afterAll, expect, test } from 'vitest'
import { readReleaseSource } from '../../../electron/updates/release.ts'
import { verifyManifest } from '../../../electron/updates/signature.ts'
import { SignedProvider } from '../../../electron/updates/signed-provider.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
const MANIFEST = `version: 2.0.0
files:
  - url: Hearth-2.0.0.AppImage
    sha512: c2hhNTEy
    size: 5
path: Hearth-2.0.0.AppImage
sha512: c2hhNTEy
`
const signatureOf = (text: string): string => `${sign(null, Buffer.from(text), privateKey).toString('base64')}\n`

test('a manifest is believed with its signature alone', () => {
  const signature = signatureOf(MANIFEST)
  expect(verifyManifest(MANIFEST, signature, key)).toBe(true)
  expect(verifyManifest(MANIFEST.replace('2.0.0', '3.0.0'), signature, key)).toBe(false)
  const other = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  expect(verifyManifest(MANIFEST, signature, other)).toBe(false)
  for (const wrong of ['', 'nonsense', 'AAAA']) {
    expect(verifyManifest(MANIFEST, wrong, key)).toBe(false)
    expect(verifyManifest(MANIFEST, signature, wrong)).toBe(false)
  }
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'der' })
  expect(verifyManifest(MANIFEST, signature, rsa.toString('base64'))).toBe(false)
})

/** A web server that has these files. */
function provider(files: Readonly<Record<string, string>>): { provider: SignedProvider; asked: string[] } {
  const asked: string[] = []
  const executor = {
    request: async ({ path = '', hostname = '' }: { path?: string; hostname?: string }) => {
      asked.push(`${hostname}${path}`)
      const text = files[path.split('/').at(-1) ?? '']
      if (text === undefined) throw new Error('404')
      return text
    },
  }
  const runtime = { isUseMultipleRangeRequest: false, platform: 'win32', executor } as never
  return {
    provider: new SignedProvider({ url: 'https://example.org/hearth', publicKey: key }, undefined, runtime),
    asked,
  }
}

test('the newest release is read from its manifest', async () => {
  const { provider: signed, asked } = provider({ 'latest.yml': MANIFEST, 'latest.yml.sig': signatureOf(MANIFEST) })
  const update: UpdateInfo = await signed.getLatestVersion()
  expect(update.version).toBe('2.0.0')
  expect(asked).toEqual(['example.org/hearth/latest.yml', 'example.org/hearth/latest.yml.sig'])
  expect(signed.resolveFiles(update).map(({ url }) => url.href)).toEqual([
    'https://example.org/hearth/Hearth-2.0.0.AppImage',
  ])
})

test('an unsigned one is no release', async () => {
  await expect(provider({ 'latest.yml': MANIFEST }).provider.getLatestVersion()).rejects.toThrow('404')
  const other = provider({ 'latest.yml': MANIFEST, 'latest.yml.sig': signatureOf('version: 1.0.0\n') })
  await expect(other.provider.getLatestVersion()).rejects.toThrow('not signed by the makers')
})

const folder = mkdtempSync(join(tmpdir(), 'hearth-release-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a build without a source, or with one that is not https, does not update itself', () => {
  const path = join(folder, 'release.json')
  expect(readReleaseSource(path)).toBeUndefined()
  writeFileSync(path, JSON.stringify({ url: 'http://example.org/', publicKey: key }))
  expect(readReleaseSource(path)).toBeUndefined()
  writeFileSync(path, JSON.stringify({ url: 'https://example.org/', publicKey: key }))
  expect(readReleaseSource(path)).toEqual({ url: 'https://example.org/', publicKey: key })
})
