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

/** Takes the bytes of one file in a backup. */
export interface Sink {
  write(piece: Uint8Array): Promise<void>
  /** Called in any case, `whole` where every byte came. */
  close(whole: boolean): Promise<void>
}

/**
 * Reads the whole file, checks every byte of it and gives what it holds to `sinkOf`, file by file.
 * Errors: those of `readManifest` and of the sinks.
 */
export function readBackup(
  path: string,
  unlock: Unlock,
  sinkOf: (entry: ManifestEntry) => Promise<Sink>,
  options: ReadOptions = {},
): Promise<Manifest> {
  return withFile(path, async (file) => {
    const { manifest, pieces } = await begin(file, unlock)
    const total = manifest.entries.reduce((sum, { size }) => sum + size, 0)
    let done = 0
    for (const entry of manifest.entries) {
      await readEntry(entry, pieces, await sinkOf(entry), (count) => {
        options.signal?.throwIfAborted()
        done += count
        options.progress?.(done, total)
      })
    }
    await pieces.end()
    return manifest
  })
}

/**
 * The same into files of `folder`, readable by their owner alone. What is there already is not overwritten.
 * Errors: those of `readManifest`, store `full`.
 */
export function extractBackup(
  path: string,
  unlock: Unlock,
  folder: string,
  options: ReadOptions = {},
): Promise<Manifest> {
  return readBackup(path, unlock, ({ name }) => fileSink(join(folder, name)), options)
}

async function readEntry(
  entry: ManifestEntry,
  pieces: Pieces,
  sink: Sink,
  count: (bytes: number) => void,
): Promise<void> {
  const hash = createHash('sha256')
  let whole = false
  try {
    for await (const piece of pieces.stream(entry.size)) {
      hash.update(piece)
      await sink.write(piece)
      count(piece.length)
    }
    whole = true
  } finally {
    await sink.close(whole)
  }
  if (hash.digest('hex') !== entry.hash) throw damaged(`${entry.name} is not what was put in`)
}

async function fileSink(target: string): Promise<Sink> {
  const failing = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => Promise.reject(systemFailure(target, error)))
  await failing(mkdir(dirname(target), { recursive: true, mode: 0o700 }))
  const out = await failing(open(target, 'wx', 0o600))
  return {
    write: (piece) => failing(writeAll(out, piece)),
    close: (whole) =>
      failing(
        (async () => {
          if (whole) await out.sync().finally(() => out.close())
          else await out.close()
          await chmod(target, 0o600)
        })(),
      ),
  }
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
