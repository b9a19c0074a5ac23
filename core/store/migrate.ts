import { HearthError } from '../codec/error.ts'
import { agentMigration } from './migrations/0001-agent.ts'
import { chatMigration } from './migrations/0002-chat.ts'
import { superpeerMigration } from './migrations/0003-superpeer.ts'
import { hostMigration } from './migrations/0004-host.ts'
import { instanceMigration } from './migrations/0005-instance.ts'
import { contactsMigration } from './migrations/0006-contacts.ts'
import { blocksMigration } from './migrations/0007-blocks.ts'
import { commonRoleMigration } from './migrations/0008-common-role.ts'
import { acceptedMigration } from './migrations/0009-accepted.ts'
import { expiryMigration } from './migrations/0010-expiry.ts'
import { ratchetSyncMigration } from './migrations/0011-ratchet-sync.ts'
import { renewalMigration } from './migrations/0012-renewal.ts'
import { jobExpiryMigration } from './migrations/0013-job-expiry.ts'

/** One numbered step of the schema; its number is its place in the list, counted from 1. Landed steps never change. */
const MIGRATIONS: readonly string[] = [
  agentMigration,
  chatMigration,
  superpeerMigration,
  hostMigration,
  instanceMigration,
  contactsMigration,
  blocksMigration,
  commonRoleMigration,
  acceptedMigration,
  expiryMigration,
  ratchetSyncMigration,
  renewalMigration,
  jobExpiryMigration,
]

/** Of a transaction, the one thing that is needed here. */
interface VersionReader {
  get<Row>(sql: string): Promise<Row | undefined>
}

/**
 * Brings the schema to the newest version, one transaction for each step.
 * Errors: store `newer` where the database was written by a newer program.
 */
export async function migrate(tx: VersionReader, execute: (sql: string) => void): Promise<void> {
  execute('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)')
  const row = await tx.get<{ version: number }>('SELECT version FROM schema_version')
  const version = row?.version ?? 0
  if (version > MIGRATIONS.length) {
    throw new HearthError(
      'store',
      'newer',
      `the database has version ${version}, this program knows ${MIGRATIONS.length}: use the newer program`,
    )
  }
  if (row === undefined) execute('INSERT INTO schema_version VALUES (0)')
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue
    execute(`BEGIN IMMEDIATE;\n${step};\nUPDATE schema_version SET version = ${index + 1};\nCOMMIT`)
  }
}
