import type { AgentEvent } from '../agent/api.ts'
import { type MessageElement, readConnInfo } from '../chat/container.ts'
import type { ChatEventParams } from '../chat/events.ts'
import { verifyJoinRequest } from '../chat/incoming.ts'
import type { MemberInfo } from '../chat/invitations.ts'
import { encodeConnInfo } from '../chat/outgoing.ts'
import { redactProfile } from '../chat/permissions.ts'
import type { GroupProfile } from '../chat/profile.ts'
import { type MemberRole, maySend } from '../chat/roles.ts'
import { bind, unbind } from '../chat/state/bindings.ts'
import { CHAT_VERSIONS, SINCE } from '../chat/versions.ts'
import { equal } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import type { GroupId } from '../group/api.ts'
import { commonRole } from '../group/extensions.ts'
import { type Group, groupById } from '../group/state/groups.ts'
import {
  insertMember,
  isRemoved,
  type Member,
  memberById,
  memberByRow,
  pinMemberKey,
  setMemberConn,
  setMemberStatus,
} from '../group/state/members.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { connecting } from './state/recipients.ts'
import { count, servedGroup, serves } from './state/served.ts'

type Request = Extract<AgentEvent, { type: 'REQ' }>
type Join = ChatEventParams['x.member']

/** Somebody asks to join through our link of a group (chat §5.3). Whatever is refused gets no answer. */
export async function joinRequest(
  context: SuperPeerContext,
  tx: Tx,
  groupId: GroupId,
  request: Request,
): Promise<void> {
  const group = await groupById(tx, groupId)
  const served = await servedGroup(tx, groupId)
  const element = readConnInfo(request.info)
  const event = element?.message.event
  if (group === undefined || served === undefined || !serves(served.status) || event?.type !== 'x.member') {
    return context.agent.reject(tx, request.request)
  }
  const join = event.params
  const refusal = await judge(tx, group, element!, join)
  if (refusal !== undefined) {
    await count(tx, groupId, context.env.clock.now(), { refused: 1 })
    context.notify(tx, { type: 'refused', group: groupId, member: undefined, event: 'x.member', reason: refusal })
    return context.agent.reject(tx, request.request)
  }
  const existing = await memberById(tx, groupId, join.newMemberId)
  if (existing === undefined && group.memberCount >= context.settings.maxMembers) {
    return refuseFull(context, tx, { group, element: element!, join, request })
  }
  const member =
    existing === undefined
      ? await newMember(context, tx, { group, element: element!, join })
      : await readmit(context, tx, existing, join)
  const name = (await memberByRow(tx, group.ownMember))?.name ?? ''
  const conn = await context.agent.accept(tx, request.request, admission(group, name, join, member.role))
  await bind(tx, conn, 'served-member', member.id)
  await setMemberConn(tx, member.id, conn)
  await connecting(tx, { member: member.id, group: groupId, conn, now: context.env.clock.now() })
}

/**
 * The answer to somebody who is let in. A profile that does not fit goes without its picture, or its description as
 * well: the joiner knows them from the link.
 */
function admission(group: Group, name: string, join: Join, role: MemberRole): Uint8Array {
  const { image: _image, ...plain } = group.groupProfile
  const { description: _description, ...short } = plain
  const encode = (groupProfile: GroupProfile) =>
    encodeConnInfo({
      type: 'x.grp.link.inv',
      params: {
        groupLinkInvitation: {
          fromMember: { memberId: group.ownMemberId, memberRole: 'relay' },
          fromMemberName: name,
          invitedMember: { memberId: join.newMemberId, memberRole: role },
          groupProfile,
          accepted: 'accepted',
          groupSize: group.memberCount + 1,
        },
      },
    })
  for (const profile of [group.groupProfile, plain]) {
    try {
      return encode(profile)
    } catch (error) {
      if (!(error instanceof CodecError) || error.code !== 'oversize') throw error
    }
  }
  return encode(short)
}

/**
 * Why this request is refused. Everybody proves the key that the group will know, and that it speaks to this super-peer:
 * nobody can join in another's name, nor pass a request on. Programs that cannot prove it are let in as strangers.
 */
async function judge(tx: Tx, group: Group, element: MessageElement, join: Join): Promise<string | undefined> {
  const existing = await memberById(tx, group.id, join.newMemberId)
  const stranger = existing === undefined && cannotSign(element)
  if (group.publicGroupId === undefined) return 'signature'
  if (!stranger && !verifyJoinRequest(element, group.publicGroupId)) return 'signature'
  if (join.viaRelay !== undefined && !equal(join.viaRelay, group.ownMemberId)) return 'via-relay'
  if (existing === undefined) return undefined
  if (existing.role === 'owner' || existing.role === 'relay') return 'member-id'
  if (existing.status === 'removed' || existing.status === 'rejected') return 'removed'
  if (existing.key !== undefined && !equal(existing.key.raw, join.newMemberKey.raw)) return 'key'
  const onlyNamed = existing.key === undefined && existing.status === 'unknown'
  if (existing.key === undefined && !onlyNamed) return 'member-id'
  const empowered = existing.roleSigned && maySend(existing.role)
  return empowered && join.viaRelay === undefined ? 'via-relay' : undefined
}

function cannotSign({ signed, message }: MessageElement): boolean {
  return signed === undefined && message.v.max < SINCE.signedJoin
}

interface Joining {
  readonly group: Group
  readonly element: MessageElement
  readonly join: Join
}

async function newMember(context: SuperPeerContext, tx: Tx, joining: Joining): Promise<Member> {
  const { group, join, element } = joining
  const role = commonRole(group.writers)
  return insertMember(tx, {
    group: group.id,
    memberId: join.newMemberId,
    role,
    category: 'invitee',
    status: 'accepted',
    profile: redactProfile(join.profile, group.groupProfile.groupPreferences, role),
    key: join.newMemberKey,
    keyOrigin: element.signed === undefined ? 'relay' : 'self',
    versions: element.message.v,
    now: context.env.clock.now(),
  })
}

/** A member that lost its connection, or was promoted before it came, proves its key: it keeps its row and role. */
async function readmit(context: SuperPeerContext, tx: Tx, existing: Member, join: Join): Promise<Member> {
  if (existing.conn !== undefined) {
    await context.agent.remove(tx, existing.conn)
    await unbind(tx, existing.conn)
  }
  await pinMemberKey(tx, existing, join.newMemberKey, 'self')
  if (isRemoved(existing.status)) {
    await tx.run('UPDATE groups SET member_count = member_count + 1 WHERE group_id = ?', existing.group)
  }
  if (isRemoved(existing.status) || existing.status === 'unknown') {
    await setMemberStatus(tx, existing.id, 'accepted', context.env.clock.now())
  }
  return (await memberByRow(tx, existing.id))!
}

/** A full group says so to those who understand it (chat §5.4). */
async function refuseFull(
  context: SuperPeerContext,
  tx: Tx,
  { group, join, element, request }: Joining & { readonly request: Request },
): Promise<void> {
  context.notify(tx, { type: 'refused', group: group.id, member: undefined, event: 'x.member', reason: 'full' })
  if (element.message.v.max < SINCE.joinRejection) return context.agent.reject(tx, request.request)
  const { image: _image, description: _description, ...profile } = group.groupProfile
  const conn = await context.agent.accept(
    tx,
    request.request,
    encodeConnInfo({
      type: 'x.grp.link.reject',
      params: {
        groupLinkRejection: {
          fromMember: { memberId: group.ownMemberId, memberRole: 'relay' },
          invitedMember: { memberId: join.newMemberId, memberRole: 'observer' },
          groupProfile: profile,
          rejectionReason: 'full',
        },
      },
    }),
  )
  await bind(tx, conn, 'super-peer-reply', context.env.clock.now())
}

/** What the group is told of a member (chat §3.6). */
export function introduction(member: Member, info: MemberInfo) {
  return {
    v: CHAT_VERSIONS,
    event: {
      type: 'x.grp.mem.intro' as const,
      params: { memberInfo: info, ...(member.blocked && { memberRestrictions: { restriction: 'blocked' as const } }) },
    },
  }
}
