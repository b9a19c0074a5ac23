import { groupProfile as groupProfileCodec } from '../chat/profile.ts'
import { equal } from '../codec/bytes.ts'
import { HearthError } from '../codec/error.ts'
import { wait } from '../env/wait.ts'
import type { Tx } from '../store/database.ts'
import type { GroupId } from './api.ts'
import type { GroupContext } from './context.ts'
import { failureOf } from './failure.ts'
import { type GroupLink, readGroupLink, sameLink } from './link.ts'
import { dropDeliveries, keepForLater } from './sending/deliveries.ts'
import { allGroups, type Group } from './state/groups.ts'
import { setMemberConn, setMemberStatus } from './state/members.ts'
import { isServing, type Relay, relaysOf, setRelayStatus } from './state/relays.ts'
import { advanceRoster } from './state/roster.ts'
import { changeWriters } from './writers.ts'

/**
 * After the database came back from a backup and took over (docs/backup.md): its connections are behind those of the
 * copy before it, and everything that goes through super-peers is made anew. Nothing of this may run yet.
 */

/** How long each link may take; without it the group goes on as the backup knew it. */
const PATIENCE = 15_000

/**
 * Members refuse a roster older than the one they have (chat §6.6), and the backup does not know how many were issued
 * after it.
 */
const ROSTER_LEAP = 1_000_000

/** Reads the links of own groups as they are; what it returns makes everything anew in the caller's transaction. */
export async function prepareRenewal(context: GroupContext): Promise<(tx: Tx) => Promise<void>> {
  const groups = await context.store.read(allGroups)
  const live = new Map<GroupId, GroupLink>()
  await Promise.all(
    groups.filter(isOwnInUse).map(async (group) => {
      const link = await readLive(context, group)
      if (link !== undefined) live.set(group.id, link)
    }),
  )
  return async (tx) => {
    for (const group of await allGroups(tx)) {
      if (isOwnInUse(group)) await renewOwn(context, tx, group, live.get(group.id))
      else if (group.part === 'member') await renewJoined(context, tx, group)
    }
  }
}

function isOwnInUse({ part, status }: Group): boolean {
  return part === 'owner' && (status === 'ready' || status === 'active')
}

async function readLive(context: GroupContext, group: Group): Promise<GroupLink | undefined> {
  try {
    const read = await Promise.race([readGroupLink(context.agent, group.link), tooLate(context)])
    if (group.publicGroupId !== undefined && equal(read.publicGroupId, group.publicGroupId)) return read
  } catch (error) {
    const failure = failureOf(error)
    context.env.log.warn('group.renew', { group: group.id, kind: failure.kind, code: failure.code })
  }
  return undefined
}

async function tooLate(context: GroupContext): Promise<never> {
  await wait(context.env.clock, PATIENCE)
  throw new HearthError('network', 'timeout', 'the link was not read in time', true)
}

/** The owner invites its super-peers again; those taken out of link data after the backup stay out. */
async function renewOwn(context: GroupContext, tx: Tx, group: Group, live: GroupLink | undefined): Promise<void> {
  if (live !== undefined) {
    await tx.run(
      'UPDATE groups SET group_profile = ?, member_count = ? WHERE group_id = ?',
      JSON.stringify(groupProfileCodec.encode(live.groupProfile)),
      live.memberCount ?? group.memberCount,
      group.id,
    )
    if (live.writers !== group.writers) await changeWriters(tx, group.id, live.writers)
  }
  await advanceRoster(tx, group.id, (group.rosterVersion ?? 0) + ROSTER_LEAP, true)
  for (const relay of await relaysOf(tx, group.id)) {
    if (!isServing(relay.row.status)) continue
    const wasActive = relay.row.active_at !== null
    if (wasActive && live !== undefined && !isListed(relay, live)) await dropRelay(context, tx, relay)
    else await restartRelay(context, tx, relay)
  }
}

/** The member asks to be let in again, with the same id and key. */
async function renewJoined(context: GroupContext, tx: Tx, group: Group): Promise<void> {
  if (group.status !== 'active' && group.status !== 'joining') return
  for (const relay of await relaysOf(tx, group.id)) {
    if (isServing(relay.row.status)) await restartRelay(context, tx, relay)
  }
}

async function restartRelay(context: GroupContext, tx: Tx, relay: Relay): Promise<void> {
  const { id } = relay.member
  await forgetConnection(context, tx, relay)
  await keepForLater(tx, id)
  await setRelayStatus(tx, id, 'new', context.env.clock.now())
  await tx.run('UPDATE group_relays SET ready = 0, confirmation = NULL WHERE member = ?', id)
}

async function dropRelay(context: GroupContext, tx: Tx, relay: Relay): Promise<void> {
  const { id } = relay.member
  const now = context.env.clock.now()
  await forgetConnection(context, tx, relay)
  await dropDeliveries(context, tx, id)
  await setMemberStatus(tx, id, 'left', now)
  await setRelayStatus(tx, id, 'inactive', now)
}

async function forgetConnection(context: GroupContext, tx: Tx, { member }: Relay): Promise<void> {
  if (member.conn === undefined) return
  await context.agent.remove(tx, member.conn)
  await setMemberConn(tx, member.id, undefined)
}

function isListed({ member }: Relay, { relays }: GroupLink): boolean {
  return relays.some((link) => sameLink(link, member.relayLink))
}
