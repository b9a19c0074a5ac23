import { open, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { concat } from '../../../../core/codec/bytes.ts'
import { CHUNK, openContent, sealContent } from '../../../../core/host/backup/content.ts'
import { createBackupKey } from '../../../../core/host/backup/key.ts'
import { extractBackup, withContentKey } from '../../../../core/host/backup/read.ts'
import { writeBackup } from '../../../../core/host/backup/write.ts'
import { CHEAP, env, PASSPHRASE, scratchFolder } from './scratch.ts'

const folder = scratchFolder()
const MEBIBYTE = 1024 * 1024

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = []
  for await (const piece of source) pieces.push(piece)
  return pieces
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('the content of a backup', () => {
  test('is cut into chunks of which only the last is shorter, however it comes in', async () => {
    const key = env.random(32)
    for (const size of [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5]) {
      const bytes = env.random(size)
      for (const piece of [1000, CHUNK, 3 * CHUNK]) {
        const sealed = await collect(sealContent(key, inPieces(bytes, piece)))
        expect(sealed.length).toBe(Math.max(1, Math.ceil(size / CHUNK)))
        const path = join(folder, 'chunks')
        await writeFile(path, concat(env.random(7), ...sealed))
        const file = await open(path, 'r')
        expect(concat(...(await collect(openContent(key, file, 7))))).toEqual(bytes)
        await file.close()
      }
    }
  })

  test('takes no more memory when there is more of it', async () => {
    const size = 160 * MEBIBYTE
    const source = join(folder, 'large')
    await writeFile(source, '')
    await truncate(source, size)
    const key = await createBackupKey(env, PASSPHRASE, CHEAP)
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    const progress = () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    const about = {
      createdAt: 0,
      program: '0.0.0',
      media: true,
      content: { schema: 1, profiles: [], groups: [], members: 0, messages: 0, connections: 0 },
    }
    const path = join(folder, 'large-backup')
    const { contentKey } = await writeBackup(env, path, key, about, [{ name: 'large', path: source }], { progress })
    await rm(source)
    const target = join(folder, 'opened')
    const manifest = await extractBackup(path, withContentKey(contentKey), target, { progress })
    expect(manifest.entries[0]!.size).toBe(size)
    expect(most).toBeLessThan(80 * MEBIBYTE)
    await Promise.all([rm(path), rm(target, { recursive: true })])
  })
})
