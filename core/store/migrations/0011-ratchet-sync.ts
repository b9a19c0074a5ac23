/** Ratchets that are made anew (agent §9.2), and messages that wait for that: they have no keys yet. */
export const ratchetSyncMigration = `
ALTER TABLE connections ADD COLUMN sync TEXT NOT NULL DEFAULT 'ok';
ALTER TABLE ratchets ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snd_messages ADD COLUMN deferred INTEGER NOT NULL DEFAULT 0;
ALTER TABLE snd_messages ADD COLUMN message INTEGER;
ALTER TABLE snd_messages ADD COLUMN ad BLOB;
CREATE TABLE ratchet_syncs (
  conn INTEGER PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  private1 BLOB, private2 BLOB, started_at INTEGER, due INTEGER);
CREATE INDEX ratchet_syncs_due ON ratchet_syncs (due) WHERE due IS NOT NULL;
CREATE TABLE ratchet_key_hashes (
  seen INTEGER PRIMARY KEY AUTOINCREMENT,
  conn INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE, hash BLOB NOT NULL,
  UNIQUE (conn, hash))
`
