/** What a super-peer keeps beside the tables of groups: whom it serves, and its delivery pipeline (chat §7, §10). */
export const superpeerMigration = `
CREATE TABLE superpeer_profiles (
  profile INTEGER PRIMARY KEY REFERENCES profiles ON DELETE CASCADE,
  enabled INTEGER NOT NULL, auto_accept INTEGER NOT NULL);

CREATE TABLE serving_requests (
  serving_request INTEGER PRIMARY KEY AUTOINCREMENT,
  profile INTEGER NOT NULL REFERENCES profiles ON DELETE CASCADE,
  request INTEGER NOT NULL, state TEXT NOT NULL,
  link TEXT NOT NULL, relay_member_id BLOB NOT NULL,
  owner_id BLOB NOT NULL, owner_profile TEXT NOT NULL, owner_version_min INTEGER NOT NULL,
  owner_version_max INTEGER NOT NULL, owner_ext TEXT,
  group_profile TEXT, group_id INTEGER REFERENCES groups ON DELETE CASCADE,
  attempts INTEGER NOT NULL DEFAULT 0, retry_at INTEGER, retry_delay INTEGER, error TEXT,
  created_at INTEGER NOT NULL);
CREATE INDEX serving_requests_link ON serving_requests (link);

CREATE TABLE served_groups (
  group_id INTEGER PRIMARY KEY REFERENCES groups ON DELETE CASCADE,
  status TEXT NOT NULL, link TEXT, join_role TEXT NOT NULL,
  seq INTEGER NOT NULL DEFAULT 0, last_job INTEGER NOT NULL DEFAULT 0, dropped_job INTEGER NOT NULL DEFAULT 0,
  check_at INTEGER, check_delay INTEGER NOT NULL DEFAULT 0, checked_at INTEGER,
  inactive_at INTEGER, ended_at INTEGER,
  owner_ext TEXT,
  received INTEGER NOT NULL DEFAULT 0, forwarded INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL, active_at INTEGER);

CREATE TABLE served_members (
  member INTEGER PRIMARY KEY REFERENCES group_members ON DELETE CASCADE,
  group_id INTEGER NOT NULL REFERENCES served_groups ON DELETE CASCADE,
  conn INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,
  position INTEGER NOT NULL DEFAULT 0, rewind INTEGER, known_from INTEGER NOT NULL DEFAULT 0,
  joined_seq INTEGER NOT NULL DEFAULT 0, privileged_seq INTEGER,
  last_job INTEGER NOT NULL DEFAULT 0, record INTEGER,
  auth_errors INTEGER NOT NULL DEFAULT 0, paused_at INTEGER, check_at INTEGER, roster_served INTEGER,
  connected_at INTEGER);
CREATE INDEX served_members_page ON served_members (group_id, state, member);
CREATE INDEX served_members_privileged ON served_members (group_id, member) WHERE privileged_seq IS NOT NULL;
CREATE INDEX served_members_senders ON served_members (group_id, last_job) WHERE last_job > 0;
CREATE INDEX served_members_check ON served_members (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE member_records (
  record INTEGER PRIMARY KEY AUTOINCREMENT,
  member INTEGER NOT NULL, has_image INTEGER NOT NULL, superseded_at INTEGER, element BLOB NOT NULL);
CREATE INDEX member_records_superseded ON member_records (superseded_at) WHERE superseded_at IS NOT NULL;

CREATE TABLE known_records (
  sender INTEGER NOT NULL REFERENCES group_members ON DELETE CASCADE,
  recipient INTEGER NOT NULL REFERENCES group_members ON DELETE CASCADE,
  PRIMARY KEY (sender, recipient)) WITHOUT ROWID;
CREATE INDEX known_records_recipient ON known_records (recipient);

CREATE TABLE delivery_tasks (
  task INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES served_groups ON DELETE CASCADE,
  scope TEXT NOT NULL, support_member INTEGER,
  sender INTEGER, with_record INTEGER NOT NULL, created_at INTEGER NOT NULL,
  shared_msg_id BLOB, element BLOB NOT NULL);
CREATE INDEX delivery_tasks_group ON delivery_tasks (group_id, task);

CREATE TABLE delivery_jobs (
  job INTEGER PRIMARY KEY AUTOINCREMENT,
  group_id INTEGER NOT NULL REFERENCES served_groups ON DELETE CASCADE,
  scope TEXT NOT NULL, support_member INTEGER,
  cursor INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
  deliveries INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL, created_at INTEGER NOT NULL, done_at INTEGER,
  senders TEXT NOT NULL, records TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX delivery_jobs_group ON delivery_jobs (group_id, job);
CREATE INDEX delivery_jobs_pending ON delivery_jobs (group_id, job) WHERE done = 0;
CREATE INDEX delivery_jobs_age ON delivery_jobs (created_at);

CREATE TABLE served_counters (
  group_id INTEGER NOT NULL REFERENCES served_groups ON DELETE CASCADE,
  hour INTEGER NOT NULL,
  received INTEGER NOT NULL DEFAULT 0, forwarded INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0, joined INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0,
  missed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (group_id, hour)) WITHOUT ROWID
`
