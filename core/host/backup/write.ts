import { chmod, type FileHandle, open, rm } from 'node:fs/promises'
import { encode } from '../../codec/writer.ts'
import { generateKeyPair } from '../../crypto/keypair.ts'
import type { Env } from '../../env/env.ts'
import { sealContent } from './content.ts'
import { encodeHeader } from './header.ts'
import { type BackupKey, keyForWriting } from './key.ts'
import { encodeManifest, type Manifest } from './manifest.ts'
import { digestFile, readFilePieces } from './pieces.ts'
import { type ReadProgress, systemFailure, writeAll } from './read.ts'

/** A file to be put into a backup. */
export interface Source {
  /** Its name in the backup. */
  readonly name: string
  readonly path: string
}

export interface Written {
  readonly manifest: Manifest
  /** Opens this one file again without the passphrase: for its verification, right after it was written. */
  readonly contentKey: Uint8Array
}

export interface WriteOptions {
  readonly progress?: ReadProgress
  readonly signal?: AbortSignal
}

/**
 * Writes a new backup file, readable by its owner alone, and waits until the disk has it. Nothing is left of a file
 * that could not be finished. Errors: store `backup-file` (also where `path` exists), store `full`.
 */
export async function writeBackup(
  env: Env,
  path: string,
  key: BackupKey,
  about: Omit<Manifest, 'entries'>,
  sources: readonly Source[],
  options: WriteOptions = {},
): Promise<Written> {
  const entries = await Promise.all(
    sources.map(async ({ name, path: source }) => ({ name, ...(await digestFile(source)) })),
  )
  const manifest: Manifest = { ...about, entries }
  const ephemeral = generateKeyPair('X25519', env.random)
  const header = encodeHeader({ lock: key.lock, ephemeral: ephemeral.publicKey.raw })
  const contentKey = keyForWriting(key, ephemeral, header)

  let file: FileHandle
  try {
    file = await open(path, 'wx', 0o600)
  } catch (error) {
    throw systemFailure(path, error)
  }
  try {
    await chmod(path, 0o600)
    await writeAll(file, header)
    for await (const chunk of sealContent(contentKey, plainContent(manifest, sources, options))) {
      await writeAll(file, chunk)
    }
    await file.sync()
    await file.close()
  } catch (error) {
    await file.close().catch(() => {})
    await rm(path, { force: true })
    throw systemFailure(path, error)
  }
  return { manifest, contentKey }
}

/** u32 length ‖ manifest ‖ the files in its order. */
async function* plainContent(
  manifest: Manifest,
  sources: readonly Source[],
  { progress, signal }: WriteOptions,
): AsyncGenerator<Uint8Array, void> {
  const bytes = encodeManifest(manifest)
  yield encode((writer) => writer.u32(bytes.length).raw(bytes))
  const total = manifest.entries.reduce((sum, { size }) => sum + size, 0)
  let done = 0
  for (const [index, { path }] of sources.entries()) {
    for await (const piece of readFilePieces(path, manifest.entries[index]!.size)) {
      signal?.throwIfAborted()
      yield piece
      done += piece.length
      progress?.(done, total)
    }
  }
}
