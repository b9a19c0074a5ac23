/** Messages that disappear, among what a super-peer keeps for members who are away: when each of them is due. */
export const jobExpiryMigration = `
ALTER TABLE delivery_tasks ADD COLUMN expires_at INTEGER;
ALTER TABLE delivery_jobs ADD COLUMN expiries TEXT;
ALTER TABLE delivery_jobs ADD COLUMN expires_at INTEGER;
CREATE INDEX delivery_jobs_expires ON delivery_jobs (expires_at) WHERE expires_at IS NOT NULL
`
