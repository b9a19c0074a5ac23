import { type PublicKey, readPublicKey, writePublicKey } from '../../codec/keys.ts'
import { decode, Reader } from '../../codec/reader.ts'
import { encode, type Writer } from '../../codec/writer.ts'
import { GCM_TAG } from '../../crypto/gcm.ts'
import { type KemParams, readKemParams, writeKemParams } from './kem.ts'
import { E2E_KEM_VERSION } from './params.ts'

/**
 * The layout of a ratchet message (agent §4.4). `L` is a one-byte length in version 2 and a two-byte length from 3.
 *
 *     message   = L(encHeader) ‖ tag(16) ‖ ciphertext
 *     encHeader = u16 version ‖ headerIv(16) ‖ tag(16) ‖ L(header ciphertext)
 *     header    = u16 maxVersion ‖ short(X448 key, DER) ‖ [from 3: maybe KEM] ‖ u32 PN ‖ u32 Ns
 */
export interface MessageHeader {
  readonly maxVersion: number
  readonly dh: PublicKey<'X448'>
  readonly kem: KemParams | undefined
  readonly previousCount: number
  readonly number: number
}

export interface EncryptedHeader {
  readonly version: number
  readonly iv: Uint8Array
  readonly tag: Uint8Array
  readonly ciphertext: Uint8Array
}

export interface EncryptedMessage {
  /** Complete encoded header without its outer length: part of the associated data of the body. */
  readonly encHeader: Uint8Array
  readonly tag: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Padded size of a header, before encryption. */
export function paddedHeaderSize(version: number, supportKem: boolean): number {
  return supportKem && version >= E2E_KEM_VERSION ? 2310 : 88
}

export function encodeHeader(version: number, header: MessageHeader): Uint8Array {
  return encode((w) => {
    w.u16(header.maxVersion)
    writePublicKey(w, header.dh)
    if (version >= E2E_KEM_VERSION) w.optional(header.kem, writeKemParams)
    w.u32(header.previousCount).u32(header.number)
  })
}

/** What follows is left to later versions: the padding has room for it. */
export function decodeHeader(version: number, bytes: Uint8Array): MessageHeader {
  const r = new Reader(bytes)
  return {
    maxVersion: r.u16(),
    dh: readPublicKey(r, 'X448'),
    kem: version >= E2E_KEM_VERSION ? r.optional(readKemParams) : undefined,
    previousCount: r.u32(),
    number: r.u32(),
  }
}

export function encodeEncryptedHeader(header: EncryptedHeader): Uint8Array {
  return encode((w) => {
    w.u16(header.version).raw(header.iv).raw(header.tag)
    writeSized(w, header.version, header.ciphertext)
  })
}

export function decodeEncryptedHeader(bytes: Uint8Array): EncryptedHeader {
  return decode(bytes, (r) => ({
    version: r.u16(),
    iv: r.raw(16),
    tag: r.raw(GCM_TAG),
    ciphertext: readSized(r),
  }))
}

/** Size of everything before the ciphertext in a message with this header. */
export function messagePrefixSize(version: number, encHeader: Uint8Array): number {
  return (version >= E2E_KEM_VERSION ? 2 : 1) + encHeader.length + GCM_TAG
}

export function decodeMessage(bytes: Uint8Array): EncryptedMessage {
  const reader = new Reader(bytes)
  return { encHeader: readSized(reader), tag: reader.raw(GCM_TAG), ciphertext: reader.tail() }
}

export function writeSized(writer: Writer, version: number, bytes: Uint8Array): void {
  if (version >= E2E_KEM_VERSION) writer.large(bytes)
  else writer.short(bytes)
}

/** A first byte below 32 begins a two-byte length: headers are never shorter than 32 nor longer than 8191 bytes. */
function readSized(reader: Reader): Uint8Array {
  const first = reader.peek()
  return first !== undefined && first < 32 ? reader.large() : reader.short()
}
