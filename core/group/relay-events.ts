import type { HearthError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { RelayStatus } from '../store/schema/chat.ts'
import type { MemberRowId } from './api.ts'
import type { GroupContext } from './context.ts'
import { dropDeliveries, rescueOrphans } from './sending/deliveries.ts'
import { retryDelay } from './settings.ts'
import { setMemberStatus } from './state/members.ts'
import { relayByMember, setRelayStatus, superPeerView } from './state/relays.ts'

/** Tells how it stands with a super-peer, after the commit. */
export async function tellRelay(context: GroupContext, tx: Tx, member: MemberRowId): Promise<void> {
  const relay = await relayByMember(tx, member)
  if (relay === undefined) return
  context.notify(tx, { type: 'super-peer', group: relay.member.group, superPeer: superPeerView(relay) })
}

export async function advanceRelay(
  context: GroupContext,
  tx: Tx,
  member: MemberRowId,
  status: RelayStatus,
  error?: string,
): Promise<void> {
  await setRelayStatus(tx, member, status, context.env.clock.now(), error)
  await tellRelay(context, tx, member)
}

/**
 * A step that failed comes again later; after too long, or where repeating is useless, the super-peer counts as failed
 * and a person decides. Returns when to come back.
 */
export async function failRelayStep(
  context: GroupContext,
  tx: Tx,
  member: MemberRowId,
  failure: HearthError,
): Promise<number | undefined> {
  const relay = await relayByMember(tx, member)
  if (relay === undefined) return undefined
  const now = context.env.clock.now()
  const expired = now - (relay.row.new_at ?? now) > context.settings.giveUpAfter
  if (!failure.temporary || expired) {
    await endRelay(context, tx, member, 'failed', failure.code)
    return undefined
  }
  const retryAt = now + retryDelay(context.settings, relay.row.attempts)
  await tx.run(
    'UPDATE group_relays SET attempts = attempts + 1, retry_at = ?, error = ? WHERE member = ?',
    retryAt,
    failure.code,
    member,
  )
  await tellRelay(context, tx, member)
  return retryAt
}

/** Nothing goes to it any more: its connection ends, after what was handed to the agent where that still matters. */
export async function endRelay(
  context: GroupContext,
  tx: Tx,
  member: MemberRowId,
  status: 'inactive' | 'rejected' | 'failed',
  error?: string,
  options: { readonly afterDelivery?: boolean } = {},
): Promise<void> {
  const relay = await relayByMember(tx, member)
  if (relay === undefined) return
  if (relay.member.conn !== undefined) await context.agent.remove(tx, relay.member.conn, options)
  await dropDeliveries(context, tx, member, options)
  if (status !== 'failed') await setMemberStatus(tx, member, 'left', context.env.clock.now())
  await advanceRelay(context, tx, member, status, error)
  await rescueOrphans(context, tx, relay.member.group)
}
