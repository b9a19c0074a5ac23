import { newMemberId } from '../../chat/ids.ts'
import { ownProfile } from '../../chat/state/profiles.ts'
import { base64url } from '../../codec/base64url.ts'
import { HearthError } from '../../codec/error.ts'
import { generateKeyPair } from '../../crypto/keypair.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupId, GroupPreview, JoinOptions, ProfileId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import { type GroupLink, readGroupLink, sameLink } from '../link.ts'
import { tellRelay } from '../relay-events.ts'
import { type Group, groupsByPublicId, insertGroup } from '../state/groups.ts'
import { insertMember, memberById } from '../state/members.ts'
import { insertRelay, relaysOf } from '../state/relays.ts'

/** Joining through all super-peers of a link (chat §5.1, §5.2). */

const IN_USE: ReadonlySet<string> = new Set(['creating', 'ready', 'joining', 'active'])

export async function previewGroup(context: GroupContext, link: string): Promise<GroupPreview> {
  const read = await readGroupLink(context.agent, link)
  const known = await context.store.read((tx) => groupsByPublicId(tx, read.publicGroupId))
  return {
    link: read.link,
    groupProfile: read.groupProfile,
    publicGroupId: base64url(read.publicGroupId),
    memberCount: read.memberCount,
    writers: read.writers,
    superPeerLinks: read.relays,
    owners: read.owners.map(({ id }) => base64url(id)),
    joined: known.find(({ status, part }) => part !== 'super-peer' && IN_USE.has(status))?.id,
  }
}

export async function joinGroup(
  context: GroupContext,
  profile: ProfileId,
  link: string,
  options: JoinOptions,
): Promise<GroupId> {
  const read = await readGroupLink(context.agent, link)
  const joined = await context.store.read((tx) => joinedAs(tx, read, profile))
  if (joined !== undefined) return joined.id
  if (read.relays.length === 0) {
    throw new HearthError('protocol', 'no-super-peers', 'no super-peer serves this group at present', true)
  }
  return context.store.write((tx) => insertJoined(context, tx, profile, read, options))
}

async function joinedAs(tx: Tx, read: GroupLink, profile: ProfileId): Promise<Group | undefined> {
  const groups = await groupsByPublicId(tx, read.publicGroupId)
  return groups.find((group) => group.profile === profile && group.part !== 'super-peer' && IN_USE.has(group.status))
}

/** One member id and key for all super-peers; a membership that ended leaves its own behind (chat §11.37). */
async function insertJoined(
  context: GroupContext,
  tx: Tx,
  profile: ProfileId,
  read: GroupLink,
  options: JoinOptions,
): Promise<GroupId> {
  const again = await joinedAs(tx, read, profile)
  if (again !== undefined) return again.id
  const identity = await ownProfile(tx, profile)
  if (identity === undefined) throw new HearthError('usage', 'no-profile', 'the profile does not exist')
  const random = (size: number) => context.env.random(size)
  const key = generateKeyPair('Ed25519', random)
  const { group } = await insertGroup(tx, {
    profile,
    part: 'member',
    status: 'joining',
    link: read.groupProfile.publicGroup?.groupLink ?? read.link,
    publicGroupId: read.publicGroupId,
    groupProfile: read.groupProfile,
    rootPublic: read.rootKey,
    ownMemberId: newMemberId(random),
    ownKey: key.privateKey,
    ownPublicKey: key.publicKey,
    ownRole: 'observer',
    ...(options.incognito && { ownProfile: options.incognito }),
    shownProfile: options.incognito ?? identity.profile,
    writers: read.writers,
    // Ourselves with those whom the owner has counted, itself at least.
    memberCount: (read.memberCount ?? 1) + 1,
    now: context.env.clock.now(),
  })
  await tx.run('UPDATE groups SET profile_sent_at = ? WHERE group_id = ?', identity.updatedAt, group)
  await addOwners(context, tx, group, read)
  for (const link of read.relays) await addRelayLink(context, tx, group, link)
  context.notify(tx, { type: 'group', group, change: 'created' })
  return group
}

/** The keys of owners come from link data alone (chat §6.5). */
export async function addOwners(context: GroupContext, tx: Tx, group: GroupId, read: GroupLink): Promise<void> {
  for (const owner of read.owners) {
    if ((await memberById(tx, group, owner.id)) !== undefined) continue
    await insertMember(tx, {
      group,
      memberId: owner.id,
      role: 'owner',
      roleSigned: true,
      category: 'pre',
      status: 'introduced',
      profile: { displayName: 'owner', fullName: '' },
      profileKnown: false,
      key: owner.key,
      keyOrigin: 'link',
      now: context.env.clock.now(),
    })
  }
}

/** A super-peer to connect to, unless it is known. */
export async function addRelayLink(context: GroupContext, tx: Tx, group: GroupId, link: string): Promise<void> {
  const known = await relaysOf(tx, group)
  if (known.some(({ member }) => sameLink(member.relayLink, link))) return
  const now = context.env.clock.now()
  const member = await insertMember(tx, {
    group,
    memberId: undefined,
    role: 'relay',
    roleSigned: true,
    category: 'host',
    status: 'invited',
    profile: { displayName: 'super-peer', fullName: '' },
    profileKnown: false,
    relayLink: link,
    now,
  })
  await insertRelay(tx, { member: member.id, group, now })
  await tellRelay(context, tx, member.id)
  context.wake(tx, { type: 'super-peer', member: member.id })
}
