import { join } from 'node:path'
import { z } from 'zod'
import { base64url, fromBase64url } from '../../codec/base64url.ts'
import { HearthError } from '../../codec/error.ts'
import { ARGON2ID_SALT } from '../../crypto/argon2id.ts'
import { XCHACHA_NONCE } from '../../crypto/xchacha20-poly1305.ts'
import { readIfPresent, writePrivate } from '../files.ts'
import { BACKUP_KEY_FILE } from './folder.ts'
import { WRAPPED } from './header.ts'
import type { BackupKey } from './key.ts'

/** The backup key in a host's folder: with it the host makes backups that only the passphrase opens. */

const KEY = 32

function bytes(size: number) {
  return z.string().transform((text, context) => {
    const value = /^[A-Za-z0-9_-]*=*$/.test(text) ? fromBase64url(text) : undefined
    if (value?.length === size) return value
    context.addIssue({ code: 'custom', message: `${size} bytes expected` })
    return z.NEVER
  })
}

const schema = z.object({
  version: z.literal(1),
  createdAt: z.number().int().nonnegative(),
  passes: z.number().int().positive(),
  memory: z.number().int().positive(),
  salt: bytes(ARGON2ID_SALT),
  publicKey: bytes(KEY),
  nonce: bytes(XCHACHA_NONCE),
  wrapped: bytes(WRAPPED),
  origin: bytes(KEY),
})

/** Undefined where no passphrase was ever set. Errors: usage `backup-key` where the file cannot be understood. */
export function loadBackupKey(folder: string): BackupKey | undefined {
  const text = readIfPresent(join(folder, BACKUP_KEY_FILE))
  if (text === undefined) return undefined
  try {
    const { passes, memory, origin, createdAt, version: _, ...lock } = schema.parse(JSON.parse(text))
    return { lock: { cost: { passes, memory }, ...lock }, origin, createdAt }
  } catch (error) {
    const what = `${BACKUP_KEY_FILE} cannot be read: set a passphrase anew`
    throw new HearthError('usage', 'backup-key', what, false, { cause: error })
  }
}

/** Replaces the key: backups made before keep the passphrase that they were made with. */
export function saveBackupKey(folder: string, { lock, origin, createdAt }: BackupKey): void {
  const stored = {
    version: 1,
    createdAt,
    ...lock.cost,
    salt: base64url(lock.salt),
    publicKey: base64url(lock.publicKey),
    nonce: base64url(lock.nonce),
    wrapped: base64url(lock.wrapped),
    origin: base64url(origin),
  }
  writePrivate(join(folder, BACKUP_KEY_FILE), `${JSON.stringify(stored, null, 2)}\n`)
}
