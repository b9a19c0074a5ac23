import type { ConnId } from '../../agent/api.ts'
import type { MessageElement } from '../../chat/container.ts'
import type { RelayAcceptance, RelayCapabilities } from '../../chat/events/relay.ts'
import { newMemberId } from '../../chat/ids.ts'
import { relayAddressProfile } from '../../chat/link-data.ts'
import { encodeConnInfo } from '../../chat/outgoing.ts'
import { proveReturn } from '../../chat/return-proof.ts'
import { bind } from '../../chat/state/bindings.ts'
import { SINCE } from '../../chat/versions.ts'
import { equal } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupId, MemberRowId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import { extensionsOf } from '../extensions.ts'
import { failureOf } from '../failure.ts'
import { readRelayAddress, readRelayLink, sameLink } from '../link.ts'
import { advanceRelay, endRelay, failRelayStep, tellRelay } from '../relay-events.ts'
import { profileFor, sendEvents } from '../sending/compose.ts'
import { dropDeliveries, flushWaiting } from '../sending/deliveries.ts'
import { type Group, groupById } from '../state/groups.ts'
import {
  blockedMembers,
  insertMember,
  membersNamed,
  pinMemberKey,
  setMemberConn,
  setMemberProfile,
  setMemberStatus,
} from '../state/members.ts'
import { insertRelay, type Relay, relayByMember, relaysOf } from '../state/relays.ts'
import { isReturning, publishLink } from './link-data.ts'
import { sendRoster } from './roster.ts'

/**
 * Coming to terms with a super-peer (chat §4.2, §4.3). Its status says which step comes next, so that every step is
 * taken up after a restart: `new` reads the address and invites; `invited` with an answer verifies the super-peer's link
 * and completes the handshake; the rest happens when the agent tells something.
 */

/** Adds the rows of a super-peer to be invited. Errors: usage `exists`. */
export async function addRelay(context: GroupContext, tx: Tx, group: GroupId, address: string): Promise<MemberRowId> {
  const others = await relaysOf(tx, group)
  if (others.some(({ row }) => row.address === address)) {
    throw new HearthError('usage', 'exists', 'this super-peer was invited already')
  }
  const now = context.env.clock.now()
  const member = await insertMember(tx, {
    group,
    memberId: newMemberId((size) => context.env.random(size)),
    role: 'relay',
    roleSigned: true,
    category: 'invitee',
    status: 'invited',
    profile: { displayName: 'super-peer', fullName: '' },
    profileKnown: false,
    now,
  })
  await insertRelay(tx, { member: member.id, group, address, now })
  await tellRelay(context, tx, member.id)
  context.wake(tx, { type: 'super-peer', member: member.id })
  return member.id
}

/** The next step with an own group's super-peer; returns when to come back. */
export async function agreementStep(context: GroupContext, relay: Relay, group: Group): Promise<number | undefined> {
  const { row, member } = relay
  if (group.addressConn === undefined) return undefined
  if (row.retry_at !== null && row.retry_at > context.env.clock.now()) return row.retry_at
  try {
    if (row.status === 'new' && row.address !== null) await invite(context, relay, row.address)
    else if (row.status === 'invited' && row.confirmation !== null && member.relayLink !== undefined) {
      await verify(context, relay, row.confirmation, member.relayLink)
    }
    return undefined
  } catch (error) {
    const failure = failureOf(error)
    return context.store.write(async (tx) => {
      const retryAt = await failRelayStep(context, tx, member.id, failure)
      if (retryAt === undefined && isReturning(relay)) await publishLink(context, tx, group.id)
      return retryAt
    })
  }
}

async function invite(context: GroupContext, { member }: Relay, address: string): Promise<void> {
  const { profile, fullLink } = await readRelayAddress(context.agent, address)
  await context.store.write(async (tx) => {
    const relay = await relayByMember(tx, member.id)
    const group = await groupById(tx, member.group)
    if (relay?.row.status !== 'new' || group === undefined || member.memberId === undefined) return
    const own = await profileFor(tx, group)
    const info = encodeConnInfo({
      type: 'x.grp.relay.inv',
      params: {
        groupRelayInvitation: {
          fromMember: { memberId: group.ownMemberId, memberRole: 'owner' },
          fromMemberProfile: own.profile,
          relayMemberId: member.memberId,
          groupLink: group.link,
          ...(group.writers === 'everyone' && { ext: extensionsOf(group.writers) }),
          ...(isReturning(relay) && { proof: returnProof(group, member.memberId) }),
        },
      },
    })
    const conn = await context.agent.join(tx, fullLink, info)
    await bind(tx, conn, 'relay', member.id)
    await setMemberConn(tx, member.id, conn)
    await setMemberProfile(tx, member.id, relayAddressProfile(profile))
    await advanceRelay(context, tx, member.id, 'invited')
  })
}

function returnProof(group: Group, relayMemberId: Uint8Array): Uint8Array | undefined {
  const { publicGroupId, ownMemberId: ownerId } = group
  return publicGroupId && proveReturn(group.ownKey, { publicGroupId, ownerId, relayMemberId })
}

/** Its link names the member id that we chose, and so the key it has here (chat §4.3). */
async function verify(context: GroupContext, relay: Relay, confirmation: number, link: string): Promise<void> {
  const read = await readRelayLink(context.agent, link)
  const { member } = relay
  if (member.memberId === undefined || !equal(read.memberId, member.memberId)) {
    throw new HearthError('protocol', 'relay-link', 'the super-peer answered with the link of another group')
  }
  await context.store.write(async (tx) => {
    const current = await relayByMember(tx, member.id)
    if (current?.row.status !== 'invited' || current.member.conn === undefined) return
    await pinMemberKey(tx, current.member, read.key, 'link')
    await setMemberProfile(tx, member.id, read.profile)
    await setMemberStatus(tx, member.id, 'accepted', context.env.clock.now())
    await tx.run('UPDATE group_relays SET confirmation = NULL WHERE member = ?', member.id)
    await context.agent.allow(tx, current.member.conn, confirmation, encodeConnInfo({ type: 'x.ok', params: {} }))
    await advanceRelay(context, tx, member.id, 'accepted')
  })
}

/** The super-peer answers the invitation. */
export async function invitationAnswered(
  context: GroupContext,
  tx: Tx,
  relay: Relay,
  conn: ConnId,
  confirmation: number,
  element: MessageElement,
): Promise<void> {
  const { event } = element.message
  if (relay.row.status !== 'invited') return
  if (event.type === 'x.grp.relay.acpt') {
    await acceptanceReceived(context, tx, relay, confirmation, event.params)
  } else if (event.type === 'x.grp.relay.reject') {
    // Completed all the same, so that the super-peer can forget the matter (chat §4.6).
    await context.agent.allow(tx, conn, confirmation, encodeConnInfo({ type: 'x.ok', params: {} }))
    await setMemberStatus(tx, relay.member.id, 'left', context.env.clock.now())
    await advanceRelay(context, tx, relay.member.id, 'rejected', event.params.reason)
    if (isReturning(relay)) await publishLink(context, tx, relay.member.group)
  } else {
    await endRelay(context, tx, relay.member.id, 'failed', 'unexpected-answer')
  }
}

async function acceptanceReceived(
  context: GroupContext,
  tx: Tx,
  relay: Relay,
  confirmation: number,
  params: RelayAcceptance,
): Promise<void> {
  const { member } = relay
  if (isReturning(relay) && !sameLink(member.relayLink, params.relayLink)) return inviteAsAnother(context, tx, relay)
  await tx.run('UPDATE group_members SET relay_link = ? WHERE member = ?', params.relayLink, member.id)
  await tx.run(
    'UPDATE group_relays SET confirmation = ?, capabilities = ?, accepted_at = ? WHERE member = ?',
    confirmation,
    JSON.stringify(params.relayCap ?? {}),
    context.env.clock.now(),
    member.id,
  )
  await tellRelay(context, tx, member.id)
  context.wake(tx, { type: 'super-peer', member: member.id })
}

/**
 * It does not continue the group that it served, but made another one with another key (chat §4.4): to members that is
 * another super-peer, and it needs an id of its own.
 */
async function inviteAsAnother(context: GroupContext, tx: Tx, { member, row }: Relay): Promise<void> {
  if (member.conn !== undefined) await context.agent.remove(tx, member.conn)
  await dropDeliveries(context, tx, member.id)
  await setMemberStatus(tx, member.id, 'removed', context.env.clock.now())
  await tx.run('DELETE FROM group_relays WHERE member = ?', member.id)
  context.notify(tx, { type: 'super-peer-gone', group: member.group, superPeer: member.id })
  if (row.address !== null) await addRelay(context, tx, member.group, row.address)
}

/** The connection is usable: the roster goes first, and is acknowledged before the super-peer is published. */
export async function relayConnected(context: GroupContext, tx: Tx, relay: Relay): Promise<void> {
  const { member, row } = relay
  if (row.status === 'rejected') {
    if (member.conn !== undefined) await context.agent.remove(tx, member.conn)
    return
  }
  const now = context.env.clock.now()
  await tx.run('UPDATE group_relays SET ready = 1, connected_at = ?, seen_at = ? WHERE member = ?', now, now, member.id)
  await setMemberStatus(tx, member.id, 'connected', now)
  const knowsRosters = (member.versions?.max ?? 0) >= SINCE.roster
  if (knowsRosters) await sendRoster(context, tx, member.group, [member.id])
  await sendNamed(context, tx, member.group, member.id)
  // One that served before does not acknowledge (chat §6.6): it is what it was.
  if (isReturning(relay)) await advanceRelay(context, tx, member.id, 'active')
  if (!knowsRosters || isReturning(relay)) await publishLink(context, tx, member.group)
  const ready = await relayByMember(tx, member.id)
  if (ready !== undefined) await flushWaiting(context, tx, ready)
  await tellRelay(context, tx, member.id)
}

/**
 * A super-peer that comes later hears who is blocked for all, and whose right to write was given or taken by name:
 * neither link data nor the roster says so.
 */
async function sendNamed(context: GroupContext, tx: Tx, id: GroupId, to: MemberRowId): Promise<void> {
  const group = await groupById(tx, id)
  if (group === undefined) return
  const roles = (await membersNamed(tx, id, MAX_NAMED)).map(
    (params) => ({ event: { type: 'x.grp.mem.role', params } }) as const,
  )
  const blocked = (await blockedMembers(tx, id, MAX_NAMED)).map((memberId) => {
    const params = { memberId, memberRestrictions: { restriction: 'blocked' } }
    return { event: { type: 'x.grp.mem.restrict', params } } as const
  })
  const events = [...roles, ...blocked]
  if (events.length > 0) await sendEvents(context, tx, group, events, { to: [to], wait: false })
}

/** Of each kind, the newest ones where there are more. */
const MAX_NAMED = 1000

export async function rosterAcknowledged(
  context: GroupContext,
  tx: Tx,
  { member, row }: Relay,
  version: number,
  error: string | undefined,
): Promise<void> {
  if (row.status !== 'accepted') return
  if (error !== undefined) {
    await endRelay(context, tx, member.id, 'rejected', `roster: ${error.slice(0, 100)}`)
    return
  }
  const group = await groupById(tx, member.group)
  if (version !== (group?.rosterVersion ?? 0)) return
  await advanceRelay(context, tx, member.id, 'acknowledged_roster')
  await publishLink(context, tx, member.group)
}

export async function capabilitiesReceived(
  context: GroupContext,
  tx: Tx,
  { member }: Relay,
  capabilities: RelayCapabilities,
): Promise<void> {
  await tx.run('UPDATE group_relays SET capabilities = ? WHERE member = ?', JSON.stringify(capabilities), member.id)
  await tellRelay(context, tx, member.id)
}
