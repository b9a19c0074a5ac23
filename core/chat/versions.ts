import { formatVersionRange, type VersionRange } from '../codec/version.ts'

/** What this program announces (chat §1.8): channels, binary batches everywhere, owner-signed rosters. */
export const CHAT_VERSIONS: VersionRange = { min: 9, max: 19 }
export const CHAT_VERSIONS_TEXT = formatVersionRange(CHAT_VERSIONS)

/** Meant where a message carries no `v` (chat §1.1). */
export const INITIAL_CHAT_VERSION: VersionRange = { min: 9, max: 9 }

/** The first version with each feature that decides what is sent to a peer (chat §1.8). */
export const SINCE = {
  /** The joiner understands `x.grp.link.reject`. */
  joinRejection: 14,
  /** Scopes and member support chats. */
  supportChats: 15,
  /** A voice message of the host during approval. */
  hostVoice: 17,
  /** `x.grp.relay.cap`; binary batches are assumed. */
  relayCapability: 18,
  /** Owner-signed roster and its acknowledgement. */
  roster: 19,
  /** The joiner signs `x.member` and names the super-peer that it speaks to. */
  signedJoin: 19,
} as const

/**
 * The version of a connection: the lower maximum where the ranges overlap, otherwise the bound of the peer's range
 * nearest to ours. It never falls below `previous`.
 */
export function agreedVersion(peer: VersionRange, previous = 0, local: VersionRange = CHAT_VERSIONS): number {
  const version = peer.max < local.min ? peer.max : peer.min > local.max ? peer.min : Math.min(local.max, peer.max)
  return Math.max(version, previous)
}
