/** What a person keeps of super-peers and operators, and the owner's hourly figures (numbers only). */
export const hostMigration = `
CREATE TABLE operator_choices (operator TEXT PRIMARY KEY, enabled INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE known_super_peers (
  address TEXT PRIMARY KEY,
  name TEXT, image TEXT,
  custom INTEGER NOT NULL DEFAULT 0, enabled INTEGER,
  tested_at INTEGER, round_trip INTEGER, test_error TEXT,
  created_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE group_hours (
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  hour INTEGER NOT NULL,
  members INTEGER, waiting INTEGER,
  messages INTEGER NOT NULL DEFAULT 0, writers INTEGER NOT NULL DEFAULT 0, fresh INTEGER NOT NULL DEFAULT 0,
  joined INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,
  sent INTEGER NOT NULL DEFAULT 0, prompt INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (group_id, hour)) WITHOUT ROWID;

CREATE TABLE relay_hours (
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  member INTEGER NOT NULL, hour INTEGER NOT NULL,
  delivered INTEGER NOT NULL, lag INTEGER NOT NULL,
  PRIMARY KEY (group_id, hour, member)) WITHOUT ROWID
`
