import type { AgentEvent } from '../agent/api.ts'
import { readConnInfo } from '../chat/container.ts'
import type { ChatEventParams } from '../chat/events.ts'
import { extensions, type GroupRelayInvitation } from '../chat/invitations.ts'
import { encodeConnInfo } from '../chat/outgoing.ts'
import { profile as profileCodec } from '../chat/profile.ts'
import { verifyReturn } from '../chat/return-proof.ts'
import { bind } from '../chat/state/bindings.ts'
import { equal } from '../codec/bytes.ts'
import { sign } from '../crypto/sign.ts'
import type { GroupId, ProfileId } from '../group/api.ts'
import { groupById, groupsByLink } from '../group/state/groups.ts'
import { memberById } from '../group/state/members.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { countBlocked } from './state/blocks.ts'
import { deleteRequest, insertRequest, requestCount, requestView } from './state/requests.ts'
import { count, servedGroup, servedGroups, serves } from './state/served.ts'

type Request = Extract<AgentEvent, { type: 'REQ' }>

/** Invitations kept for a person; further ones are dropped. */
const MAX_REQUESTS = 1000

export interface ProfileRow {
  readonly profile: ProfileId
  readonly enabled: number
  readonly auto_accept: number
}

export async function superPeerProfile(tx: Tx): Promise<ProfileRow | undefined> {
  return tx.get<ProfileRow>('SELECT profile, enabled, auto_accept FROM superpeer_profiles ORDER BY profile LIMIT 1')
}

/** A request to the super-peer's own address: invitations to serve and tests; people are not answered. */
export async function addressRequest(context: SuperPeerContext, tx: Tx, request: Request): Promise<void> {
  const profile = await superPeerProfile(tx)
  const element = readConnInfo(request.info)
  const event = element?.message.event
  if (profile?.enabled !== 1 || element === undefined) return context.agent.reject(tx, request.request)
  if (event?.type === 'x.grp.relay.test') return answerTest(context, tx, request, event.params)
  if (event?.type !== 'x.grp.relay.inv') return context.agent.reject(tx, request.request)
  const { groupRelayInvitation: invitation } = event.params
  if (await countBlocked(tx, invitation.groupLink, context.env.clock.now())) {
    context.notify(tx, { type: 'blocked' })
    return context.agent.reject(tx, request.request)
  }
  if (await isRefused(tx, profile.profile, invitation.groupLink)) {
    return reply(context, tx, request, { type: 'x.grp.relay.reject', params: { reason: 'rejoin_rejected' } })
  }
  if ((await requestCount(tx)) >= MAX_REQUESTS) return context.agent.reject(tx, request.request)
  await supersede(context, tx, invitation.groupLink, invitation.relayMemberId)
  const group = await servedAlready(tx, invitation.groupLink, invitation.relayMemberId)
  if (group !== null && !(await isProven(tx, group, invitation))) {
    await count(tx, group, context.env.clock.now(), { refused: 1 })
    const reason = 'return-proof'
    context.notify(tx, { type: 'refused', group, member: undefined, event: 'x.grp.relay.inv', reason })
    return context.agent.reject(tx, request.request)
  }
  const row = await insertRequest(tx, {
    profile: profile.profile,
    request: request.request,
    state: group !== null || (await mayAccept(context, tx, profile)) ? 'accepted' : 'waiting',
    link: invitation.groupLink,
    relay_member_id: invitation.relayMemberId,
    owner_id: invitation.fromMember.memberId,
    owner_profile: JSON.stringify(profileCodec.encode(invitation.fromMemberProfile)),
    owner_version_min: element.message.v.min,
    owner_version_max: element.message.v.max,
    owner_ext: invitation.ext === undefined ? null : JSON.stringify(extensions.encode(invitation.ext)),
    group_id: group,
    created_at: context.env.clock.now(),
  })
  context.notify(tx, { type: 'request', request: requestView(row) })
  context.wakeRequests(tx)
}

async function mayAccept(context: SuperPeerContext, tx: Tx, profile: ProfileRow): Promise<boolean> {
  const serving = (await servedGroups(tx)).filter(({ status }) => serves(status)).length
  return profile.auto_accept === 1 && serving < context.settings.maxGroups
}

/** We left this group and nobody allowed it since (chat §4.6). */
async function isRefused(tx: Tx, profile: ProfileId, link: string): Promise<boolean> {
  for (const group of await groupsByLink(tx, link, profile)) {
    if (group.part === 'super-peer' && (await servedGroup(tx, group.id))?.status === 'rejected') return true
  }
  return false
}

/** The owner repeats an invitation that was accepted before: the same group, link and identity. */
async function servedAlready(tx: Tx, link: string, memberId: Uint8Array): Promise<number | null> {
  for (const group of await groupsByLink(tx, link)) {
    if (group.part !== 'super-peer' || !equal(group.ownMemberId, memberId)) continue
    const served = await servedGroup(tx, group.id)
    if (served !== undefined && serves(served.status)) return group.id
  }
  return null
}

/** Only the owner itself may take the place of the connection that it had. */
async function isProven(tx: Tx, id: GroupId, invitation: GroupRelayInvitation): Promise<boolean> {
  const { relayMemberId, proof, fromMember } = invitation
  const group = await groupById(tx, id)
  const owner = await memberById(tx, id, fromMember.memberId)
  if (group?.publicGroupId === undefined || owner?.role !== 'owner' || owner.key === undefined) return false
  if (proof === undefined) return false
  const returning = { publicGroupId: group.publicGroupId, ownerId: fromMember.memberId, relayMemberId }
  return verifyReturn(owner.key, returning, proof)
}

/** A repeated invitation takes the place of the one that still waits. */
async function supersede(context: SuperPeerContext, tx: Tx, link: string, memberId: Uint8Array): Promise<void> {
  const waiting = await tx.all<{ id: number; request: number; relay_member_id: Uint8Array }>(
    `SELECT serving_request AS id, request, relay_member_id FROM serving_requests
     WHERE link = ? AND group_id IS NULL`,
    link,
  )
  for (const row of waiting) {
    if (!equal(row.relay_member_id, memberId)) continue
    await context.agent.reject(tx, row.request)
    await deleteRequest(tx, row.id)
    context.notify(tx, { type: 'request-gone', request: row.id, group: undefined })
  }
}

/** Proves that this host holds the key of its address (chat §4.7). */
async function answerTest(
  context: SuperPeerContext,
  tx: Tx,
  request: Request,
  { challenge }: ChatEventParams['x.grp.relay.test'],
): Promise<void> {
  const key = await context.agent.linkKeyOf(tx, request.conn)
  if (key === undefined) return context.agent.reject(tx, request.request)
  await reply(context, tx, request, {
    type: 'x.grp.relay.test',
    params: { challenge, signature: sign(key, challenge) },
  })
}

async function reply(
  context: SuperPeerContext,
  tx: Tx,
  request: Request,
  event: Parameters<typeof encodeConnInfo>[0],
): Promise<void> {
  const conn = await context.agent.accept(tx, request.request, encodeConnInfo(event))
  await bind(tx, conn, 'super-peer-reply', context.env.clock.now())
}
