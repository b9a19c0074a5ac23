import { utf8 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import { type PublicKey, readPublicKey, writePublicKey } from '../codec/keys.ts'
import { decode } from '../codec/reader.ts'
import { encode } from '../codec/writer.ts'
import { sha512 } from '../crypto/hash.ts'
import { encodeChunk } from './element.ts'
import type { RosterHeader } from './events/relay.ts'
import { idKey, type MemberId, type SharedMsgId } from './ids.ts'
import { MAX_MESSAGE, MAX_ROSTER_BLOB, MAX_ROSTER_ENTRIES } from './limits.ts'
import { isRosterRole, type MemberRole } from './roles.ts'

/** One promoted member in the owner-signed roster (chat §6.6). Owners are not in it. */
export interface RosterEntry {
  readonly memberId: MemberId
  readonly key: PublicKey<'Ed25519'>
  readonly role: MemberRole
}

/** Errors: `oversize` above 256 entries or 32768 bytes. */
export function encodeRoster(entries: readonly RosterEntry[]): Uint8Array {
  if (entries.length > MAX_ROSTER_ENTRIES) throw new CodecError('oversize', `${entries.length} roster entries`)
  const blob = encode((writer) => {
    writer.u16(entries.length)
    for (const entry of entries) {
      writer.short(entry.memberId)
      writePublicKey(writer, entry.key)
      writer.short(utf8(entry.role)).u16(0)
    }
  })
  if (blob.length > MAX_ROSTER_BLOB) throw new CodecError('oversize', `roster of ${blob.length} bytes`)
  return blob
}

/** Entries with other roles and repeated member ids are left out, the first of them wins. Privileges are ignored. */
export function decodeRoster(blob: Uint8Array): readonly RosterEntry[] {
  if (blob.length > MAX_ROSTER_BLOB) throw new CodecError('oversize', `roster of ${blob.length} bytes`)
  return decode(blob, (reader) => {
    const count = reader.u16()
    if (count > MAX_ROSTER_ENTRIES) throw new CodecError('oversize', `${count} roster entries`)
    const entries: RosterEntry[] = []
    const seen = new Set<string>()
    for (let i = 0; i < count; i++) {
      const memberId = reader.short()
      if (memberId.length === 0) throw new CodecError('range', 'empty member id')
      const key = readPublicKey(reader, 'Ed25519')
      const role = reader.text()
      reader.u16()
      const id = idKey(memberId)
      if (!isRosterRole(role) || seen.has(id)) continue
      seen.add(id)
      entries.push({ memberId, key, role })
    }
    return entries
  })
}

export function rosterDigest(blob: Uint8Array): Uint8Array {
  return sha512(blob)
}

/** The params of `x.grp.roster` for a blob. */
export function rosterHeader(version: number, blob: Uint8Array): RosterHeader {
  return { version, fileInv: { fileSize: blob.length, fileDigest: rosterDigest(blob) } }
}

/**
 * The chunks that carry a blob under the id of its header, as elements. Errors: `oversize` where the blob needs a full
 * chunk, which no message holds (chat §11.14): some 215 entries fit.
 */
export function rosterChunks(fileMsgId: SharedMsgId, blob: Uint8Array): readonly Uint8Array[] {
  const element = encodeChunk({ fileMsgId, chunkNo: 1, bytes: blob })
  if (element.length > MAX_MESSAGE) throw new CodecError('oversize', `roster of ${blob.length} bytes in one chunk`)
  return [element]
}
