import { CodecError, HearthError } from '../codec/error.ts'

const FILLER = 0x23

/**
 * `pad(m, n)` of smp §2.4: u16 length, message, `#` up to exactly `size` bytes.
 * Errors: crypto `large` where the message does not fit.
 */
export function pad(message: Uint8Array, size: number): Uint8Array {
  const padded = new Uint8Array(size)
  padInto(message, padded)
  return padded
}

/** `pad` into memory that the caller owns; fills all of `target`. */
export function padInto(message: Uint8Array, target: Uint8Array): void {
  const length = message.length
  if (length > 65533 || length + 2 > target.length) {
    throw new HearthError('crypto', 'large', `${length} bytes do not fit into ${target.length} padded bytes`)
  }
  target[0] = length >>> 8
  target[1] = length
  target.set(message, 2)
  target.fill(FILLER, length + 2)
}

/** The message inside padding, as a view. The filler is not looked at. */
export function unpad(padded: Uint8Array): Uint8Array {
  if (padded.length < 2) throw new CodecError('truncated', 'padding has no length')
  const length = (padded[0]! << 8) | padded[1]!
  if (length + 2 > padded.length) throw new CodecError('truncated', 'padding shorter than its message')
  return padded.subarray(2, length + 2)
}
