import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { argon2id as nobleArgon2id } from '@noble/hashes/argon2.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { utf8 } from '../../../../core/codec/bytes.ts'
import { argon2id } from '../../../../core/crypto/argon2id.ts'
import { xchachaOpen, xchachaSeal } from '../../../../core/crypto/xchacha20-poly1305.ts'
import { CHUNK } from '../../../../core/host/backup/content.ts'
import { decodeHeader, encodeHeader, HEADER_SIZE } from '../../../../core/host/backup/header.ts'
import { type BackupKey, createBackupKey, keysMatch, openLock } from '../../../../core/host/backup/key.ts'
import type { Manifest } from '../../../../core/host/backup/manifest.ts'
import { extractBackup, readManifest, withContentKey, withPassphrase } from '../../../../core/host/backup/read.ts'
import { type Written, writeBackup } from '../../../../core/host/backup/write.ts'
import { CHEAP, env, PASSPHRASE, refusal, scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const about: Omit<Manifest, 'entries'> = {
  createdAt: 1_700_000_000_000,
  program: '0.0.0',
  media: true,
  content: { schema: 3, profiles: ['Ada'], groups: [], members: 0, messages: 0, connections: 0 },
}
let key: BackupKey
let next = 0

beforeAll(async () => {
  key = await createBackupKey(env, PASSPHRASE, CHEAP)
})

async function write(...contents: Uint8Array[]): Promise<Written & { path: string }> {
  const number = next++
  const sources = contents.map((bytes, index) => {
    const path = join(folder, `source-${number}-${index}`)
    writeFileSync(path, bytes)
    return { name: `file-${index}`, path }
  })
  const path = join(folder, `backup-${number}`)
  return { path, ...(await writeBackup(env, path, key, about, sources)) }
}

async function changed(path: string, change: (bytes: Buffer) => Uint8Array): Promise<string> {
  const target = join(folder, `changed-${next++}`)
  await writeFile(target, change(await readFile(path)))
  return target
}

function fresh(): string {
  return join(folder, `opened-${next++}`)
}

describe('a backup file', () => {
  test('gives back what was put in, whatever the sizes', async () => {
    const sizes = [0, 1, CHUNK - 700, CHUNK, CHUNK + 1, 3 * CHUNK]
    const contents = sizes.map((size) => env.random(size))
    const { path } = await write(...contents)
    const target = fresh()
    const manifest = await extractBackup(path, withPassphrase(PASSPHRASE), target)
    expect(manifest.entries.map((entry) => entry.size)).toEqual(sizes)
    for (const [index, bytes] of contents.entries()) {
      expect(readFileSync(join(target, `file-${index}`)).equals(bytes)).toBe(true)
    }
  })

  test('is for its owner alone, and so is what comes out of it', async () => {
    const { path } = await write(env.random(10))
    const target = fresh()
    await extractBackup(path, withPassphrase(PASSPHRASE), target)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(target).mode & 0o777).toBe(0o700)
    expect(statSync(join(target, 'file-0')).mode & 0o777).toBe(0o600)
  })

  test('says what is in it without being read to its end', async () => {
    const { path, manifest } = await write(env.random(CHUNK * 4))
    const cut = await changed(path, (bytes) => bytes.subarray(0, HEADER_SIZE + 2 * (CHUNK + 16)))
    expect(await readManifest(cut, withPassphrase(PASSPHRASE))).toEqual(manifest)
  })

  test('does not open with another passphrase, and says so', async () => {
    const { path } = await write(env.random(10))
    expect(await refusal(readManifest(path, withPassphrase('another')))).toBe('usage wrong-passphrase')
    expect(await refusal(readManifest(path, withPassphrase('')))).toBe('usage wrong-passphrase')
  })

  test('takes a passphrase however its characters are composed', async () => {
    const composed = await createBackupKey(env, 'cr\u00e8me br\u00fbl\u00e9e', CHEAP)
    await openLock(composed.lock, 'cre\u0300me bru\u0302le\u0301e')
  })

  test('cannot be forged with what another backup shows', async () => {
    const { path } = await write(env.random(10))
    const { lock } = decodeHeader(readFileSync(path).subarray(0, HEADER_SIZE))
    const forged = join(folder, `forged-${next++}`)
    await writeBackup(env, forged, { lock, origin: new Uint8Array(32), createdAt: 0 }, about, [])
    expect(await refusal(readManifest(forged, withPassphrase(PASSPHRASE)))).toBe('store backup-damaged')
  })

  test('is refused wherever it is cut short', async () => {
    const { path, contentKey } = await write(env.random(100))
    const size = statSync(path).size
    for (let length = 0; length < size; length++) {
      const cut = await changed(path, (bytes) => bytes.subarray(0, length))
      const result = await refusal(extractBackup(cut, withContentKey(contentKey), fresh()))
      expect(result).toMatch(length < 14 ? /usage no-backup/ : /store backup-damaged/)
    }
  })

  test('is refused where it is cut at the end of a chunk', async () => {
    const { path, contentKey } = await write(env.random(3 * CHUNK))
    for (let chunks = 0; chunks < 4; chunks++) {
      const cut = await changed(path, (bytes) => bytes.subarray(0, HEADER_SIZE + chunks * (CHUNK + 16)))
      expect(await refusal(extractBackup(cut, withContentKey(contentKey), fresh()))).toBe('store backup-damaged')
    }
  })

  test('is refused with any bit flipped', async () => {
    const { path, contentKey } = await write(env.random(50))
    const size = statSync(path).size
    for (let at = 0; at < size; at++) {
      const flipped = await changed(path, (bytes) => {
        bytes[at]! ^= 1 << (at % 8)
        return bytes
      })
      const result = await refusal(extractBackup(flipped, withContentKey(contentKey), fresh()))
      expect(result).toMatch(/^(usage no-backup|usage backup-newer|store backup-damaged)$/)
    }
  })

  test('is refused with chunks swapped, doubled, left out or taken from another backup', async () => {
    const { path, contentKey } = await write(env.random(5 * CHUNK))
    const other = readFileSync((await write(env.random(5 * CHUNK))).path)
    const chunk = (bytes: Buffer, number: number) =>
      bytes.subarray(HEADER_SIZE + number * (CHUNK + 16), HEADER_SIZE + (number + 1) * (CHUNK + 16))
    const arrangements = [
      [0, 2, 1, 3, 4, 5],
      [0, 1, 1, 2, 3, 4, 5],
      [0, 1, 3, 4, 5],
      [1, 0, 2, 3, 4, 5],
      [0, 1, 2, 3, 4, 5, 5],
      [5],
    ]
    for (const order of arrangements) {
      const arranged = await changed(path, (bytes) =>
        Buffer.concat([bytes.subarray(0, HEADER_SIZE), ...order.map((number) => chunk(bytes, number))]),
      )
      expect(await refusal(extractBackup(arranged, withContentKey(contentKey), fresh()))).toBe('store backup-damaged')
    }
    const mixed = await changed(path, (bytes) => {
      chunk(other, 2).copy(chunk(bytes, 2))
      return bytes
    })
    expect(await refusal(extractBackup(mixed, withContentKey(contentKey), fresh()))).toBe('store backup-damaged')
    const longer = await changed(path, (bytes) => Buffer.concat([bytes, Buffer.from([0])]))
    expect(await refusal(extractBackup(longer, withContentKey(contentKey), fresh()))).toBe('store backup-damaged')
  })

  test('is refused with values that would tie up the machine', async () => {
    const header = { lock: key.lock, ephemeral: env.random(32) }
    for (const cost of [
      { passes: 0, memory: 8192 },
      { passes: 0xffff_ffff, memory: 8192 },
      { passes: 1, memory: 0xffff_ffff * 1024 },
      { passes: 1, memory: 2 * 1024 ** 3 },
      { passes: 1, memory: 1024 },
      { passes: 64, memory: 1024 ** 3 },
    ]) {
      const path = join(folder, `greedy-${next++}`)
      writeFileSync(path, encodeHeader({ ...header, lock: { ...key.lock, cost } }))
      expect(await refusal(readManifest(path, withPassphrase(PASSPHRASE)))).toBe('store backup-damaged')
    }
  })

  test('does not replace a file', async () => {
    const { path } = await write(env.random(10))
    const before = readFileSync(path)
    expect(await refusal(writeBackup(env, path, key, about, []))).toBe('store backup-file')
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('leaves nothing behind when it is given up', async () => {
    const path = join(folder, `given-up-${next++}`)
    const source = join(folder, `source-${next++}`)
    writeFileSync(source, env.random(10 * CHUNK))
    const giveUp = new AbortController()
    const writing = writeBackup(env, path, key, about, [{ name: 'file', path: source }], {
      progress: () => giveUp.abort(),
      signal: giveUp.signal,
    })
    await expect(writing).rejects.toThrow('aborted')
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('the backup key', () => {
  test('opens with its passphrase', async () => {
    const secret = await openLock(key.lock, PASSPHRASE)
    expect(keysMatch(key.lock, secret)).toBe(true)
    expect(secret.origin).toEqual(key.origin)
  })

  test('wants a passphrase that is worth the name', async () => {
    expect(await refusal(createBackupKey(env, '1234567', CHEAP))).toBe('usage passphrase')
  })

  test('does not open with what locks it changed', async () => {
    const { lock } = key
    for (const other of [
      { ...lock, publicKey: env.random(32) },
      { ...lock, salt: env.random(16) },
      { ...lock, nonce: env.random(24) },
      { ...lock, cost: { passes: 2, memory: 8192 } },
    ]) {
      expect(await refusal(openLock(other, PASSPHRASE))).toBe('usage wrong-passphrase')
    }
  })
})

describe('the primitives agree with a second implementation', () => {
  test('XChaCha20-Poly1305', () => {
    for (const size of [0, 1, 63, 64, 65, 1000]) {
      const [secret, nonce, ad, message] = [env.random(32), env.random(24), env.random(size % 7), env.random(size)]
      const sealed = xchachaSeal(secret, nonce, ad, message)
      expect(sealed).toEqual(xchacha20poly1305(secret, nonce, ad).encrypt(message))
      expect(xchachaOpen(secret, nonce, ad, sealed)).toEqual(message)
    }
  })

  test('Argon2id', async () => {
    for (const cost of [CHEAP, { passes: 3, memory: 65_536 }]) {
      const [passphrase, salt] = [utf8('Innisfree'), env.random(16)]
      const expected = nobleArgon2id(passphrase, salt, { t: cost.passes, m: cost.memory / 1024, p: 1, dkLen: 32 })
      expect(await argon2id(passphrase, salt, cost, 32)).toEqual(expected)
    }
  })
})
