import type { FileHandle } from 'node:fs/promises'
import { EMPTY } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import { XCHACHA_NONCE, XCHACHA_TAG, xchachaOpen, xchachaSeal } from '../../crypto/xchacha20-poly1305.ts'
import { damaged } from './failure.ts'

/**
 * The content of a backup file: chunks of 64 KiB, each XChaCha20-Poly1305 under the file's own key, with the nonce
 *
 *     0(15) ‖ u64 number of the chunk ‖ u8 1 for the last chunk, else 0
 *
 * (the STREAM construction). A chunk that is left out, doubled, moved or changed does not open, nor does a file that
 * ends early or goes on after its last chunk. Only the last chunk is shorter than the others, and it is never empty
 * unless the content is. Memory is bounded by a few chunks, whatever the size of the file.
 */
export const CHUNK = 65_536
const SEALED_CHUNK = CHUNK + XCHACHA_TAG

function nonceOf(number: number, last: boolean): Uint8Array {
  const nonce = new Uint8Array(XCHACHA_NONCE)
  new DataView(nonce.buffer).setBigUint64(15, BigInt(number))
  nonce[XCHACHA_NONCE - 1] = last ? 1 : 0
  return nonce
}

/** The sealed chunks of `content`. */
export async function* sealContent(
  key: Uint8Array,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let pending = new Uint8Array(CHUNK)
  let filled = 0
  let number = 0
  for await (const piece of content) {
    let rest = piece
    while (rest.length > 0) {
      // A full chunk is written only once something follows: until then it may be the last.
      if (filled === CHUNK) {
        yield xchachaSeal(key, nonceOf(number++, false), EMPTY, pending)
        pending = new Uint8Array(CHUNK)
        filled = 0
      }
      const taken = rest.subarray(0, CHUNK - filled)
      pending.set(taken, filled)
      filled += taken.length
      rest = rest.subarray(taken.length)
    }
  }
  yield xchachaSeal(key, nonceOf(number, true), EMPTY, pending.subarray(0, filled))
}

/** Opens the chunks of a file from `start` to its end. Errors: store `backup-damaged`. */
export async function* openContent(key: Uint8Array, file: FileHandle, start: number): AsyncGenerator<Uint8Array, void> {
  const { size } = await file.stat()
  let position = start
  for (let number = 0; ; number++) {
    const length = Math.min(SEALED_CHUNK, size - position)
    if (length < XCHACHA_TAG) throw damaged('it is cut short')
    const sealed = await readExactly(file, position, length)
    position += length
    const last = position === size
    yield openChunk(key, number, last, sealed)
    if (last) return
  }
}

function openChunk(key: Uint8Array, number: number, last: boolean, sealed: Uint8Array): Uint8Array {
  try {
    return xchachaOpen(key, nonceOf(number, last), EMPTY, sealed)
  } catch (error) {
    if (!(error instanceof HearthError)) throw error
    throw damaged(last ? 'it was changed or is cut short' : 'it was changed')
  }
}

/** Errors: store `backup-damaged` where the file ends before. */
export async function readExactly(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) throw damaged('it is cut short')
    filled += bytesRead
  }
  return bytes
}
