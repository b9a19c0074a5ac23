import sodium from 'sodium-native'
import { HearthError } from '../codec/error.ts'

/** What guessing a passphrase costs (RFC 9106, one lane). */
export interface Argon2idCost {
  /** 1 to 2^32 - 1. */
  readonly passes: number
  /** Bytes, a multiple of 1024, at least 8192. */
  readonly memory: number
}

export const ARGON2ID_SALT = 16

/**
 * Argon2id version 1.3, in a thread of the pool; `size` bytes come out.
 * Errors: crypto `memory`, temporary, where the machine cannot spare what the cost asks for.
 */
export async function argon2id(
  passphrase: Uint8Array,
  salt: Uint8Array,
  { passes, memory }: Argon2idCost,
  size: number,
): Promise<Uint8Array> {
  const key = new Uint8Array(size)
  try {
    await sodium.crypto_pwhash_async(key, passphrase, salt, passes, memory, sodium.crypto_pwhash_ALG_ARGON2ID13)
  } catch (error) {
    const wanted = Math.ceil(memory / 1048576)
    throw new HearthError('crypto', 'memory', `there is no room for ${wanted} MiB at present`, true, { cause: error })
  }
  return key
}
