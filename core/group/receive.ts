import type { MessageElement, ParsedElement } from '../chat/container.ts'
import { eventName } from '../chat/events.ts'
import { receiveElement as attribute, type KnownMember } from '../chat/incoming.ts'
import type { MemberRole } from '../chat/roles.ts'
import type { Tx } from '../store/database.ts'
import type { Arrival, Processed } from './processed.ts'
import { ignored, type Outcome, type ReceiveContext, type Received, refused } from './receive/context.ts'
import { compareCopy, recordCopy } from './receive/copies.ts'
import { eventDigest } from './receive/digest.ts'
import { dispatch } from './receive/dispatch.ts'
import { insertStranger } from './receive/records.ts'
import { receiveChunk } from './receive/roster.ts'
import { isRemoved, type Member, memberById, memberByRow, setMemberVersions } from './state/members.ts'
import { eventByShared, insertEvent } from './state/messages.ts'

/**
 * Applies one element of a received body to the group, as every client does: owner, member and super-peer alike
 * (chat §7.1). Never throws for what the element says; store errors pass through.
 */
export async function receiveElement(
  context: ReceiveContext,
  tx: Tx,
  arrival: Arrival,
  element: ParsedElement,
): Promise<Processed> {
  if (element.type === 'error') {
    return processed('error', refused(element.error.code), undefined)
  }
  if (element.type === 'chunk') {
    return processed('chunk', await receiveChunk(context, tx, arrival, element.chunk), arrival.via)
  }
  if (element.forwarded === undefined && element.peerVersion !== undefined) {
    await setMemberVersions(tx, arrival.via, element.peerVersion)
  }
  const result = await receiveMessage(context, tx, arrival, element)
  if (result.outcome === 'refused') {
    context.env.log.info('group.refused', { group: arrival.group.id, event: result.event, reason: result.reason })
    context.notify(tx, {
      type: 'refused',
      group: arrival.group.id,
      member: result.author?.id ?? arrival.via.id,
      event: result.event,
      reason: result.reason ?? 'refused',
    })
  }
  return result
}

function processed(
  event: string,
  outcome: Outcome,
  author: Member | undefined,
  rest: Partial<Pick<Processed, 'verification' | 'sharedMsgId'>> = {},
): Processed {
  return {
    outcome: outcome.outcome,
    event,
    scope: outcome.scope,
    asGroup: outcome.asGroup ?? false,
    author,
    verification: rest.verification,
    sharedMsgId: rest.sharedMsgId,
    item: outcome.item,
    effects: outcome.effects ?? [],
    reason: outcome.reason,
  }
}

async function receiveMessage(
  context: ReceiveContext,
  tx: Tx,
  arrival: Arrival,
  element: MessageElement,
): Promise<Processed> {
  const { group, via } = arrival
  const { message, forwarded } = element
  const { event, msgId: sharedMsgId } = message
  const name = eventName(event)
  const now = context.env.clock.now()
  const author = await authorOf(tx, arrival, element)
  const result = (outcome: Outcome) => processed(name, outcome, author.member, { sharedMsgId })

  // Only super-peers forward, and not to each other (chat §7.1, §11.35).
  if (forwarded !== undefined && (via.role !== 'relay' || group.part === 'super-peer')) {
    return result(refused('forwarded'))
  }
  const compares = group.part !== 'super-peer' && event.type !== 'x.grp.roster'
  const digest = compares && sharedMsgId !== undefined ? eventDigest(event) : undefined
  if (sharedMsgId !== undefined && event.type !== 'x.grp.roster') {
    const first = await eventByShared(tx, group.id, sharedMsgId)
    if (first !== undefined) {
      if (digest !== undefined) {
        await compareCopy(context, tx, first, { group: group.id, sharedMsgId, relay: via.id, digest, now })
      }
      return result({ outcome: 'duplicate' })
    }
  }
  if (author.member?.id === group.ownMember) return result(refused('own'))
  if (author.member !== undefined && isRemoved(author.member.status)) return result(ignored('removed'))

  const judged = attribute(element, {
    relayGroup: true,
    publicGroupId: group.publicGroupId,
    receiverRole: await ownRole(tx, arrival),
    peer: known(via) ?? { memberId: NOBODY, key: undefined, role: via.role },
    member: () => author.member && known(author.member),
  })
  if (judged.type !== 'event') return { ...result(refused('signature')), verification: 'rejected' }

  const base = {
    context,
    tx,
    group,
    via,
    message,
    verification: judged.verification,
    signed: element.signed && { body: element.signed.body, signature: element.signed.signatures[0]! },
    time: forwarded === undefined ? arrival.brokerTime : forwarded.ts * 1000,
    now,
    forwarded: forwarded !== undefined,
  }
  const member = author.member ?? (await stranger(base, author.unknown))
  if (author.unknown !== undefined && member === undefined) {
    return result(ignored('unknown-sender'))
  }
  const outcome = await dispatch({ ...base, author: member })
  if (sharedMsgId !== undefined && outcome.open !== true && outcome.outcome !== 'duplicate') {
    await insertEvent(tx, {
      group: group.id,
      sharedMsgId,
      event: name,
      sender: member?.id,
      message: outcome.item,
      signed: judged.verification === 'verified',
      digest,
      now,
    })
    if (digest !== undefined) await recordCopy(tx, { group: group.id, sharedMsgId, relay: via.id, digest, now })
  }
  return processed(name, outcome, member, { sharedMsgId, verification: judged.verification })
}

interface Attribution {
  /** Undefined for the group itself and for strangers. */
  readonly member: Member | undefined
  readonly unknown?: { readonly memberId: Uint8Array; readonly name: string }
}

async function authorOf(tx: Tx, { group, via }: Arrival, { forwarded }: MessageElement): Promise<Attribution> {
  if (forwarded === undefined) return { member: via }
  if (forwarded.sender.type === 'channel') return { member: undefined }
  const { memberId, name } = forwarded.sender
  const member = await memberById(tx, group.id, memberId)
  return member === undefined ? { member, unknown: { memberId, name } } : { member }
}

/** Content and profiles make a stranger known by its short name; nothing else of a stranger does (chat §7.5). */
async function stranger(base: Omit<Received, 'author'>, unknown: Attribution['unknown']): Promise<Member | undefined> {
  if (unknown === undefined) return undefined
  const { type } = base.message.event
  if (type !== 'x.msg.new' && type !== 'x.info') return undefined
  return insertStranger(base, unknown.memberId, unknown.name)
}

function known(member: Member): KnownMember | undefined {
  return member.memberId && { memberId: member.memberId, key: member.key, role: member.role }
}

const NOBODY = new Uint8Array(0)

async function ownRole(tx: Tx, { group }: Arrival): Promise<MemberRole> {
  if (group.part === 'super-peer') return 'relay'
  return (await memberByRow(tx, group.ownMember))?.role ?? 'observer'
}
