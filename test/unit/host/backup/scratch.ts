import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { HearthError } from '../../../../core/codec/error.ts'
import type { Argon2idCost } from '../../../../core/crypto/argon2id.ts'
import { realEnv } from '../../../../core/env/real.ts'
import { silentLog } from '../../../../core/env/silent.ts'

/** What tests of backups share. */
export const env = realEnv({ log: silentLog })
export const CHEAP: Argon2idCost = { passes: 1, memory: 8192 }
export const PASSPHRASE = 'nine bean rows will I have there'

/** A folder that is gone after the tests of the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-backup-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** `kind code` of what `work` is refused with. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof HearthError) return `${error.kind} ${error.code}`
    throw error
  }
  return 'nothing'
}
