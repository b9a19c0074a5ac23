import type { LinkContent, PreparedAddress } from '../agent/api.ts'
import { parseShortLink } from '../agent/links/short-link.ts'
import { newGroupLinkId } from '../chat/ids.ts'
import type { Extensions } from '../chat/invitations.ts'
import { decodeGroupLinkData, encodeClientData, encodeRelayLinkData } from '../chat/link-data.ts'
import { encodeConnInfo } from '../chat/outgoing.ts'
import { type GroupProfile, profile as profileCodec } from '../chat/profile.ts'
import { bind, bindingOf, unbind } from '../chat/state/bindings.ts'
import { ownProfile } from '../chat/state/profiles.ts'
import { base64url } from '../codec/base64url.ts'
import { equal } from '../codec/bytes.ts'
import { CodecError, HearthError, unlessMalformed } from '../codec/error.ts'
import { sha256 } from '../crypto/hash.ts'
import { generateKeyPair } from '../crypto/keypair.ts'
import type { GroupId } from '../group/api.ts'
import { writersOf } from '../group/extensions.ts'
import { type Group, groupById, insertGroup } from '../group/state/groups.ts'
import { insertMember, memberById, setMemberConn } from '../group/state/members.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { connecting } from './state/recipients.ts'
import { deleteRequest, type RequestRow, requestById, requestView, setRequestGroup } from './state/requests.ts'
import { insertServed, servedGroup, setServedStatus } from './state/served.ts'

/**
 * Answering an owner's invitation (chat §4.4), step by step; each step is committed before the next begins, and the
 * whole can be taken up anywhere: the group's link is read and verified, the group is made, its link is made, the
 * owner is answered.
 */
export async function serve(context: SuperPeerContext, row: RequestRow): Promise<void> {
  let group = row.group_id
  if (group === null) {
    const target = verifyGroupLink(row.link, await context.agent.readLink(row.link))
    if (row.state === 'waiting') {
      await context.store.write(async (tx) => {
        await setRequestGroup(tx, row.serving_request, { group: null, profile: target.profile })
        const read = await requestById(tx, row.serving_request)
        if (read !== undefined) context.notify(tx, { type: 'request', request: requestView(read) })
      })
      return
    }
    group = await context.store.write((tx) => makeGroup(context, tx, row, target))
  }
  const link = await ensureLink(context, group)
  await context.store.write((tx) => answer(context, tx, row, group, link))
}

interface Target {
  readonly content: LinkContent
  readonly profile: GroupProfile
  readonly publicGroupId: Uint8Array
  readonly ext: Extensions | undefined
}

/** Errors: protocol `link` where the link is not that of a group as chat §3.7 wants it. */
function verifyGroupLink(link: string, content: LinkContent): Target {
  const data = decodeData(content.userData)
  const own = data.groupProfile.publicGroup
  if (own === undefined || content.entityId === undefined) throw wrong('not the link of a public group')
  const id = own.publicGroupId
  if (!equal(id, content.entityId) || !equal(id, sha256(content.rootKey.raw))) throw wrong('another group id')
  if (!sameLink(own.groupLink, link)) throw wrong('the profile names another link')
  return { content, profile: data.groupProfile, publicGroupId: id, ext: data.ext }
}

function decodeData(userData: Uint8Array) {
  try {
    return decodeGroupLinkData(userData)
  } catch (error) {
    if (error instanceof CodecError) throw wrong('link data cannot be read')
    throw error
  }
}

function wrong(message: string): HearthError {
  return new HearthError('protocol', 'link', message)
}

/** Do two texts mean the same link? Its key is the hash of what it leads to. */
export function sameLink(a: string, b: string): boolean {
  return unlessMalformed(() => equal(parseShortLink(a).linkKey, parseShortLink(b).linkKey)) ?? false
}

/** Owners and their keys come from link data alone; only one of them can invite. */
async function makeGroup(context: SuperPeerContext, tx: Tx, row: RequestRow, target: Target): Promise<GroupId> {
  const owners = target.content.owners
  if (!owners.some(({ id }) => equal(id, row.owner_id))) {
    throw new HearthError('protocol', 'not-owner', 'the invitation does not come from an owner of the group')
  }
  const now = context.env.clock.now()
  const own = await ownProfile(tx, row.profile)
  if (own === undefined) throw new HearthError('usage', 'no-profile')
  const keys = generateKeyPair('Ed25519', context.env.random)
  const { group } = await insertGroup(tx, {
    profile: row.profile,
    part: 'super-peer',
    status: 'active',
    link: row.link,
    publicGroupId: target.publicGroupId,
    groupProfile: target.profile,
    rootPublic: target.content.rootKey,
    ownMemberId: row.relay_member_id,
    ownKey: keys.privateKey,
    ownPublicKey: keys.publicKey,
    ownRole: 'relay',
    shownProfile: own.profile,
    writers: writersOf(target.ext),
    now,
  })
  for (const { id, key } of owners) {
    const inviter = equal(id, row.owner_id)
    await insertMember(tx, {
      group,
      memberId: id,
      role: 'owner',
      roleSigned: true,
      category: 'host',
      status: inviter ? 'accepted' : 'announced',
      profile: inviter ? profileCodec.decode(JSON.parse(row.owner_profile)) : { displayName: 'owner', fullName: '' },
      profileKnown: inviter,
      key,
      keyOrigin: 'link',
      versions: inviter ? { min: row.owner_version_min, max: row.owner_version_max } : undefined,
      now,
    })
  }
  await insertServed(tx, { group, ownerExt: row.owner_ext, now })
  await setRequestGroup(tx, row.serving_request, { group, profile: target.profile })
  context.notify(tx, { type: 'served-group', group, change: 'added', status: 'invited' })
  return group
}

/**
 * Our link for this group: its root key is our member key, its entity our member id. A prepared link is tried once,
 * because a failed attempt may have reached the router; one that was made before a crash is found and used.
 */
async function ensureLink(context: SuperPeerContext, groupId: GroupId): Promise<string> {
  const { group, made, prepared } = await context.store.read(async (tx) => {
    const found = await groupById(tx, groupId)
    if (found === undefined) throw new HearthError('usage', 'no-group')
    return {
      group: found,
      made: (await servedGroup(tx, groupId))?.link ?? undefined,
      prepared: found.row.prepared_link === null ? undefined : await findPrepared(context, tx, found.row.prepared_link),
    }
  })
  if (made !== undefined) return made
  if (prepared !== undefined) {
    return context.store.write((tx) => keepLink(tx, groupId, prepared.conn, prepared.short))
  }
  const fresh = context.agent.prepareAddress({
    type: 'g',
    rootKey: group.ownKey,
    entityId: group.ownMemberId,
    clientData: encodeClientData(newGroupLinkId(context.env.random)),
  })
  const profile = await context.store.write(async (tx) => {
    await tx.run('UPDATE groups SET prepared_link = ? WHERE group_id = ?', encodePrepared(fresh), groupId)
    return (await ownProfile(tx, group.profile))?.profile
  })
  if (profile === undefined) throw new HearthError('usage', 'no-profile')
  const conn = await context.agent.createPreparedAddress(fresh, relayLinkData(profile))
  return context.store.write((tx) => keepLink(tx, groupId, conn, fresh.short))
}

export function relayLinkData(profile: Parameters<typeof encodeRelayLinkData>[0]['relayProfile']) {
  return { direct: true, owners: [], relays: [], userData: encodeRelayLinkData({ relayProfile: profile }) }
}

async function keepLink(tx: Tx, group: GroupId, conn: number, link: string): Promise<string> {
  await bind(tx, conn, 'super-peer-link', group)
  await tx.run('UPDATE groups SET address_conn = ?, prepared_link = NULL WHERE group_id = ?', conn, group)
  await tx.run('UPDATE served_groups SET link = ? WHERE group_id = ?', link, group)
  return link
}

function encodePrepared({ full, short, secret }: PreparedAddress): string {
  return JSON.stringify({ full, short, secret: base64url(secret) })
}

/** The connection of a prepared link that the router already has, although we never heard of it. */
async function findPrepared(
  context: SuperPeerContext,
  tx: Tx,
  text: string,
): Promise<{ readonly conn: number; readonly short: string } | undefined> {
  const { short } = JSON.parse(text) as { readonly short: string }
  for (const { conn, kind } of await context.agent.connections(tx)) {
    if (kind !== 'contact' || (await bindingOf(tx, conn)) !== undefined) continue
    if ((await context.agent.linksOf(tx, conn))?.short === short) return { conn, short }
  }
  return undefined
}

/** The acceptance; from now on the owner is a member with a connection. */
async function answer(
  context: SuperPeerContext,
  tx: Tx,
  row: RequestRow,
  groupId: GroupId,
  relayLink: string,
): Promise<void> {
  const group = (await groupById(tx, groupId)) as Group
  const owner = await memberById(tx, groupId, row.owner_id)
  if (owner === undefined) throw new HearthError('protocol', 'not-owner')
  if (owner.conn !== undefined) {
    await context.agent.remove(tx, owner.conn)
    await unbind(tx, owner.conn)
  }
  const info = encodeConnInfo({ type: 'x.grp.relay.acpt', params: { relayLink, relayCap: {} } })
  const conn = await context.agent.accept(tx, row.request, info)
  await bind(tx, conn, 'served-owner', owner.id)
  await setMemberConn(tx, owner.id, conn)
  await connecting(tx, { member: owner.id, group: groupId, conn, now: context.env.clock.now() })
  const { firstCheck } = context.settings
  const served = await servedGroup(tx, groupId)
  const now = context.env.clock.now()
  if (served?.status === 'invited') await setServedStatus(tx, groupId, 'accepted', now)
  await tx.run(
    'UPDATE served_groups SET check_at = ?, check_delay = ? WHERE group_id = ?',
    now + firstCheck,
    firstCheck,
    groupId,
  )
  await deleteRequest(tx, row.serving_request)
  context.wakeWatch(tx)
  context.notify(tx, { type: 'request-gone', request: row.serving_request, group: group.id })
  context.notify(tx, { type: 'served-group', group: group.id, change: 'status', status: 'accepted' })
}
