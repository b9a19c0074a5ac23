import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { damaged, fileFailure } from './failure.ts'

/** Cuts a stream of bytes into what is asked for, without keeping more than one piece of it. */
export interface Pieces {
  /** Exactly `length` bytes at once. Errors: store `backup-damaged` where the stream ends before. */
  take(length: number): Promise<Uint8Array>
  /** The next `length` bytes, piece by piece. Errors as above. */
  stream(length: number): AsyncGenerator<Uint8Array, void>
  /** Errors: store `backup-damaged` where something follows. */
  end(): Promise<void>
}

export function piecesOf(source: AsyncIterable<Uint8Array>): Pieces {
  const iterator = source[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)

  /** False at the end. */
  async function refill(): Promise<boolean> {
    while (rest.length === 0) {
      const next = await iterator.next()
      if (next.done) return false
      rest = next.value
    }
    return true
  }

  async function* stream(length: number): AsyncGenerator<Uint8Array, void> {
    let left = length
    while (left > 0) {
      if (!(await refill())) throw damaged('it holds less than it says')
      const piece = rest.subarray(0, left)
      rest = rest.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  return {
    async take(length) {
      const bytes = new Uint8Array(length)
      let filled = 0
      for await (const piece of stream(length)) {
        bytes.set(piece, filled)
        filled += piece.length
      }
      return bytes
    },
    stream,
    async end() {
      if (await refill()) throw damaged('it holds more than it says')
    },
  }
}

const PIECE = 256 * 1024

/** The first `size` bytes of a file. Errors: store `backup-file`. */
export async function* readFilePieces(path: string, size: number): AsyncGenerator<Uint8Array, void> {
  const file = await open(path, 'r')
  try {
    let position = 0
    while (position < size) {
      const piece = new Uint8Array(Math.min(PIECE, size - position))
      const { bytesRead } = await file.read(piece, 0, piece.length, position)
      if (bytesRead === 0) throw fileFailure(path, new Error('it became shorter'))
      position += bytesRead
      yield piece.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

export interface FileDigest {
  readonly size: number
  /** SHA-256 in hex. */
  readonly hash: string
}

export async function digestFile(path: string): Promise<FileDigest> {
  const file = await open(path, 'r')
  const { size } = await file.stat().finally(() => file.close())
  const state = createHash('sha256')
  for await (const piece of readFilePieces(path, size)) state.update(piece)
  return { size, hash: state.digest('hex') }
}
