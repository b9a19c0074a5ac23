import { createHash } from 'node:crypto'
import { chmod, type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Reader } from '../../codec/reader.ts'
import { openContent, readExactly } from './content.ts'
import { damaged, fileFailure } from './failure.ts'
import { type BackupHeader, decodeHeader, HEADER_SIZE } from './header.ts'
import { keyForReading, openLock } from './key.ts'
import { decodeManifest, LARGEST_MANIFEST, type Manifest, type ManifestEntry } from './manifest.ts'
import { type Pieces, piecesOf } from './pieces.ts'

/** Finds the key of a file's content from its header. Errors: usage `wrong-passphrase`, crypto `memory`. */
export type Unlock = (header: BackupHeader, bytes: Uint8Array) => Promise<Uint8Array>

export function withPassphrase(passphrase: string): Unlock {
  return async (header, bytes) => keyForReading(await openLock(header.lock, passphrase), header.ephemeral, bytes)
}

export function withContentKey(key: Uint8Array): Unlock {
  return () => Promise.resolve(key)
}

/** Bytes of the files in the backup that are done, and of all of them. */
export type ReadProgress = (done: number, total: number) => void

export interface ReadOptions {
  readonly progress?: ReadProgress
  readonly signal?: AbortSignal
}

/** Errors: usage `no-backup`, `backup-newer`; store `backup-damaged`, `backup-file`. */
export function readHeader(path: string): Promise<BackupHeader> {
  return withFile(path, async (file) => (await headerOf(file)).header)
}

/** What a backup says about itself; only its beginning is read. Errors: those of `readHeader` and of `unlock`. */
export function readManifest(path: string, unlock: Unlock): Promise<Manifest> {
  return withFile(path, async (file) => (await begin(file, unlock)).manifest)
}

/**
 * Reads the whole file, checks every byte of it and writes what it holds into `folder`, readable by its owner alone.
 * What is there already is not overwritten. Errors: those of `readManifest`, store `full`.
 */
export function extractBackup(
  path: string,
  unlock: Unlock,
  folder: string,
  options: ReadOptions = {},
): Promise<Manifest> {
  return withFile(path, async (file) => {
    const { manifest, pieces } = await begin(file, unlock)
    const total = manifest.entries.reduce((sum, { size }) => sum + size, 0)
    let done = 0
    for (const entry of manifest.entries) {
      await extractEntry(entry, pieces, join(folder, entry.name), (count) => {
        options.signal?.throwIfAborted()
        done += count
        options.progress?.(done, total)
      })
    }
    await pieces.end()
    return manifest
  })
}

async function extractEntry(
  entry: ManifestEntry,
  pieces: Pieces,
  target: string,
  count: (bytes: number) => void,
): Promise<void> {
  const hash = createHash('sha256')
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const out = await open(target, 'wx', 0o600)
    try {
      for await (const piece of pieces.stream(entry.size)) {
        hash.update(piece)
        await writeAll(out, piece)
        count(piece.length)
      }
      await out.sync()
    } finally {
      await out.close()
    }
    await chmod(target, 0o600)
  } catch (error) {
    throw systemFailure(target, error)
  }
  if (hash.digest('hex') !== entry.hash) throw damaged(`${entry.name} is not what was put in`)
}

/** `write` may take less than it was given. */
export async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0
  while (written < bytes.length) written += (await file.write(bytes, written, bytes.length - written)).bytesWritten
}

/** Errors of the system become ours; an abort and our own errors stay what they are. */
export function systemFailure(path: string, error: unknown): unknown {
  return typeof (error as NodeJS.ErrnoException).code === 'string' ? fileFailure(path, error) : error
}

interface Opened {
  readonly manifest: Manifest
  /** What follows the manifest. */
  readonly pieces: Pieces
}

async function begin(file: FileHandle, unlock: Unlock): Promise<Opened> {
  const { header, bytes } = await headerOf(file)
  const pieces = piecesOf(openContent(await unlock(header, bytes), file, HEADER_SIZE))
  const length = new Reader(await pieces.take(4)).u32()
  if (length > LARGEST_MANIFEST) throw damaged('its list of contents is too long')
  return { manifest: decodeManifest(await pieces.take(length)), pieces }
}

async function headerOf(file: FileHandle): Promise<{ header: BackupHeader; bytes: Uint8Array }> {
  const { size } = await file.stat()
  const bytes = await readExactly(file, 0, Math.min(size, HEADER_SIZE))
  return { header: decodeHeader(bytes), bytes }
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    throw fileFailure(path, error)
  }
  try {
    return await work(file)
  } catch (error) {
    throw systemFailure(path, error)
  } finally {
    await file.close()
  }
}
