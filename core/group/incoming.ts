import type { AgentEvent } from '../agent/api.ts'
import { type ParsedElement, parseBody, readConnInfo } from '../chat/container.ts'
import { newSharedMsgId } from '../chat/ids.ts'
import { encodeMessage } from '../chat/message.ts'
import { isRosterRole } from '../chat/roles.ts'
import { unbind } from '../chat/state/bindings.ts'
import { CHAT_VERSIONS } from '../chat/versions.ts'
import { CodecError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { GroupContext } from './context.ts'
import { endGroup } from './ending.ts'
import { failureOf } from './failure.ts'
import { joinAnswered, joiningMayFail, relayJoined } from './member/connect.ts'
import { addRelayLink } from './member/join.ts'
import { relayGone } from './owner/administration.ts'
import { capabilitiesReceived, invitationAnswered, relayConnected, rosterAcknowledged } from './owner/agreement.ts'
import { countChanged, linkWritten } from './owner/link-data.ts'
import { issueRoster } from './owner/roster.ts'
import type { Effect, Processed } from './processed.ts'
import { receiveElement } from './receive.ts'
import { advanceRelay, endRelay } from './relay-events.ts'
import { deliveryEnded, keepForLater } from './sending/deliveries.ts'
import { type Group, groupById } from './state/groups.ts'
import { knownMembers, setMemberConn, setMemberVersions } from './state/members.ts'
import { type Relay, relayByMember } from './state/relays.ts'
import type { SuperPeerTests } from './test-super-peer.ts'

/** What the agent tells about connections of owners and members. */

type EventOfConn = Extract<AgentEvent, { conn: number }>

export async function linkEvent(context: GroupContext, tx: Tx, id: number, event: EventOfConn): Promise<void> {
  if (event.type === 'DELETED') {
    await unbind(tx, event.conn)
    return
  }
  const group = await groupById(tx, id)
  if (event.type === 'LINK' && group?.part === 'owner') await linkWritten(context, tx, group, event.data.relays)
  if (event.type === 'ERR') {
    context.env.log.warn('group.link', { group: id, operation: event.operation, code: event.error.code })
  }
}

export async function testEvent(tests: SuperPeerTests, tx: Tx, event: EventOfConn): Promise<void> {
  if (event.type === 'DELETED') await unbind(tx, event.conn)
  if (event.type === 'ERR') await tests.failed(tx, event.conn, event.error)
  if (event.type !== 'CONF') return
  const element = readConnInfo(event.info)
  if (element !== undefined) await tests.answered(tx, event.conn, element)
}

export async function relayEvent(context: GroupContext, tx: Tx, member: number, event: EventOfConn): Promise<void> {
  if (event.type === 'DELETED') {
    await unbind(tx, event.conn)
    await tx.run('UPDATE group_members SET conn = NULL WHERE member = ? AND conn = ?', member, event.conn)
    return
  }
  if (event.type === 'SENT') return deliveryEnded(context, tx, member, event.message)
  if (event.type === 'MERR') {
    if (event.error.code === 'AUTH') return lost(context, tx, member, event)
    return deliveryEnded(context, tx, member, event.message, event.error)
  }
  const relay = await relayByMember(tx, member)
  const group = relay && (await groupById(tx, relay.member.group))
  if (relay === undefined || group === undefined || relay.member.conn !== event.conn) return
  if (event.type === 'CONF') return confirmed(context, tx, relay, group, event)
  if (event.type === 'CON') {
    return group.part === 'owner' ? relayConnected(context, tx, relay) : relayJoined(context, tx, relay, group)
  }
  if (event.type === 'MSG') return received(context, tx, relay, group, event)
  if (event.type === 'ERR') return failed(context, tx, relay, group, event)
}

async function confirmed(
  context: GroupContext,
  tx: Tx,
  relay: Relay,
  group: Group,
  event: Extract<AgentEvent, { type: 'CONF' }>,
): Promise<void> {
  const element = readConnInfo(event.info)
  if (element === undefined) {
    await endRelay(context, tx, relay.member.id, 'failed', 'unexpected-answer')
    await joiningMayFail(context, tx, group.id, 'unexpected-answer')
    return
  }
  await setMemberVersions(tx, relay.member, element.message.v)
  if (group.part === 'owner') {
    await invitationAnswered(context, tx, relay, event.conn, event.confirmation, element)
  } else {
    await joinAnswered(context, tx, relay, group, event.conn, event.confirmation, element)
  }
}

async function failed(
  context: GroupContext,
  tx: Tx,
  relay: Relay,
  group: Group,
  event: Extract<AgentEvent, { type: 'ERR' }>,
): Promise<void> {
  const { operation, error } = event
  context.env.log.warn('group.connection', { group: group.id, operation, kind: error.kind, code: error.code })
  if (operation !== 'join' && operation !== 'allow') return
  if (relay.row.ready === 1 || relay.row.status === 'rejected') return
  await endRelay(context, tx, relay.member.id, 'failed', error.code)
  await joiningMayFail(context, tx, group.id, error.code)
}

/**
 * The super-peer's queue is gone. A member looks at link data, where it may have been replaced (design §6), and asks to
 * be let in again otherwise; an owner stops publishing it.
 */
async function lost(
  context: GroupContext,
  tx: Tx,
  member: number,
  event: Extract<AgentEvent, { type: 'MERR' }>,
): Promise<void> {
  const relay = await relayByMember(tx, member)
  const group = relay && (await groupById(tx, relay.member.group))
  const current = relay?.member.conn === event.conn && relay.row.status !== 'inactive'
  if (relay === undefined || group === undefined || !current || isOver(group)) {
    return deliveryEnded(context, tx, member, event.message, event.error)
  }
  if (group.part === 'owner') {
    await deliveryEnded(context, tx, member, event.message, event.error)
    return relayGone(context, tx, member)
  }
  await keepForLater(tx, member, event.message)
  await context.agent.remove(tx, event.conn)
  await setMemberConn(tx, member, undefined)
  const retryAt = context.env.clock.now() + context.settings.retryInitial
  await advanceRelay(context, tx, member, 'new', 'AUTH')
  await tx.run('UPDATE group_relays SET ready = 0, retry_at = ? WHERE member = ?', retryAt, member)
  context.wake(tx, { type: 'resync', group: group.id })
  context.wake(tx, { type: 'super-peer', member })
}

async function received(
  context: GroupContext,
  tx: Tx,
  relay: Relay,
  group: Group,
  event: Extract<AgentEvent, { type: 'MSG' }>,
): Promise<void> {
  // Its first words say that it counts us in: announcements from here on reach us, those since we read the link did not.
  if (group.part === 'member' && isFirst(relay)) context.wake(tx, { type: 'resync', group: group.id })
  await tx.run('UPDATE group_relays SET seen_at = ? WHERE member = ?', context.env.clock.now(), relay.member.id)
  let elements: readonly ParsedElement[]
  try {
    elements = parseBody(event.body)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    context.env.log.info('group.body', { group: group.id, code: error.code })
    return
  }
  for (const element of elements) {
    // Roles, keys and versions may change with every element.
    const now = await groupById(tx, group.id)
    const via = await relayByMember(tx, relay.member.id)
    if (now === undefined || via === undefined || isOver(now)) return
    await receiveOne(context, tx, now, via, element, event.brokerTime)
  }
}

/** Nothing has come over this connection since it was made. */
function isFirst({ row }: Relay): boolean {
  return row.connected_at === null || row.seen_at === null || row.seen_at <= row.connected_at
}

function isOver(group: Group): boolean {
  return group.status === 'left' || group.status === 'removed' || group.status === 'deleted'
}

/** What goes wrong with one element must not touch the others, nor come back for ever. */
async function receiveOne(
  context: GroupContext,
  tx: Tx,
  group: Group,
  relay: Relay,
  element: ParsedElement,
  brokerTime: number,
): Promise<void> {
  await tx.run('SAVEPOINT element')
  try {
    const processed = await receiveElement(context, tx, { group, via: relay.member, brokerTime }, element)
    for (const effect of processed.effects) await apply(context, tx, group, relay, processed, effect)
  } catch (error) {
    const failure = failureOf(error)
    if (failure.kind === 'store') throw error
    await tx.run('ROLLBACK TO element')
    context.env.log.error('group.element', { group: group.id, kind: failure.kind, code: failure.code })
  }
  await tx.run('RELEASE element')
}

async function apply(
  context: GroupContext,
  tx: Tx,
  group: Group,
  relay: Relay,
  processed: Processed,
  effect: Effect,
): Promise<void> {
  const owner = group.part === 'owner'
  switch (effect.type) {
    case 'super-peer-announced':
      if (!owner) await addRelayLink(context, tx, group.id, effect.link)
      return
    case 'self-removed':
      return endGroup(context, tx, group.id, 'removed')
    case 'group-deleted':
      return endGroup(context, tx, group.id, 'deleted')
    case 'member-removed':
    case 'member-left': {
      const { member } = effect
      if (member.role === 'relay') {
        if (owner) await relayGone(context, tx, member.id)
        else {
          await endRelay(context, tx, member.id, 'inactive')
          context.notify(tx, { type: 'super-peer-gone', group: group.id, superPeer: member.id })
        }
        return
      }
      if (!owner) return
      if (isRosterRole(member.role)) await issueRoster(context, tx, group.id)
      return countChanged(context, tx, group.id)
    }
    case 'member-added':
      if (!owner) return notFewerThanKnown(context, tx, group)
      if (processed.event !== 'x.grp.mem.new') return
      await tx.run('UPDATE groups SET member_count = member_count + 1 WHERE group_id = ?', group.id)
      return countChanged(context, tx, group.id)
    case 'roster-wanted':
      if (relay.row.ready === 1) await askForRoster(context, tx, relay, effect.version)
      return
    case 'roster-acknowledged':
      return rosterAcknowledged(context, tx, relay, effect.version, effect.error)
    case 'capabilities':
      return capabilitiesReceived(context, tx, relay, effect.capabilities)
    default:
  }
}

/** A member hears of newcomers when they speak; the whole number comes with link data (`member/resync.ts`). */
async function notFewerThanKnown(context: GroupContext, tx: Tx, group: Group): Promise<void> {
  const known = await knownMembers(tx, group.id)
  if (known <= group.memberCount) return
  await tx.run('UPDATE groups SET member_count = ? WHERE group_id = ?', known, group.id)
  context.notify(tx, { type: 'group', group: group.id, change: 'updated' })
}

async function askForRoster(context: GroupContext, tx: Tx, relay: Relay, version: number | undefined): Promise<void> {
  const body = encodeMessage({
    v: CHAT_VERSIONS,
    msgId: newSharedMsgId((size) => context.env.random(size)),
    event: { type: 'x.grp.roster.request', params: { version } },
  })
  await context.agent.send(tx, relay.member.conn!, body)
}
