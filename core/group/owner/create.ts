import type { PreparedAddress } from '../../agent/api.ts'
import { newGroupLinkId, newMemberId } from '../../chat/ids.ts'
import { encodeClientData } from '../../chat/link-data.ts'
import { withPreference } from '../../chat/preferences.ts'
import { type GroupProfile, groupProfile as groupProfileCodec } from '../../chat/profile.ts'
import { bind } from '../../chat/state/bindings.ts'
import { ownProfile } from '../../chat/state/profiles.ts'
import { base64url, fromBase64url } from '../../codec/base64url.ts'
import { HearthError } from '../../codec/error.ts'
import type { PrivateKey } from '../../codec/keys.ts'
import { sha256 } from '../../crypto/hash.ts'
import { generateKeyPair, publicKeyOf } from '../../crypto/keypair.ts'
import type { Tx } from '../../store/database.ts'
import type { CreateOptions, GroupId, ProfileId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import { failureOf } from '../failure.ts'
import { retryDelay } from '../settings.ts'
import { type Group, groupById, insertGroup } from '../state/groups.ts'
import { relaysOf } from '../state/relays.ts'
import { addRelay } from './agreement.ts'
import { linkData } from './link-data.ts'
import { checkProfileSize } from './profile-size.ts'

/** Making a group (chat §4.1): everything of it is committed before the network hears of it. */

export async function createGroup(context: GroupContext, profile: ProfileId, options: CreateOptions): Promise<GroupId> {
  const addresses = [...new Set(options.superPeers)]
  if (addresses.length === 0) throw new HearthError('usage', 'no-super-peers', 'choose at least one super-peer')
  if (options.displayName.trim() === '') throw new HearthError('usage', 'name', 'the group needs a name')
  const random = (size: number) => context.env.random(size)
  const root = generateKeyPair('Ed25519', random)
  const member = generateKeyPair('Ed25519', random)
  const prepared = prepare(context, root.privateKey)
  const publicGroupId = sha256(root.publicKey.raw)
  const groupProfile = profileOf(options, publicGroupId, prepared.short)
  checkProfileSize(groupProfile)

  const group = await context.store.write(async (tx) => {
    const identity = await ownProfile(tx, profile)
    if (identity === undefined) throw new HearthError('usage', 'no-profile', 'the profile does not exist')
    const now = context.env.clock.now()
    const { group: id } = await insertGroup(tx, {
      profile,
      part: 'owner',
      status: 'creating',
      link: prepared.short,
      publicGroupId,
      groupProfile,
      rootPublic: root.publicKey,
      rootPrivate: root.privateKey,
      ownMemberId: newMemberId(random),
      ownKey: member.privateKey,
      ownPublicKey: member.publicKey,
      ownRole: 'owner',
      shownProfile: identity.profile,
      writers: options.writers,
      memberCount: 1,
      now,
    })
    await tx.run(
      `UPDATE groups SET prepared_link = ?, roster_version = 0, roster_complete_version = 0, profile_sent_at = ?
       WHERE group_id = ?`,
      writePrepared(prepared),
      identity.updatedAt,
      id,
    )
    for (const address of addresses) await addRelay(context, tx, id, address)
    return id
  })
  try {
    await makeQueue(context, group)
  } catch (error) {
    await context.store.write((tx) => dropCreation(tx, group))
    throw error
  }
  return group
}

async function dropCreation(tx: Tx, group: GroupId): Promise<void> {
  await tx.run("DELETE FROM groups WHERE group_id = ? AND status = 'creating'", group)
}

function profileOf(options: CreateOptions, publicGroupId: Uint8Array, groupLink: string): GroupProfile {
  return {
    displayName: options.displayName,
    fullName: options.fullName ?? '',
    description: options.description,
    image: options.image,
    publicGroup: { groupType: 'channel', groupLink, publicGroupId },
    groupPreferences: withPreference(undefined, 'history', { enable: options.history }),
  }
}

function prepare(context: GroupContext, rootKey: PrivateKey<'Ed25519'>): PreparedAddress {
  return context.agent.prepareAddress({
    type: 'c',
    rootKey,
    entityId: sha256(publicKeyOf(rootKey).raw),
    clientData: encodeClientData(newGroupLinkId((size) => context.env.random(size))),
  })
}

function writePrepared(prepared: PreparedAddress): string {
  return JSON.stringify({ short: prepared.short, full: prepared.full, secret: base64url(prepared.secret) })
}

function readPrepared(text: string): PreparedAddress {
  const { short, full, secret } = JSON.parse(text) as { short: string; full: string; secret: string }
  return { short, full, secret: fromBase64url(secret) }
}

/** Creates the queue of the link; only then super-peers are invited. */
async function makeQueue(context: GroupContext, id: GroupId): Promise<void> {
  const group = await context.store.read((tx) => groupById(tx, id))
  if (group?.status !== 'creating' || group.row.prepared_link === null) return
  const data = linkData(group, {
    groupProfile: group.groupProfile,
    memberCount: group.memberCount,
    writers: group.writers,
    relays: [],
  })
  const conn = await context.agent.createPreparedAddress(readPrepared(group.row.prepared_link), data)
  await context.store.write(async (tx) => {
    await bind(tx, conn, 'group-link', id)
    await tx.run(
      "UPDATE groups SET status = 'ready', address_conn = ?, prepared_link = NULL, published_count = 1 WHERE group_id = ?",
      conn,
      id,
    )
    context.notify(tx, { type: 'group', group: id, change: 'created' })
    for (const { member } of await relaysOf(tx, id)) context.wake(tx, { type: 'super-peer', member: member.id })
  })
}

/**
 * The step of `creation`, after a restart: an attempt that was cut off may have reached the router, so that a new link of
 * the same identity is prepared.
 */
export async function creationStep(context: GroupContext, id: GroupId): Promise<number | undefined> {
  const group = await context.store.write((tx) => prepareAgain(context, tx, id))
  if (group === undefined) return undefined
  try {
    await makeQueue(context, id)
    return undefined
  } catch (error) {
    const failure = failureOf(error)
    const now = context.env.clock.now()
    return context.store.write(async (tx) => {
      const given = !failure.temporary || now - group.createdAt > context.settings.giveUpAfter
      await tx.run(
        'UPDATE groups SET error = ?, status = ? WHERE group_id = ?',
        failure.code,
        given ? 'failed' : 'creating',
        id,
      )
      const change = given ? 'failed' : 'updated'
      context.notify(tx, { type: 'group', group: id, change, error: failure.code })
      return given ? undefined : now + retryDelay(context.settings, 3)
    })
  }
}

async function prepareAgain(context: GroupContext, tx: Tx, id: GroupId): Promise<Group | undefined> {
  const group = await groupById(tx, id)
  if (group?.status !== 'creating' || group.rootPrivate === undefined) return undefined
  const prepared = prepare(context, group.rootPrivate)
  const { publicGroup } = group.groupProfile
  const profile = { ...group.groupProfile, publicGroup: { ...publicGroup!, groupLink: prepared.short } }
  await tx.run(
    'UPDATE groups SET prepared_link = ?, link = ?, group_profile = ? WHERE group_id = ?',
    writePrepared(prepared),
    prepared.short,
    JSON.stringify(groupProfileCodec.encode(profile)),
    id,
  )
  return group
}
