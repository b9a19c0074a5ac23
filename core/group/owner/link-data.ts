import type { LinkUserData } from '../../agent/api.ts'
import { signOwner } from '../../agent/links/owners.ts'
import { encodeGroupLinkData } from '../../chat/link-data.ts'
import type { GroupProfile } from '../../chat/profile.ts'
import { SINCE } from '../../chat/versions.ts'
import { HearthError } from '../../codec/error.ts'
import { publicKeyOf } from '../../crypto/keypair.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupId } from '../api.ts'
import type { GroupContext } from '../context.ts'
import { extensionsOf, type Writers } from '../extensions.ts'
import { advanceRelay } from '../relay-events.ts'
import { sendEvents } from '../sending/compose.ts'
import { type Group, groupById } from '../state/groups.ts'
import { isServing, type Relay, relaysOf } from '../state/relays.ts'

/** The mutable link data of an own group: always complete, written in the transaction that changes them (chat §4.3). */

export interface LinkDataValues {
  readonly groupProfile: GroupProfile
  readonly memberCount: number
  readonly writers: Writers
  readonly relays: readonly string[]
}

export function linkData(
  group: Pick<Group, 'rootPrivate' | 'ownMemberId' | 'ownKey'>,
  values: LinkDataValues,
): LinkUserData {
  if (group.rootPrivate === undefined) throw new HearthError('usage', 'not-owner', 'only owners write link data')
  return {
    direct: false,
    owners: [signOwner(group.ownMemberId, publicKeyOf(group.ownKey), group.rootPrivate)],
    relays: values.relays,
    userData: encodeGroupLinkData({
      groupProfile: values.groupProfile,
      publicGroupData: { publicMemberCount: values.memberCount },
      ...(values.writers === 'everyone' && { ext: extensionsOf(values.writers) }),
    }),
  }
}

/** It served before, and is being connected anew (renew.ts): members stay with it meanwhile. */
export function isReturning({ member, row }: Relay): boolean {
  return row.active_at !== null && row.status !== 'active' && isServing(row.status) && member.relayLink !== undefined
}

/** Connected, and acknowledged the roster where they know of rosters (chat §4.3, §11.33). */
function isPublishable(relay: Relay): boolean {
  const { member, row } = relay
  if (isReturning(relay)) return true
  if (row.ready !== 1 || member.relayLink === undefined) return false
  if (row.status === 'acknowledged_roster' || row.status === 'active') return true
  return row.status === 'accepted' && (member.versions?.max ?? 0) < SINCE.roster
}

/** Writes what holds now. The agent keeps the order of writes. */
export async function publishLink(context: GroupContext, tx: Tx, id: GroupId): Promise<void> {
  const group = await groupById(tx, id)
  if (group?.part !== 'owner' || group.addressConn === undefined) return
  const relays = (await relaysOf(tx, id)).filter(isPublishable).map(({ member }) => member.relayLink!)
  const data = linkData(group, {
    groupProfile: group.groupProfile,
    memberCount: group.memberCount,
    writers: group.writers,
    relays,
  })
  await context.agent.setLinkData(tx, group.addressConn, data)
  await tx.run(
    'UPDATE groups SET link_due_at = NULL, published_count = ? WHERE group_id = ?',
    group.memberCount,
    group.id,
  )
}

/** A changed count is published after a while, together with what follows (chat §11.34). */
export async function countChanged(context: GroupContext, tx: Tx, group: GroupId): Promise<void> {
  const due = context.env.clock.now() + context.settings.countDelay
  const changed = await tx.run(
    'UPDATE groups SET link_due_at = ? WHERE group_id = ? AND link_due_at IS NULL',
    due,
    group,
  )
  if (changed > 0) context.wake(tx, { type: 'link-data', group })
}

/** The step of `link-data`: returns when to come back. */
export async function linkDataStep(context: GroupContext, id: GroupId): Promise<number | undefined> {
  return context.store.write(async (tx) => {
    const group = await groupById(tx, id)
    const due = group?.row.link_due_at
    if (due === null || due === undefined) return undefined
    if (due > context.env.clock.now()) return due
    await publishLink(context, tx, id)
    return undefined
  })
}

/** The router has link data: super-peers in it are active, those that are no longer in it are not (chat §4.3). */
export async function linkWritten(
  context: GroupContext,
  tx: Tx,
  group: Group,
  published: readonly string[],
): Promise<void> {
  const before = await relaysOf(tx, group.id)
  const wasActive = before.some(({ row }) => row.status === 'active')
  const activated: Relay[] = []
  for (const relay of before) {
    const { member, row } = relay
    const listed = member.relayLink !== undefined && published.includes(member.relayLink)
    if (listed && (row.status === 'acknowledged_roster' || row.status === 'accepted')) {
      await advanceRelay(context, tx, member.id, 'active')
      activated.push(relay)
    } else if (!listed && row.status === 'active') {
      await advanceRelay(context, tx, member.id, 'inactive')
    }
  }
  if (activated.length === 0) return
  if (!wasActive && group.status === 'ready') context.notify(tx, { type: 'group', group: group.id, change: 'ready' })
  for (const relay of activated) await announce(context, tx, group, relay)
}

/**
 * Members connect to a super-peer that came later (chat §4.5). The member count may lag behind, hence everybody is told
 * whenever another super-peer could have admitted somebody.
 */
async function announce(context: GroupContext, tx: Tx, group: Group, relay: Relay): Promise<void> {
  const link = relay.member.relayLink
  const others = (await relaysOf(tx, group.id)).filter(
    ({ member, row }) => member.id !== relay.member.id && row.status === 'active' && row.ready === 1,
  )
  if (link === undefined || others.length === 0 || relay.row.announced === 1) return
  const event = { type: 'x.grp.relay.new', params: { relayLink: link } } as const
  await sendEvents(context, tx, group, [{ event }], { to: others.map(({ member }) => member.id) })
  await tx.run('UPDATE group_relays SET announced = 1 WHERE member = ?', relay.member.id)
}
