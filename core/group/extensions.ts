import type { Extensions } from '../chat/invitations.ts'
import type { KnownRole } from '../chat/roles.ts'

/**
 * Everybody may write: super-peers of ours let members join with the role `author` (chat §9.7). Advertised in `ext` of
 * the group's link data, which the owner's signature covers, and of the invitation to a super-peer. Link data decide.
 */
export const EXT_POSTING = 'post1'

/** The role that a super-peer gives to joiners of a group whose link data carry `ext`. */
export function joinRole(ext: Extensions | undefined): KnownRole {
  return ext?.includes(EXT_POSTING) ? 'author' : 'observer'
}
