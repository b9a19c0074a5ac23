import { groupProfile as groupProfileCodec } from '../../chat/profile.ts'
import { equal } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import { failureOf } from '../failure.ts'
import { type GroupLink, readGroupLink, sameLink } from '../link.ts'
import { advanceRelay } from '../relay-events.ts'
import { dropDeliveries, rescueOrphans } from '../sending/deliveries.ts'
import { retryDelay } from '../settings.ts'
import { type Group, groupById } from '../state/groups.ts'
import { isRemoved, knownMembers, type Member, memberByRow, setMemberStatus } from '../state/members.ts'
import { relaysOf } from '../state/relays.ts'
import { changeWriters } from '../writers.ts'
import { addOwners, addRelayLink } from './join.ts'

/** Comparing with link data: the way back for whoever missed that super-peers changed (chat §4.8). */
export async function resyncGroup(context: GroupContext, id: GroupId): Promise<void> {
  const group = await context.store.read((tx) => groupById(tx, id))
  if (group === undefined) throw new HearthError('usage', 'no-group', 'the group does not exist')
  if (group.part !== 'member' || !isJoined(group.status)) return
  const read = await readGroupLink(context.agent, group.link)
  if (group.publicGroupId === undefined || !equal(read.publicGroupId, group.publicGroupId)) {
    throw new HearthError('protocol', 'link', 'the link leads to another group now')
  }
  await context.store.write((tx) => apply(context, tx, id, read))
}

function isJoined(status: string): boolean {
  return status === 'joining' || status === 'active' || status === 'failed'
}

async function apply(context: GroupContext, tx: Tx, id: GroupId, read: GroupLink): Promise<void> {
  const group = await groupById(tx, id)
  if (group === undefined || !isJoined(group.status)) return
  await tx.run(
    'UPDATE groups SET group_profile = ?, member_count = ? WHERE group_id = ?',
    JSON.stringify(groupProfileCodec.encode(read.groupProfile)),
    await countedMembers(context, tx, group, read.memberCount),
    id,
  )
  if (read.writers !== group.writers) await changeWriters(tx, id, read.writers)
  await addOwners(context, tx, id, read)
  for (const link of read.relays) await addRelayLink(context, tx, id, link)
  await tryFailedAgain(context, tx, id, read.relays)
  await dropUnlisted(context, tx, id, read.relays)
  context.notify(tx, { type: 'group', group: id, change: 'updated' })
}

/** Super-peers tell a newcomer how many there are; link data say so once the owner has heard of all of them. */
const NEWCOMER = 10 * 60_000

/** Never fewer than the members of whom we know ourselves: the owner may have been away for long. */
async function countedMembers(
  context: GroupContext,
  tx: Tx,
  group: Group,
  published: number | undefined,
): Promise<number> {
  const known = await knownMembers(tx, group.id)
  const now = context.env.clock.now()
  const joinedAt = (await memberByRow(tx, group.ownMember))?.row.joined_at ?? now
  const told = now - joinedAt < NEWCOMER ? group.memberCount : 0
  return Math.max(published ?? group.memberCount, told, known)
}

/** Others write the same link in other ways: an announcement carries a text, link data do not. */
function isListed(published: readonly string[], { relayLink }: Member): boolean {
  return published.some((link) => sameLink(link, relayLink))
}

async function tryFailedAgain(context: GroupContext, tx: Tx, id: GroupId, published: readonly string[]): Promise<void> {
  let again = false
  for (const { member, row } of await relaysOf(tx, id)) {
    if (row.status !== 'failed' || !isListed(published, member)) continue
    await advanceRelay(context, tx, member.id, 'new')
    context.wake(tx, { type: 'super-peer', member: member.id })
    again = true
  }
  if (again) await tx.run("UPDATE groups SET status = 'joining' WHERE group_id = ? AND status = 'failed'", id)
}

/**
 * A super-peer that the link no longer names is forgotten while it still counts as serving, or where none of those
 * that do is left.
 */
async function dropUnlisted(context: GroupContext, tx: Tx, id: GroupId, published: readonly string[]): Promise<void> {
  const relays = await relaysOf(tx, id)
  const anyLeft = relays.some(({ member, row }) => isListed(published, member) && row.status !== 'inactive')
  for (const { member, row } of relays) {
    if (isListed(published, member)) continue
    if (isRemoved(member.status) && row.status === 'inactive' && anyLeft) continue
    if (member.conn !== undefined) await context.agent.remove(tx, member.conn)
    await dropDeliveries(context, tx, member.id)
    await setMemberStatus(tx, member.id, 'removed', context.env.clock.now())
    // Its row of group_members stays: messages say which super-peer delivered them. The link may be published again.
    await tx.run('UPDATE group_members SET relay_link = NULL WHERE member = ?', member.id)
    await tx.run('DELETE FROM group_relays WHERE member = ?', member.id)
    context.notify(tx, { type: 'super-peer-gone', group: id, superPeer: member.id })
  }
  await rescueOrphans(context, tx, id)
}

/** The step of `resync`; returns when to come back. */
export async function resyncStep(context: GroupContext, id: GroupId): Promise<number | undefined> {
  try {
    await resyncGroup(context, id)
    return undefined
  } catch (error) {
    const failure = failureOf(error)
    context.env.log.info('group.resync', { group: id, kind: failure.kind, code: failure.code })
    return failure.temporary ? context.env.clock.now() + retryDelay(context.settings, 5) : undefined
  }
}
