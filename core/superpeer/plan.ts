import type { AgentEvent } from '../agent/api.ts'
import { encodeBinaryBatch, fitsRelay } from '../chat/batch.ts'
import { type MessageElement, parseBody } from '../chat/container.ts'
import type { ChatEvent } from '../chat/events.ts'
import { forwardElement } from '../chat/forward.ts'
import { atLeast } from '../chat/roles.ts'
import { lifetimeOf } from '../chat/state/expiry.ts'
import { unlessMalformed } from '../codec/error.ts'
import type { MemberRowId } from '../group/api.ts'
import type { Effect, Processed } from '../group/processed.ts'
import { receiveElement } from '../group/receive.ts'
import { type Group, groupById } from '../group/state/groups.ts'
import { type Member, memberByRow } from '../group/state/members.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { beginEnding, endConnection, endMember } from './ending.ts'
import type { RateLimit } from './limits.ts'
import { acknowledgeRoster, serveRoster } from './roster.ts'
import { followRoles } from './state/recipients.ts'
import { count, type Served, servedGroup, serves } from './state/served.ts'
import { insertTask } from './state/tasks.ts'

/** Events that change who is moderator or higher. */
const ROLE_EVENTS: ReadonlySet<string> = new Set(['x.grp.mem.role', 'x.grp.mem.del', 'chunk'])
/** Whoever never heard of the member need not learn of it now. */
const WITHOUT_RECORD: ReadonlySet<string> = new Set(['x.grp.leave'])

/**
 * A message of a member or owner (chat §7.1): every element is processed as any client would, and what others are to
 * hear becomes a task in the same transaction. Answers with the milliseconds by which its acknowledgement is delayed.
 */
export async function receiveBody(
  context: SuperPeerContext,
  tx: Tx,
  memberRow: MemberRowId,
  event: Extract<AgentEvent, { type: 'MSG' }>,
  rate: RateLimit,
): Promise<number> {
  let via = await memberByRow(tx, memberRow)
  let group = via && (await groupById(tx, via.group))
  const served = group && (await servedGroup(tx, group.id))
  if (via === undefined || group === undefined || served === undefined || !hears(served, via)) return 0
  const now = context.env.clock.now()
  const elements = unlessMalformed(() => parseBody(event.body))
  if (elements === undefined) {
    await refuse(context, tx, group, via, 'body', 'syntax')
    return 0
  }
  let tasks = 0
  let messages = 0
  for (const element of elements) {
    const processed = await receiveElement(context.receive, tx, { group, via, brokerTime: event.brokerTime }, element)
    if (element.type === 'message' && processed.outcome !== 'duplicate') messages++
    if (processed.outcome === 'refused') {
      await refuse(context, tx, group, via, processed.event, processed.reason ?? 'refused')
    }
    const ends = processed.scope?.type === 'super-peer-removed'
    const planned =
      element.type === 'message' && (ends || serves(served.status))
        ? await plan(context, tx, group, element, processed, event.brokerTime)
        : undefined
    if (planned === 'task') tasks++
    for (const effect of processed.effects) await applyEffect(context, tx, group, via, effect)
    if (planned === 'ended') return 0
    if (processed.outcome !== 'applied' && processed.effects.length === 0) continue
    if (ROLE_EVENTS.has(processed.event)) await followRoles(tx, group.id)
    via = await memberByRow(tx, memberRow)
    group = await groupById(tx, group.id)
    if (via === undefined || group === undefined || via.conn === undefined) break
  }
  const groupId = served.group_id
  if (tasks > 0) context.wakeDelivery(tx, groupId)
  if (tasks > 0) await count(tx, groupId, now, { received: tasks })
  return via === undefined || atLeast(via.role, 'moderator') ? 0 : rate.take(memberRow, messages)
}

/** Whoever noticed in link data that it is out still hears its owner: that it is removed, it has to pass on (chat §4.5). */
function hears(served: Served, from: Member): boolean {
  if (serves(served.status)) return true
  return served.status === 'inactive' && served.ended_at === null && from.role === 'owner'
}

async function refuse(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  member: Member,
  event: string,
  reason: string,
): Promise<void> {
  await count(tx, group.id, context.env.clock.now(), { refused: 1 })
  context.notify(tx, { type: 'refused', group: group.id, member: member.id, event, reason })
}

/** Makes the task of one processed event (chat §7.2). */
async function plan(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  element: MessageElement,
  processed: Processed,
  brokerTime: number,
): Promise<'task' | 'ended' | undefined> {
  const { scope, author, sharedMsgId, event } = processed
  // Without an id receivers could not tell the copies of several super-peers apart (chat §5.7).
  if (scope === undefined || author?.memberId === undefined || author.blocked || sharedMsgId === undefined) return
  const forwarded = forwardElement({
    message: element.message,
    signed: element.signed,
    sender: { memberId: author.memberId, name: author.name },
    asGroup: processed.asGroup,
    ts: Math.floor(brokerTime / 1000),
  })
  if (!fitsRelay(forwarded)) {
    await refuse(context, tx, group, author, event, 'large')
    return
  }
  if (scope.type === 'super-peer-removed') {
    const afterAll = event !== 'x.grp.del'
    await beginEnding(context, tx, group, { element: forwarded, sender: author.id, status: 'inactive', afterAll })
    return 'ended'
  }
  await tellRemoved(context, tx, processed.effects, forwarded)
  await insertTask(tx, {
    group: group.id,
    scope: scope.type,
    supportMember: scope.type === 'support' ? scope.member : undefined,
    sender: author.id,
    withRecord: !WITHOUT_RECORD.has(event),
    sharedMsgId,
    element: forwarded,
    now: context.env.clock.now(),
    expiresAt: expiresAt(element.message.event, context.env.clock.now()),
  })
  return 'task'
}

/** Whoever is away for longer than a message lives does not get it any more (chat §2.4). */
function expiresAt(event: ChatEvent, now: number): number | undefined {
  if (event.type !== 'x.msg.new' && event.type !== 'x.msg.update') return undefined
  const lifetime = lifetimeOf(event.params)
  return lifetime === null ? undefined : now + lifetime
}

/** A removed member hears of it first, and its connection ends after that (chat §7.8). */
async function tellRemoved(
  context: SuperPeerContext,
  tx: Tx,
  effects: readonly Effect[],
  element: Uint8Array,
): Promise<void> {
  for (const effect of effects) {
    if (effect.type !== 'member-removed' || effect.member.conn === undefined) continue
    await context.agent.sendMany(tx, [
      { conn: effect.member.conn, bodies: [await context.agent.storeBody(tx, encodeBinaryBatch([element]))] },
    ])
    await endConnection(context, tx, effect.member.id, effect.member.conn)
    await count(tx, effect.member.group, context.env.clock.now(), { gone: 1 })
  }
}

async function applyEffect(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  via: Member,
  effect: Effect,
): Promise<void> {
  switch (effect.type) {
    case 'member-left':
    case 'member-removed':
      return endMember(context, tx, group, effect.member.id)
    case 'roster-applied':
      return acknowledgeRoster(context, tx, group, via, effect.version, undefined)
    case 'roster-failed':
      return acknowledgeRoster(context, tx, group, via, effect.version, effect.error)
    case 'roster-requested':
      return serveRoster(context, tx, group.id, via.id, effect.version ?? -1)
    default:
  }
}
