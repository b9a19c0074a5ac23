/** Connections, queues, ratchets, messages of the agent (agent §11, reduced to what this agent keeps). */
export const agentMigration = `
CREATE TABLE routers (
  router INTEGER PRIMARY KEY, hosts TEXT NOT NULL, port TEXT NOT NULL, key_hash BLOB NOT NULL,
  UNIQUE (hosts, port, key_hash));

CREATE TABLE connections (
  conn INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  agent_version INTEGER NOT NULL,
  last_rcv_id INTEGER NOT NULL DEFAULT 0,
  last_external_id INTEGER NOT NULL DEFAULT 0,
  last_rcv_hash BLOB NOT NULL DEFAULT x'',
  deleted INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL);

CREATE TABLE rcv_queues (
  queue INTEGER PRIMARY KEY,
  conn INTEGER NOT NULL UNIQUE REFERENCES connections ON DELETE CASCADE,
  router INTEGER NOT NULL REFERENCES routers,
  rcv_id BLOB NOT NULL, snd_id BLOB NOT NULL,
  rcv_key BLOB NOT NULL, dh_secret BLOB NOT NULL, e2e_key BLOB NOT NULL, e2e_secret BLOB,
  mode TEXT, status TEXT NOT NULL, client_version INTEGER NOT NULL,
  link_type TEXT, link_id BLOB, link_key BLOB, link_root_key BLOB, link_fixed BLOB, client_data TEXT,
  last_broker_id BLOB, held_id INTEGER,
  UNIQUE (router, rcv_id));

CREATE TABLE snd_queues (
  queue INTEGER PRIMARY KEY,
  conn INTEGER NOT NULL UNIQUE REFERENCES connections ON DELETE CASCADE,
  router INTEGER NOT NULL REFERENCES routers,
  snd_id BLOB NOT NULL, key_algorithm TEXT NOT NULL, snd_key BLOB NOT NULL,
  e2e_public BLOB NOT NULL, e2e_secret BLOB NOT NULL,
  mode TEXT, status TEXT NOT NULL, client_version INTEGER NOT NULL,
  quota_since INTEGER,
  UNIQUE (router, snd_id));

CREATE TABLE x3dh_keys (
  conn INTEGER PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  private1 BLOB NOT NULL, private2 BLOB NOT NULL);

CREATE TABLE ratchets (
  conn INTEGER PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  state BLOB NOT NULL, can_send INTEGER NOT NULL, e2e_params BLOB,
  last_snd_id INTEGER NOT NULL DEFAULT 0, last_snd_hash BLOB NOT NULL DEFAULT x'');

CREATE TABLE skipped_keys (
  conn INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE,
  header_key BLOB NOT NULL, number INTEGER NOT NULL, message_key BLOB NOT NULL, iv BLOB NOT NULL,
  PRIMARY KEY (conn, header_key, number)) WITHOUT ROWID;

CREATE TABLE rcv_hashes (
  conn INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE,
  slot INTEGER NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (conn, slot)) WITHOUT ROWID;

CREATE TABLE confirmations (
  confirmation INTEGER PRIMARY KEY AUTOINCREMENT,
  conn INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE,
  sender_key BLOB, reply_queue BLOB NOT NULL, client_version INTEGER NOT NULL, accepted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX confirmations_conn ON confirmations (conn);

CREATE TABLE requests (
  request INTEGER PRIMARY KEY AUTOINCREMENT,
  address INTEGER REFERENCES connections ON DELETE SET NULL,
  agent_version INTEGER NOT NULL, link TEXT NOT NULL, snd_id BLOB NOT NULL,
  conn INTEGER REFERENCES connections ON DELETE CASCADE, created_at INTEGER NOT NULL);
CREATE INDEX requests_address ON requests (address);
CREATE INDEX requests_sender ON requests (snd_id);
CREATE INDEX requests_conn ON requests (conn) WHERE conn IS NOT NULL;

CREATE TABLE invitation_links (
  router INTEGER NOT NULL REFERENCES routers, link_id BLOB NOT NULL,
  link_key BLOB NOT NULL, snd_key BLOB NOT NULL, snd_id BLOB, created_at INTEGER NOT NULL,
  PRIMARY KEY (router, link_id));
CREATE INDEX invitation_links_sender ON invitation_links (router, snd_id);

CREATE TABLE rcv_messages (
  conn INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE, rcv_id INTEGER NOT NULL,
  broker_ts INTEGER NOT NULL, integrity TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (conn, rcv_id)) WITHOUT ROWID;

CREATE TABLE snd_bodies (body INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB NOT NULL);

CREATE TABLE snd_messages (
  conn INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE, snd_id INTEGER NOT NULL,
  kind TEXT NOT NULL, notify INTEGER NOT NULL, report INTEGER NOT NULL,
  sealing BLOB NOT NULL, body INTEGER, bytes BLOB, created_at INTEGER NOT NULL,
  PRIMARY KEY (conn, snd_id)) WITHOUT ROWID;
CREATE INDEX snd_messages_body ON snd_messages (body) WHERE body IS NOT NULL;

CREATE TABLE commands (
  command INTEGER PRIMARY KEY AUTOINCREMENT,
  conn INTEGER NOT NULL REFERENCES connections ON DELETE CASCADE,
  kind TEXT NOT NULL, arguments BLOB NOT NULL);
CREATE INDEX commands_conn ON commands (conn)
`
