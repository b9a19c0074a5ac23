/** Since when a member was let in: what is said from then on is for it, although its connection is usable only later. */
export const acceptedMigration = `
ALTER TABLE served_members ADD COLUMN accepted_at INTEGER;
CREATE INDEX served_members_accepted ON served_members (accepted_at) WHERE state = 'connecting';
UPDATE served_members SET accepted_at = coalesce(connected_at,
  (SELECT created_at FROM group_members m WHERE m.member = served_members.member));
UPDATE served_members SET position = (SELECT last_job FROM served_groups g WHERE g.group_id = served_members.group_id)
  WHERE state = 'connecting' AND connected_at IS NULL
`
