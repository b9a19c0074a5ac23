/** Which of possibly many copies of this database is in use (docs/backup.md). */
export const instanceMigration = `
CREATE TABLE instance (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id BLOB NOT NULL, claim INTEGER NOT NULL, state TEXT NOT NULL,
  origin BLOB, backup_created_at INTEGER, restored_at INTEGER,
  take_over INTEGER NOT NULL DEFAULT 0, renew INTEGER NOT NULL DEFAULT 0,
  run INTEGER NOT NULL DEFAULT 0, run_id BLOB NOT NULL, next_run_id BLOB,
  stopped INTEGER NOT NULL DEFAULT 0,
  other_at INTEGER, mark TEXT)
`
