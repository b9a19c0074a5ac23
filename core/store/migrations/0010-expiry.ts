/** Messages that disappear: how long they live, in milliseconds, and when they go once that counts down (chat §2.4). */
export const expiryMigration = `
ALTER TABLE chat_messages ADD COLUMN lifetime INTEGER;
ALTER TABLE chat_messages ADD COLUMN expires_at INTEGER;
CREATE INDEX chat_messages_expires ON chat_messages (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX chat_messages_lifetime ON chat_messages (group_id, message) WHERE lifetime IS NOT NULL AND expires_at IS NULL;
ALTER TABLE contact_messages ADD COLUMN lifetime INTEGER;
ALTER TABLE contact_messages ADD COLUMN expires_at INTEGER;
CREATE INDEX contact_messages_expires ON contact_messages (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX contact_messages_lifetime ON contact_messages (contact, message)
  WHERE lifetime IS NOT NULL AND expires_at IS NULL
`
