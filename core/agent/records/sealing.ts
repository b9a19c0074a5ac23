import { decode } from '../../codec/reader.ts'
import { Writer } from '../../codec/writer.ts'

/**
 * What a stored message keeps of the ratchet until it is encrypted, as one byte string:
 *
 *     u16 version ‖ short key(32) ‖ short iv(16) ‖ short previousHash ‖ header to the end
 */
export interface Sealing {
  readonly version: number
  readonly key: Uint8Array
  readonly iv: Uint8Array
  /** Encrypted header. */
  readonly header: Uint8Array
  /** Hash of the message before this one. */
  readonly previousHash: Uint8Array
}

export function encodeSealing(sealing: Sealing): Uint8Array {
  const writer = new Writer(sealing.header.length + 96)
  writer.u16(sealing.version).short(sealing.key).short(sealing.iv).short(sealing.previousHash)
  return writer.raw(sealing.header).done()
}

/** Errors: CodecError where the database holds something else. */
export function decodeSealing(bytes: Uint8Array): Sealing {
  return decode(bytes, (r) => ({
    version: r.u16(),
    key: r.short(),
    iv: r.short(),
    previousHash: r.short(),
    header: r.tail(),
  }))
}
