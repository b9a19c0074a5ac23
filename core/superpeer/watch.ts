import type { LinkContent } from '../agent/api.ts'
import type { Extensions } from '../chat/invitations.ts'
import { decodeGroupLinkData } from '../chat/link-data.ts'
import { asHearthError, unlessMalformed } from '../codec/error.ts'
import { createWorker, type Worker } from '../env/worker.ts'
import type { GroupId } from '../group/api.ts'
import { writersOf } from '../group/extensions.ts'
import { type Group, groupById } from '../group/state/groups.ts'
import { changeWriters } from '../group/writers.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { endConnection, finishEnding } from './ending.ts'
import { sameLink } from './serve.ts'
import { endingPage } from './state/recipients.ts'
import { type Served, servedGroup, setServedStatus } from './state/served.ts'

/**
 * Looks for our own link in the link data of every served group (chat §4.5): often until it is there for the first time,
 * then every quarter of an hour. An owner who took it out wants this super-peer no more: a day later it lets go.
 */
export function createLinkWatch(context: SuperPeerContext): Worker {
  const { clock } = context.env
  return createWorker(context.env, 'super-peer.links', async (running) => {
    for (;;) {
      const due = await context.store.read((tx) => nextDue(tx, clock.now()))
      if (due === undefined || !running()) break
      await check(context, due.group, due.link)
    }
    return context.store.read(earliestCheck)
  })
}

async function nextDue(tx: Tx, now: number): Promise<{ group: GroupId; link: string } | undefined> {
  return tx.get(
    `SELECT s.group_id AS "group", g.link FROM served_groups s JOIN groups g ON g.group_id = s.group_id
     WHERE s.check_at <= ? ORDER BY s.check_at LIMIT 1`,
    now,
  )
}

async function earliestCheck(tx: Tx): Promise<number | undefined> {
  const row = await tx.get<{ at: number | null }>('SELECT min(check_at) AS at FROM served_groups')
  return row?.at ?? undefined
}

async function check(context: SuperPeerContext, group: GroupId, link: string): Promise<void> {
  const outcome = await look(context, link)
  await context.store.write((tx) => record(context, tx, group, outcome))
}

/** The link data; `gone` where the owner deleted the link; undefined where nobody can tell at present. */
type Look = LinkContent | 'gone' | undefined

async function look(context: SuperPeerContext, link: string): Promise<Look> {
  try {
    return await context.agent.readLink(link)
  } catch (error) {
    const failure = asHearthError(error, 'network', 'link')
    return failure.kind === 'router' && failure.code === 'AUTH' ? 'gone' : undefined
  }
}

async function record(context: SuperPeerContext, tx: Tx, groupId: GroupId, outcome: Look): Promise<void> {
  const served = await servedGroup(tx, groupId)
  const group = await groupById(tx, groupId)
  if (served === undefined || group === undefined || served.check_at === null) return
  const now = context.env.clock.now()
  if (served.status === 'inactive' && now - (served.inactive_at ?? now) >= context.settings.inactiveFor) {
    return letGo(context, tx, groupId)
  }
  if (outcome !== undefined && outcome !== 'gone') await followWriters(tx, group, outcome)
  const listed = outcome === undefined ? undefined : isListed(served, outcome)
  if (listed === true && served.status !== 'active') await become(context, tx, served, 'active', now)
  if (listed === false && served.status === 'active') await become(context, tx, served, 'inactive', now)
  const settled = listed === true || served.status === 'inactive'
  const { checkInterval, firstCheck } = context.settings
  const delay = settled ? checkInterval : Math.min(Math.max(served.check_delay * 2, firstCheck), checkInterval)
  await tx.run(
    'UPDATE served_groups SET checked_at = ?, check_at = ?, check_delay = ? WHERE group_id = ?',
    now,
    now + delay,
    delay,
    groupId,
  )
}

/** Link data decide who may write, also for a super-peer that missed the owner's word. */
async function followWriters(tx: Tx, group: Group, content: LinkContent): Promise<void> {
  const ext = extensionsIn(content)
  if (ext !== undefined && writersOf(ext) !== group.writers) await changeWriters(tx, group.id, writersOf(ext))
}

/** Undefined where the link data cannot be read. */
function extensionsIn({ userData }: LinkContent): Extensions | undefined {
  return unlessMalformed(() => decodeGroupLinkData(userData).ext ?? [])
}

function isListed(served: Served, outcome: LinkContent | 'gone'): boolean {
  const { link } = served
  if (outcome === 'gone' || link === null) return false
  return outcome.relays.some((relay) => sameLink(relay, link))
}

async function become(
  context: SuperPeerContext,
  tx: Tx,
  served: Served,
  status: 'active' | 'inactive',
  now: number,
): Promise<void> {
  await setServedStatus(tx, served.group_id, status, now)
  context.notify(tx, { type: 'served-group', group: served.group_id, change: 'status', status })
  if (status === 'active') context.wakeDelivery(tx, served.group_id)
}

/** A day after the owner took us out every connection of the group ends. */
async function letGo(context: SuperPeerContext, tx: Tx, groupId: GroupId): Promise<void> {
  const group = await groupById(tx, groupId)
  if (group === undefined) return
  let after = 0
  for (;;) {
    const page = await endingPage(tx, { group: groupId, after, limit: 500 })
    for (const { member, conn } of page) await endConnection(context, tx, member, conn)
    if (page.length < 500) break
    after = page.at(-1)!.member
  }
  await finishEnding(context, tx, group)
}
