/** Joiners get the role that who may write says: it can change, and groups.writers keeps it. */
export const commonRoleMigration = 'ALTER TABLE served_groups DROP COLUMN join_role'
