import Sqlite from 'better-sqlite3'
import { base64url } from '../../codec/base64url.ts'
import { equal } from '../../codec/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import { publicKeyOf } from '../../crypto/keypair.ts'
import { damaged } from './failure.ts'
import type { BackedUpGroup, BackupContent } from './manifest.ts'

/**
 * Work on a copy of a host's database that nobody else has open. It reads every page and takes its time: run it in a
 * thread (`copy-thread.ts`).
 */

/** Its path, or the whole of it. */
export type DatabaseCopy = string | Uint8Array

/** Takes pictures in messages out, makes the copy one compact file, and says what is in it. */
export function prepareCopy(path: string, { media }: { readonly media: boolean }): BackupContent {
  return withCopy(path, (db) => {
    // One file without a journal beside it.
    db.pragma('journal_mode = DELETE')
    if (!media) {
      db.transaction(removePictures)(db)
      db.exec('VACUUM')
    }
    return describe(db)
  })
}

/** Checks that SQLite finds no fault in the copy, and says what is in it. Errors: store `backup-damaged`. */
export function inspectCopy(copy: DatabaseCopy): BackupContent {
  return withCopy(copy, (db) => {
    const result = db.pragma('integrity_check(1)', { simple: true })
    if (result !== 'ok') throw damaged('its database is not in order')
    return describe(db)
  })
}

/** Opens a copy that stays as it is, in memory or not. */
export function openCopy(copy: DatabaseCopy): Sqlite.Database {
  if (typeof copy === 'string') return new Sqlite(copy, { fileMustExist: true })
  return new Sqlite(Buffer.from(copy.buffer, copy.byteOffset, copy.length))
}

function withCopy<T>(copy: DatabaseCopy, work: (db: Sqlite.Database) => T): T {
  let db: Sqlite.Database | undefined
  try {
    db = openCopy(copy)
    db.pragma('locking_mode = EXCLUSIVE')
    return work(db)
  } catch (error) {
    if (error instanceof Sqlite.SqliteError && DAMAGE.has(error.code)) throw damaged('its database is not in order')
    throw error
  } finally {
    db?.close()
  }
}

const DAMAGE: ReadonlySet<string> = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_ERROR'])

/**
 * The pictures that messages carry inside them (chat §2.5), in quotes and link cards too. What a super-peer keeps for
 * others stays as it was signed. Pictures of profiles and groups stay: they are part of who somebody is.
 */
function removePictures(db: Sqlite.Database): void {
  const own = `group_id IN (SELECT group_id FROM groups WHERE part <> 'super-peer')`
  for (const { column, path } of [
    { column: 'content', path: '$.image' },
    { column: 'content', path: '$.preview.image' },
    { column: 'container', path: '$.quote.content.image' },
    { column: 'container', path: '$.quote.content.preview.image' },
  ]) {
    db.exec(
      `UPDATE chat_messages SET ${column} = json_set(${column}, '${path}', ''), body = NULL, signature = NULL
       WHERE ${own} AND json_valid(${column}) AND json_extract(${column}, '${path}') > ''`,
    )
  }
}

interface GroupRow {
  readonly part: BackedUpGroup['part']
  readonly status: string
  readonly group_profile: string
  readonly public_group_id: Buffer | null
  readonly root_public: Buffer | null
  readonly root_private: Buffer | null
  readonly messages: number
}

function describe(db: Sqlite.Database): BackupContent {
  const number = (sql: string): number => db.prepare<[], number>(sql).pluck().get() ?? 0
  const groups = db
    .prepare<[], GroupRow>(
      `SELECT part, status, group_profile, public_group_id, root_public, root_private,
        (SELECT count(*) FROM chat_messages m WHERE m.group_id = g.group_id) AS messages
       FROM groups g ORDER BY group_id`,
    )
    .all()
  const profiles = db
    .prepare<[], string>('SELECT content FROM profiles WHERE hidden = 0 ORDER BY profile')
    .pluck()
    .all()
  return {
    schema: number('SELECT version FROM schema_version'),
    profiles: profiles.map(displayName),
    groups: groups.map((row) => ({
      name: displayName(row.group_profile),
      part: row.part,
      status: row.status,
      publicGroupId: row.public_group_id && base64url(row.public_group_id),
      controls: controls(row),
      messages: row.messages,
    })),
    members: number('SELECT count(*) FROM group_members'),
    messages: number('SELECT count(*) FROM chat_messages'),
    connections: number('SELECT count(*) FROM connections'),
  }
}

/** The private root key belongs to the public one, and that one is the group (chat §4.1). */
function controls({ public_group_id, root_public, root_private }: GroupRow): boolean {
  if (public_group_id === null || root_public === null || root_private === null || root_private.length !== 32) {
    return false
  }
  const own = publicKeyOf({ algorithm: 'Ed25519', raw: root_private })
  return equal(own.raw, root_public) && equal(sha256(own.raw), public_group_id)
}

function displayName(profile: string): string {
  const value: unknown = JSON.parse(profile)
  const name = (value as { readonly displayName?: unknown } | null)?.displayName
  return typeof name === 'string' ? name : ''
}
