import { chmodSync, closeSync, openSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { HearthError } from '../codec/error.ts'

const VERSION = 1
/** A message of full size just fits a page, so that taking it in and letting it go touches one page. */
const PAGE_SIZE = 16_384
/** Short-lived messages are mostly gone again before a checkpoint would copy them into the database. */
const CHECKPOINT_BYTES = 32 << 20
/** Milliseconds that a predecessor may take to let go of the database. */
const LOCK_PATIENCE = 1000
const CACHE_KIB = 32 << 10

/**
 * Opens (and creates) the router's database. Errors: store `locked` where another process has it open, `newer` where a
 * newer program wrote it.
 */
export function openDatabase(path: string): Sqlite.Database {
  // SQLite gives its journal the same rights as the database file.
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  const db = new Sqlite(path, { timeout: LOCK_PATIENCE })
  try {
    db.pragma(`page_size = ${PAGE_SIZE}`)
    db.pragma('locking_mode = EXCLUSIVE')
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_BYTES / PAGE_SIZE}`)
    db.pragma(`journal_size_limit = ${2 * CHECKPOINT_BYTES}`)
    db.pragma(`cache_size = -${CACHE_KIB}`)
    db.exec('BEGIN IMMEDIATE; COMMIT')
  } catch (error) {
    db.close()
    throw new HearthError('store', 'locked', 'the router database is in use by another process', true, { cause: error })
  }
  const version = db.pragma('user_version', { simple: true }) as number
  if (version > VERSION) {
    db.close()
    throw new HearthError('store', 'newer', 'a newer version of the router has used this folder')
  }
  if (version < VERSION) db.exec(`BEGIN; ${SCHEMA}; PRAGMA user_version = ${VERSION}; COMMIT`)
  return db
}

/**
 * This build of SQLite (`ENABLE_STAT4`) plans a query anew for each value of a parameter that it could have statistics
 * about, which costs ten times what the query does; the sign hides the parameter from it. No literal may have a `?`.
 */
export function planOnce(sql: string): string {
  return sql.replaceAll('?', '+?')
}

/** Keys and ids as on the wire; times in seconds, days since 1970. */
const SCHEMA = `
  CREATE TABLE queue (
    id INTEGER PRIMARY KEY,
    recipient_id BLOB NOT NULL UNIQUE,
    sender_id BLOB NOT NULL UNIQUE,
    recipient_keys BLOB NOT NULL,
    secret BLOB NOT NULL,
    sender_key BLOB,
    mode TEXT,
    off INTEGER NOT NULL,
    used_day INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE link (
    queue INTEGER PRIMARY KEY REFERENCES queue (id),
    link_id BLOB NOT NULL UNIQUE,
    fixed BLOB NOT NULL,
    user BLOB NOT NULL
  ) STRICT;

  -- body stands last: whether it is NULL (a quota marker) is known without reading it
  CREATE TABLE message (
    seq INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    msg_id BLOB NOT NULL,
    time INTEGER NOT NULL,
    notification INTEGER NOT NULL,
    body BLOB
  ) STRICT;

  CREATE INDEX message_queue ON message (queue);
`
