/** When the encryption with a contact was renewed. */
export const renewalMigration = `
ALTER TABLE contacts ADD COLUMN renewed_at INTEGER
`
