import { fromLatin1 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import type { Reader } from '../codec/reader.ts'

const SPACE = 0x20

/** The ASCII word up to the next space or the end; the space stays (smp §1.1). */
export function readWord(reader: Reader): string {
  const { bytes, position } = reader
  const end = bytes.indexOf(SPACE, position)
  return fromLatin1(reader.raw((end === -1 ? bytes.length : end) - position))
}

/** The space between words. */
export function readSpace(reader: Reader): void {
  if (reader.peek() !== SPACE) throw new CodecError('syntax', 'space expected')
  reader.u8()
}
