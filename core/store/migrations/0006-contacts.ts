/** Conversations of two: contacts, those who ask, own one-time links, messages (chat §2.2, §2.3). */
export const contactsMigration = `
CREATE TABLE contacts (
  contact INTEGER PRIMARY KEY AUTOINCREMENT,
  profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE,
  own_profile TEXT,
  status TEXT NOT NULL, conn INTEGER, link TEXT, request_id BLOB,
  name TEXT NOT NULL, content TEXT, version_min INTEGER, version_max INTEGER,
  profile_sent_at INTEGER NOT NULL DEFAULT 0,
  verified_code BLOB, verified_at INTEGER,
  muted INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0,
  read_message INTEGER NOT NULL DEFAULT 0, last_message INTEGER, error TEXT,
  created_at INTEGER NOT NULL, active_at INTEGER NOT NULL);
CREATE INDEX contacts_profile ON contacts (profile);

CREATE TABLE contact_requests (
  request INTEGER PRIMARY KEY AUTOINCREMENT,
  profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE,
  agent_request INTEGER NOT NULL, request_id BLOB,
  name TEXT NOT NULL, content TEXT NOT NULL, version_min INTEGER NOT NULL, version_max INTEGER NOT NULL,
  shared_msg_id BLOB, message TEXT,
  created_at INTEGER NOT NULL);
CREATE INDEX contact_requests_profile ON contact_requests (profile);

CREATE TABLE contact_invitations (
  invitation INTEGER PRIMARY KEY AUTOINCREMENT,
  profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE,
  own_profile TEXT, conn INTEGER NOT NULL, link TEXT NOT NULL, full_link TEXT NOT NULL, error TEXT,
  created_at INTEGER NOT NULL);
CREATE INDEX contact_invitations_profile ON contact_invitations (profile);

CREATE TABLE contact_messages (
  message INTEGER PRIMARY KEY AUTOINCREMENT,
  contact INTEGER NOT NULL REFERENCES contacts ON DELETE CASCADE,
  shared_msg_id BLOB NOT NULL, sent INTEGER NOT NULL,
  content TEXT NOT NULL, text TEXT NOT NULL, container TEXT, quoted_msg_id BLOB,
  state TEXT, agent_message INTEGER,
  time INTEGER NOT NULL, created_at INTEGER NOT NULL, edited_at INTEGER, deleted_at INTEGER,
  UNIQUE (contact, shared_msg_id));
CREATE INDEX contact_messages_contact ON contact_messages (contact, message);
CREATE INDEX contact_messages_agent ON contact_messages (contact, agent_message) WHERE agent_message IS NOT NULL;

CREATE TABLE contact_reactions (
  message INTEGER NOT NULL REFERENCES contact_messages ON DELETE CASCADE,
  own INTEGER NOT NULL, reaction_key TEXT NOT NULL, reaction TEXT NOT NULL, time INTEGER NOT NULL,
  PRIMARY KEY (message, own, reaction_key)) WITHOUT ROWID
`
