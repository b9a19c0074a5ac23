import type { Extensions } from '../chat/invitations.ts'
import type { KnownRole } from '../chat/roles.ts'

/**
 * Everybody may write: super-peers of ours let members join with the role `author` (chat §9.7). Advertised in `ext` of
 * the group's link data, which the owner's signature covers, of the invitation to a super-peer, and of the signed
 * `x.grp.info` that tells of a change. Link data decide.
 */
const EXT_POSTING = 'post1'

/** Who may write: everybody, or only those whom the owner lets. */
export type Writers = 'everyone' | 'owners'

export function writersOf(ext: Extensions | undefined): Writers {
  return ext?.includes(EXT_POSTING) ? 'everyone' : 'owners'
}

/** What the group's `ext` says. */
export function extensionsOf(writers: Writers): Extensions {
  return writers === 'everyone' ? [EXT_POSTING] : []
}

/** The role that a super-peer gives to joiners, and that everybody has whose role the owner did not set. */
export function commonRole(writers: Writers): KnownRole {
  return writers === 'everyone' ? 'author' : 'observer'
}
