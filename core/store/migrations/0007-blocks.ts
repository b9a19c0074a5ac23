/** Groups whose invitations to serve a person does not want to hear of. */
export const blocksMigration = `
CREATE TABLE serving_blocks (
  serving_block INTEGER PRIMARY KEY AUTOINCREMENT,
  link_key BLOB NOT NULL UNIQUE, link TEXT NOT NULL,
  name TEXT, image TEXT, owner TEXT NOT NULL,
  refused INTEGER NOT NULL DEFAULT 0, last_at INTEGER,
  created_at INTEGER NOT NULL)
`
