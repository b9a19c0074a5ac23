import { concat, utf8 } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import type { KeyPair, PrivateKey } from '../../codec/keys.ts'
import { encode } from '../../codec/writer.ts'
import { agree } from '../../crypto/agreement.ts'
import { ARGON2ID_SALT, type Argon2idCost, argon2id } from '../../crypto/argon2id.ts'
import { sha256 } from '../../crypto/hash.ts'
import { hkdf } from '../../crypto/hkdf.ts'
import { generateKeyPair, publicKeyOf } from '../../crypto/keypair.ts'
import { XCHACHA_KEY, XCHACHA_NONCE, xchachaOpen, xchachaSeal } from '../../crypto/xchacha20-poly1305.ts'
import type { Env } from '../../env/env.ts'
import type { WrappedKeys } from './header.ts'

/**
 * Who writes a backup does not know the passphrase. A host keeps:
 *
 * - the public half of an X25519 pair, whose private half only the passphrase opens: what it wrote, it cannot read;
 * - an origin key, also behind the passphrase: who merely finds a backup cannot forge another with its public key.
 *
 * Each file carries the wrapped private keys and has an ephemeral pair of its own.
 */
export interface BackupKey {
  readonly lock: WrappedKeys
  readonly origin: Uint8Array
  readonly createdAt: number
}

/** What the passphrase opens. */
export interface BackupSecret {
  readonly privateKey: PrivateKey<'X25519'>
  readonly origin: Uint8Array
}

/** About a second of one core; a machine with 1 GiB can spare the memory. */
const PASSPHRASE_COST: Argon2idCost = { passes: 6, memory: 128 * 1024 * 1024 }

const SHORTEST_PASSPHRASE = 8

/** Errors: usage `passphrase` where it is too short, crypto `memory`. */
export async function createBackupKey(
  env: Env,
  passphrase: string,
  cost: Argon2idCost = PASSPHRASE_COST,
): Promise<BackupKey> {
  if ([...passphrase].length < SHORTEST_PASSPHRASE) {
    throw new HearthError('usage', 'passphrase', `a passphrase has at least ${SHORTEST_PASSPHRASE} characters`)
  }
  const pair = generateKeyPair('X25519', env.random)
  const origin = env.random(32)
  const open = {
    cost,
    salt: env.random(ARGON2ID_SALT),
    publicKey: pair.publicKey.raw,
    nonce: env.random(XCHACHA_NONCE),
  }
  const wrapped = xchachaSeal(
    await passphraseKey(passphrase, open),
    open.nonce,
    associatedData(open),
    concat(pair.privateKey.raw, origin),
  )
  const key: BackupKey = { lock: { ...open, wrapped }, origin, createdAt: env.clock.now() }
  await openLock(key.lock, passphrase)
  return key
}

/** Errors: usage `wrong-passphrase`, crypto `memory`. */
export async function openLock(lock: WrappedKeys, passphrase: string): Promise<BackupSecret> {
  const key = await passphraseKey(passphrase, lock)
  let keys: Uint8Array
  try {
    keys = xchachaOpen(key, lock.nonce, associatedData(lock), lock.wrapped)
  } catch (error) {
    throw new HearthError('usage', 'wrong-passphrase', 'this is not the passphrase of the backup', false, {
      cause: error,
    })
  }
  return { privateKey: { algorithm: 'X25519', raw: keys.subarray(0, 32) }, origin: keys.subarray(32) }
}

/** The key of a new file's content, from its ephemeral pair. */
export function keyForWriting(key: BackupKey, ephemeral: KeyPair<'X25519'>, header: Uint8Array): Uint8Array {
  const recipient = { algorithm: 'X25519', raw: key.lock.publicKey } as const
  return contentKey(agree(ephemeral.privateKey, recipient), key.origin, header)
}

/** The same key from the passphrase's side. Errors: crypto `agreement`. */
export function keyForReading(secret: BackupSecret, ephemeral: Uint8Array, header: Uint8Array): Uint8Array {
  return contentKey(agree(secret.privateKey, { algorithm: 'X25519', raw: ephemeral }), secret.origin, header)
}

/** False where the public key of `lock` is not the one of the private key in it. */
export function keysMatch(lock: WrappedKeys, { privateKey }: BackupSecret): boolean {
  return Buffer.compare(publicKeyOf(privateKey).raw, lock.publicKey) === 0
}

function contentKey(shared: Uint8Array, origin: Uint8Array, header: Uint8Array): Uint8Array {
  return hkdf(sha256(header), concat(shared, origin), 'hearth backup 1 content', XCHACHA_KEY)
}

/** However a keyboard composes its characters, it is the same passphrase. */
function passphraseKey(passphrase: string, { salt, cost }: Pick<WrappedKeys, 'salt' | 'cost'>): Promise<Uint8Array> {
  return argon2id(utf8(passphrase.normalize('NFKC')), salt, cost, XCHACHA_KEY)
}

function associatedData({ cost, salt, publicKey }: Omit<WrappedKeys, 'wrapped' | 'nonce'>): Uint8Array {
  return encode((writer) =>
    writer
      .literal('hearth backup 1 lock')
      .u32(cost.passes)
      .u32(cost.memory / 1024)
      .raw(salt)
      .raw(publicKey),
  )
}
