import { equal } from '../../codec/bytes.ts'
import { CodecError, HearthError } from '../../codec/error.ts'
import { Reader } from '../../codec/reader.ts'
import { encode } from '../../codec/writer.ts'
import { ARGON2ID_SALT, type Argon2idCost } from '../../crypto/argon2id.ts'
import { sha256 } from '../../crypto/hash.ts'
import { XCHACHA_NONCE, XCHACHA_TAG } from '../../crypto/xchacha20-poly1305.ts'
import { damaged } from './failure.ts'

/**
 * The beginning of a backup file, version 1:
 *
 *     "hearth backup\n" ‖ u16 version ‖ u16 length of what follows
 *     u32 passes ‖ u32 memory in KiB ‖ salt(16)           Argon2id
 *     public key(32) ‖ nonce(24) ‖ wrapped keys(80)       the backup key, locked by the passphrase
 *     ephemeral public key(32)                            of this file
 *     SHA-256(32) of everything before
 *
 * The checksum tells a damaged file from a wrong passphrase. It keeps nobody from changing the header on purpose; that
 * the key of the content is derived from all of these bytes does.
 */
export interface BackupHeader {
  readonly lock: WrappedKeys
  readonly ephemeral: Uint8Array
}

/** What a passphrase opens: the private keys behind a backup key. */
export interface WrappedKeys {
  readonly cost: Argon2idCost
  readonly salt: Uint8Array
  /** X25519. */
  readonly publicKey: Uint8Array
  readonly nonce: Uint8Array
  readonly wrapped: Uint8Array
}

const MAGIC = 'hearth backup\n'
const VERSION = 1
const KEY = 32
/** Private key and origin key. */
export const WRAPPED = 2 * KEY + XCHACHA_TAG
const CHECKSUM = 32
const BODY = 4 + 4 + ARGON2ID_SALT + KEY + XCHACHA_NONCE + WRAPPED + KEY + CHECKSUM

/** Bytes of a header of version 1. */
export const HEADER_SIZE = MAGIC.length + 4 + BODY

/** A file that asks for more was not made by us, and would only tie up the machine. */
const MOST_PASSES = 64
const MOST_MEMORY = 1 << 20
/** Passes times KiB: some seconds. */
const MOST_WORK = 4 << 20
const LEAST_MEMORY = 8

export function encodeHeader({ lock, ephemeral }: BackupHeader): Uint8Array {
  const bytes = encode((writer) =>
    writer
      .literal(MAGIC)
      .u16(VERSION)
      .u16(BODY)
      .u32(lock.cost.passes)
      .u32(lock.cost.memory / 1024)
      .raw(lock.salt)
      .raw(lock.publicKey)
      .raw(lock.nonce)
      .raw(lock.wrapped)
      .raw(ephemeral),
  )
  return encode((writer) => writer.raw(bytes).raw(sha256(bytes)))
}

/**
 * Reads the first HEADER_SIZE bytes of a file, or fewer where it is shorter.
 * Errors: usage `no-backup`, usage `backup-newer`, store `backup-damaged`.
 */
export function decodeHeader(bytes: Uint8Array): BackupHeader {
  const reader = new Reader(bytes)
  if (!reader.accept(MAGIC)) throw new HearthError('usage', 'no-backup', 'this file is not a backup')
  try {
    const version = reader.u16()
    if (version > VERSION) {
      throw new HearthError('usage', 'backup-newer', 'this backup was made by a newer program: use that one')
    }
    if (version !== VERSION || reader.u16() !== BODY) throw damaged('its beginning makes no sense')
    const cost = { passes: reader.u32(), memory: reader.u32() * 1024 }
    const header: BackupHeader = {
      lock: {
        cost,
        salt: reader.raw(ARGON2ID_SALT),
        publicKey: reader.raw(KEY),
        nonce: reader.raw(XCHACHA_NONCE),
        wrapped: reader.raw(WRAPPED),
      },
      ephemeral: reader.raw(KEY),
    }
    const covered = bytes.subarray(0, reader.position)
    if (!equal(reader.raw(CHECKSUM), sha256(covered))) throw damaged('its beginning was changed')
    if (!affordable(cost)) throw damaged('what it asks of this machine is out of all proportion')
    return header
  } catch (error) {
    if (error instanceof CodecError) throw damaged('it is cut short')
    throw error
  }
}

function affordable({ passes, memory }: Argon2idCost): boolean {
  const kibibytes = memory / 1024
  const inRange = passes >= 1 && passes <= MOST_PASSES && kibibytes >= LEAST_MEMORY && kibibytes <= MOST_MEMORY
  return inRange && passes * kibibytes <= MOST_WORK
}
