import type { Agent, LinkContent } from '../agent/api.ts'
import type { Owner } from '../agent/links/owners.ts'
import { parseShortLink } from '../agent/links/short-link.ts'
import type { MemberId, PublicGroupId } from '../chat/ids.ts'
import { decodeAsked, decodeGroupLinkData, decodeRelayLinkData } from '../chat/link-data.ts'
import type { GroupProfile, Profile } from '../chat/profile.ts'
import { equal } from '../codec/bytes.ts'
import { HearthError, unlessMalformed } from '../codec/error.ts'
import type { PublicKey } from '../codec/keys.ts'
import { sha256 } from '../crypto/hash.ts'
import { type Writers, writersOf } from './extensions.ts'

/** What links of groups and super-peers say, checked (chat §3.7, §4.3, §5.1). */

export interface GroupLink {
  readonly link: string
  readonly groupProfile: GroupProfile
  readonly publicGroupId: PublicGroupId
  readonly rootKey: PublicKey<'Ed25519'>
  /** Their keys are signed by the root key; members trust these alone as owners. */
  readonly owners: readonly Owner[]
  /** Published super-peer links. */
  readonly relays: readonly string[]
  readonly memberCount: number | undefined
  readonly writers: Writers
  readonly ext: readonly string[] | undefined
}

/**
 * Reads a group's link: the identity in its fixed data, in its profile, and its root key must be one.
 * Errors: protocol `link`, protocol `update-required`, and those of `Agent.readLink`.
 */
export async function readGroupLink(agent: Agent, link: string): Promise<GroupLink> {
  return checkGroupLink(await agent.readLink(link))
}

function checkGroupLink(content: LinkContent): GroupLink {
  const { groupProfile, publicGroupData, ext } = decodeAsked(() => decodeGroupLinkData(content.userData))
  const { publicGroup } = groupProfile
  if (content.direct || publicGroup === undefined) throw wrongLink('not the link of a public group')
  if (publicGroup.groupType !== 'channel') {
    throw new HearthError('protocol', 'update-required', 'this kind of group needs a newer program')
  }
  const { publicGroupId } = publicGroup
  if (content.entityId === undefined || !equal(content.entityId, publicGroupId)) {
    throw wrongLink('the link and its profile name different groups')
  }
  if (!equal(sha256(content.rootKey.raw), publicGroupId)) throw wrongLink('the group is not of this key')
  return {
    link: content.link,
    groupProfile,
    publicGroupId,
    rootKey: content.rootKey,
    owners: content.owners,
    relays: [...new Set(content.relays)],
    memberCount: publicGroupData?.publicMemberCount,
    writers: writersOf(ext),
    ext,
  }
}

/** A super-peer's link for one group binds its key and member id there (chat §3.7). */
export interface RelayLink {
  readonly memberId: MemberId
  readonly key: PublicKey<'Ed25519'>
  readonly profile: Profile
  /** For `Agent.join`. */
  readonly fullLink: string
}

/** Errors: protocol `link`, and those of `Agent.readLink`. */
export async function readRelayLink(agent: Agent, link: string): Promise<RelayLink> {
  const content = await agent.readLink(link)
  if (!content.direct || content.entityId === undefined) throw wrongLink('not the link of a super-peer')
  const { relayProfile } = decodeAsked(() => decodeRelayLinkData(content.userData))
  return { memberId: content.entityId, key: content.rootKey, profile: relayProfile, fullLink: content.fullLink }
}

/** The address at which a super-peer is asked to serve. */
export interface RelayAddress {
  readonly key: PublicKey<'Ed25519'>
  readonly profile: Profile
  readonly fullLink: string
}

/** Errors: protocol `link`, and those of `Agent.readLink`. */
export async function readRelayAddress(agent: Agent, address: string): Promise<RelayAddress> {
  const content = await agent.readLink(address)
  if (!content.direct) throw wrongLink('not the address of a super-peer')
  const { relayProfile } = decodeAsked(() => decodeRelayLinkData(content.userData))
  return { key: content.rootKey, profile: relayProfile, fullLink: content.fullLink }
}

function wrongLink(message: string): HearthError {
  return new HearthError('protocol', 'link', message)
}

/** Two texts that lead to the same link data. */
export function sameLink(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false
  return unlessMalformed(() => equal(parseShortLink(a).linkKey, parseShortLink(b).linkKey)) ?? a === b
}
