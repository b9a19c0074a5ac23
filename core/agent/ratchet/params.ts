import { CodecError } from '../../codec/error.ts'
import { type PublicKey, readPublicKey, writePublicKey } from '../../codec/keys.ts'
import type { Reader } from '../../codec/reader.ts'
import { readVersionRange, type VersionRange, writeVersionRange } from '../../codec/version.ts'
import type { Writer } from '../../codec/writer.ts'
import { type KemParams, readKemParams, writeKemParams } from './kem.ts'

/** Versions of the end-to-end encryption that we announce (agent §1.1). */
export const E2E_VERSIONS: VersionRange = { min: 2, max: 3 }
/** The first version with a KEM and with two-byte lengths. */
export const E2E_KEM_VERSION = 3

/** One side's keys for the key agreement, with one version (agent §3.1), as in envelopes `C` and `R`. */
export interface E2eParams {
  readonly version: number
  readonly key1: PublicKey<'X448'>
  readonly key2: PublicKey<'X448'>
  readonly kem: KemParams | undefined
}

/** The same with a version range, as in links (agent §2.2, §2.3). */
export interface E2eLinkParams {
  readonly versions: VersionRange
  readonly key1: PublicKey<'X448'>
  readonly key2: PublicKey<'X448'>
  readonly kem: KemParams | undefined
}

/** Version 2 has no KEM marker at all. */
export function writeE2eParams(writer: Writer, params: E2eParams): void {
  writer.u16(params.version)
  writePublicKey(writer, params.key1)
  writePublicKey(writer, params.key2)
  if (params.version >= E2E_KEM_VERSION) writer.optional(params.kem, writeKemParams)
}

export function readE2eParams(reader: Reader): E2eParams {
  return reader.all((r) => {
    const version = r.u16()
    const key1 = readPublicKey(r, 'X448')
    const key2 = readPublicKey(r, 'X448')
    const kem = version >= E2E_KEM_VERSION ? r.optional(readKemParams) : undefined
    return { version, key1, key2, kem }
  })
}

/** Unlike in envelopes the KEM marker is always there. */
export function writeE2eLinkParams(writer: Writer, params: E2eLinkParams): void {
  writeVersionRange(writer, params.versions)
  writePublicKey(writer, params.key1)
  writePublicKey(writer, params.key2)
  writer.optional(params.kem, writeKemParams)
}

export function readE2eLinkParams(reader: Reader): E2eLinkParams {
  return reader.all((r) => ({
    versions: readVersionRange(r),
    key1: readPublicKey(r, 'X448'),
    key2: readPublicKey(r, 'X448'),
    kem: proposedOnly(r.optional(readKemParams)),
  }))
}

/** In links and ratchet key messages nothing can have been accepted yet. */
export function proposedOnly(kem: KemParams | undefined): KemParams | undefined {
  if (kem?.kind === 'accepted') throw new CodecError('syntax', 'KEM parameters must be a proposal')
  return kem
}
