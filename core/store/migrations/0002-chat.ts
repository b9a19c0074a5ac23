/** Profiles, groups, members, messages and what own messages still owe to super-peers (chat §10). */
export const chatMigration = `
CREATE TABLE profiles (
  profile INTEGER PRIMARY KEY AUTOINCREMENT,
  content TEXT NOT NULL,
  super_peer INTEGER NOT NULL DEFAULT 0, hidden INTEGER NOT NULL DEFAULT 0,
  address_conn INTEGER, address_link TEXT,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);

CREATE TABLE conn_bindings (conn INTEGER PRIMARY KEY, kind TEXT NOT NULL, reference INTEGER NOT NULL);
CREATE INDEX conn_bindings_reference ON conn_bindings (kind, reference);

CREATE TABLE groups (
  group_id INTEGER PRIMARY KEY AUTOINCREMENT,
  profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE,
  part TEXT NOT NULL, status TEXT NOT NULL,
  link TEXT NOT NULL, public_group_id BLOB, group_profile TEXT NOT NULL,
  root_public BLOB, root_private BLOB,
  own_member INTEGER, own_member_id BLOB NOT NULL, own_key BLOB NOT NULL, own_profile TEXT,
  address_conn INTEGER, prepared_link TEXT,
  link_due_at INTEGER, published_count INTEGER,
  writers TEXT NOT NULL DEFAULT 'owners',
  member_count INTEGER NOT NULL DEFAULT 1,
  profile_sent_at INTEGER NOT NULL DEFAULT 0,
  roster_version INTEGER, roster_complete_version INTEGER,
  roster_header BLOB, roster_signature BLOB, roster_msg_id BLOB, roster_owner INTEGER, roster_time INTEGER,
  roster_blob BLOB,
  muted INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0,
  read_message INTEGER NOT NULL DEFAULT 0, last_message INTEGER, error TEXT,
  created_at INTEGER NOT NULL, active_at INTEGER NOT NULL);
CREATE INDEX groups_link ON groups (link);
CREATE INDEX groups_public_group_id ON groups (public_group_id);
CREATE INDEX groups_profile ON groups (profile);

CREATE TABLE group_members (
  member INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  member_id BLOB, role TEXT NOT NULL, role_signed INTEGER NOT NULL DEFAULT 0,
  category TEXT NOT NULL, status TEXT NOT NULL, blocked INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL, content TEXT NOT NULL, profile_known INTEGER NOT NULL DEFAULT 1,
  key BLOB, key_origin TEXT,
  version_min INTEGER, version_max INTEGER,
  conn INTEGER, relay_link TEXT,
  created_at INTEGER NOT NULL, joined_at INTEGER, wrote_at INTEGER, removed_at INTEGER,
  UNIQUE (group_id, member_id));
CREATE INDEX group_members_conn ON group_members (conn) WHERE conn IS NOT NULL;
CREATE INDEX group_members_group ON group_members (group_id, member);
CREATE INDEX group_members_role ON group_members (group_id, role);

CREATE TABLE group_relays (
  member INTEGER PRIMARY KEY REFERENCES group_members ON DELETE CASCADE,
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  status TEXT NOT NULL, address TEXT, confirmation INTEGER,
  ready INTEGER NOT NULL DEFAULT 0, roster_sent INTEGER, announced INTEGER NOT NULL DEFAULT 0,
  capabilities TEXT, published_role TEXT,
  attempts INTEGER NOT NULL DEFAULT 0, retry_at INTEGER, error TEXT,
  new_at INTEGER, invited_at INTEGER, accepted_at INTEGER, verified_at INTEGER, connected_at INTEGER,
  acknowledged_at INTEGER, active_at INTEGER, ended_at INTEGER, seen_at INTEGER);
CREATE INDEX group_relays_group ON group_relays (group_id);

CREATE TABLE chat_events (
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  shared_msg_id BLOB NOT NULL,
  event TEXT NOT NULL, sender INTEGER, message INTEGER, signed INTEGER NOT NULL DEFAULT 0,
  digest BLOB, copies_differ INTEGER NOT NULL DEFAULT 0, received_at INTEGER NOT NULL,
  PRIMARY KEY (group_id, shared_msg_id)) WITHOUT ROWID;
CREATE INDEX chat_events_received ON chat_events (received_at);

CREATE TABLE chat_copies (
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  shared_msg_id BLOB NOT NULL, relay INTEGER NOT NULL, digest BLOB NOT NULL, received_at INTEGER NOT NULL,
  PRIMARY KEY (group_id, shared_msg_id, relay)) WITHOUT ROWID;

CREATE TABLE chat_messages (
  message INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  shared_msg_id BLOB NOT NULL,
  author INTEGER, sent INTEGER NOT NULL DEFAULT 0, as_group INTEGER NOT NULL DEFAULT 0,
  scope INTEGER, kind TEXT NOT NULL DEFAULT 'content',
  content TEXT NOT NULL, text TEXT NOT NULL, container TEXT,
  quoted_msg_id BLOB, version_min INTEGER NOT NULL, version_max INTEGER NOT NULL,
  body BLOB, signature BLOB, signed TEXT NOT NULL DEFAULT 'no',
  time INTEGER NOT NULL, created_at INTEGER NOT NULL, edited_at INTEGER,
  deleted_at INTEGER, deleted_by INTEGER, hidden INTEGER NOT NULL DEFAULT 0, in_history INTEGER NOT NULL DEFAULT 1,
  UNIQUE (group_id, shared_msg_id));
CREATE INDEX chat_messages_time ON chat_messages (group_id, time, message);
CREATE INDEX chat_messages_group ON chat_messages (group_id, message);
CREATE INDEX chat_messages_author ON chat_messages (author) WHERE author IS NOT NULL;

CREATE TABLE chat_reactions (
  message INTEGER NOT NULL REFERENCES chat_messages ON DELETE CASCADE,
  member INTEGER NOT NULL, reaction_key TEXT NOT NULL, reaction TEXT NOT NULL, time INTEGER NOT NULL,
  PRIMARY KEY (message, member, reaction_key)) WITHOUT ROWID;

CREATE TABLE chat_moderations (
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  shared_msg_id BLOB NOT NULL, author_id BLOB NOT NULL, moderator INTEGER NOT NULL, time INTEGER NOT NULL,
  PRIMARY KEY (group_id, shared_msg_id)) WITHOUT ROWID;

CREATE TABLE chat_sends (
  send INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  shared_msg_id BLOB NOT NULL, message INTEGER REFERENCES chat_messages ON DELETE CASCADE,
  event TEXT NOT NULL, element BLOB NOT NULL, notify INTEGER NOT NULL, created_at INTEGER NOT NULL);
CREATE INDEX chat_sends_message ON chat_sends (message) WHERE message IS NOT NULL;
CREATE INDEX chat_sends_group ON chat_sends (group_id);

CREATE TABLE chat_deliveries (
  send INTEGER NOT NULL REFERENCES chat_sends ON DELETE CASCADE,
  relay INTEGER NOT NULL REFERENCES group_members ON DELETE CASCADE,
  state TEXT NOT NULL, agent_message INTEGER, at INTEGER NOT NULL,
  PRIMARY KEY (send, relay)) WITHOUT ROWID;
CREATE INDEX chat_deliveries_relay ON chat_deliveries (relay, state, send);
CREATE INDEX chat_deliveries_agent ON chat_deliveries (relay, agent_message) WHERE agent_message IS NOT NULL;

CREATE TABLE roster_transfers (
  group_id INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
  source INTEGER NOT NULL REFERENCES group_members ON DELETE CASCADE,
  shared_msg_id BLOB NOT NULL, version INTEGER NOT NULL, size INTEGER NOT NULL, digest BLOB NOT NULL,
  owner INTEGER NOT NULL, header BLOB NOT NULL, signature BLOB NOT NULL, time INTEGER NOT NULL,
  next_chunk INTEGER NOT NULL DEFAULT 1, received BLOB NOT NULL DEFAULT x'',
  PRIMARY KEY (group_id, source)) WITHOUT ROWID
`
