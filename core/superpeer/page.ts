import type { BulkSend, StoredBody } from '../agent/api.ts'
import { SINCE } from '../chat/versions.ts'
import type { MemberRowId } from '../group/api.ts'
import type { Group } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import { type JobContent, type Share, type Sharing, shareBodies, sharing, withoutKnown } from './accounting.ts'
import type { SuperPeerContext } from './context.ts'
import { BACKLOG_CHECK, LEAST_WINDOW, SLOW, WINDOW } from './pace.ts'
import { advanceJob, finishJob, type Job, jobContent } from './state/jobs.ts'
import {
  disableRecipient,
  livePage,
  type Pause,
  pauseRecipients,
  privilegedRecipients,
  type RecipientRow,
} from './state/recipients.ts'
import { addKnown, knownSenders } from './state/records.ts'
import { count } from './state/served.ts'

export interface PageResult {
  /** `wait`: the network has more than enough to do; nothing was changed. */
  readonly state: 'more' | 'done' | 'wait'
}

/**
 * One page of a job (chat §7.4): bodies once, recipients in order of their rows, the cursor, all in one transaction.
 * With `patience` the page may say that it rather waits; without, members whose messages do not move are paused.
 */
export async function deliverPage(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  job: Job,
  patience: boolean,
): Promise<PageResult> {
  const now = context.env.clock.now()
  const page = await recipientsOf(context, tx, group, job)
  const last = page.at(-1)?.member ?? job.cursor
  const full = job.scope === 'group' && page.length === context.settings.pageSize
  const ready = await sortOutSlow(context, tx, page, job, now, patience)
  if (ready === undefined) return { state: 'wait' }
  const content = await jobContent(tx, job, now)
  const delivered = await enqueue(context, tx, group, content, job, ready)
  if (full) await advanceJob(tx, job.job, last, delivered)
  else await finishJob(tx, job.job, delivered, now)
  return { state: full ? 'more' : 'done' }
}

async function recipientsOf(context: SuperPeerContext, tx: Tx, group: Group, job: Job): Promise<RecipientRow[]> {
  const limit = context.settings.pageSize
  if (job.scope === 'group') return livePage(tx, { group: group.id, job: job.job, after: job.cursor, limit })
  const version = job.scope === 'support' ? SINCE.supportChats : 0
  return privilegedRecipients(tx, { group: group.id, job: job.job, version, also: job.supportMember })
}

/**
 * Recipients that can take more. A member whose messages do not move costs a position instead of rows (agent §12.4);
 * undefined asks to wait because the network as a whole is behind.
 */
async function sortOutSlow(
  context: SuperPeerContext,
  tx: Tx,
  page: readonly RecipientRow[],
  job: Job,
  now: number,
  patience: boolean,
): Promise<RecipientRow[] | undefined> {
  const { memberBacklog, pausedCheck } = context.settings
  let underWay = 0
  const waiting: number[] = []
  for (const { conn } of page) {
    const pending = await context.agent.pending(tx, conn)
    waiting.push(pending)
    underWay += Math.min(pending, SLOW)
  }
  const crowded = underWay > Math.max(LEAST_WINDOW, page.length * WINDOW)
  if (crowded && patience) return undefined
  const bound = crowded ? Math.min(SLOW, memberBacklog) : memberBacklog
  const pauses: Pause[] = []
  const ready = page.filter((recipient, index) => {
    if (waiting[index]! < bound) return true
    const { member } = recipient
    pauses.push({
      member,
      reason: 'backlog',
      position: job.job - 1,
      rewind: null,
      now,
      checkAt: now + Math.min(pausedCheck, BACKLOG_CHECK),
    })
    return false
  })
  if (pauses.length > 0) {
    await pauseRecipients(tx, pauses)
    context.wakePaused(tx)
  }
  return ready
}

/** The bodies of a job for these recipients. Returns to how many they go. */
export async function enqueue(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  content: JobContent,
  job: Job,
  recipients: readonly RecipientRow[],
): Promise<number> {
  const shares = sharing(content)
  const bodies = new Map<string, readonly StoredBody[]>()
  const sends: BulkSend[] = []
  const told: (readonly [MemberRowId, MemberRowId])[] = []
  let bytes = 0
  const sizes = new Map<string, number>()
  for (const recipient of recipients) {
    const share = await shareFor(tx, content, shares, job, recipient)
    let stored = bodies.get(share.key)
    if (stored === undefined) {
      const made = shareBodies(content, share)
      stored = await storeBodies(context, tx, made)
      bodies.set(share.key, stored)
      sizes.set(
        share.key,
        made.reduce((sum, { length }) => sum + length, 0),
      )
    }
    if (stored.length === 0) continue
    bytes += sizes.get(share.key)!
    sends.push({ conn: recipient.conn, bodies: stored })
    if (job.scope === 'support') {
      for (const index of share.lacking) told.push([content.records[index]!.member, recipient.member])
    }
  }
  const failures = sends.length === 0 ? [] : await context.agent.sendMany(tx, sends)
  if (failures.length > 0) {
    const failed = new Set(failures.map(({ conn }) => conn))
    for (const { conn, member } of recipients) if (failed.has(conn)) await disableRecipient(tx, member, job.job - 1)
  }
  if (told.length > 0) await addKnown(tx, told)
  const delivered = sends.length - failures.length
  if (delivered > 0) await count(tx, group.id, context.env.clock.now(), { forwarded: delivered, bytes })
  return delivered
}

/** What this recipient gets, with the records that it has for reasons of its own left out. */
export async function shareFor(
  tx: Tx,
  content: JobContent,
  shares: Sharing,
  job: Pick<Job, 'scope'>,
  recipient: RecipientRow,
): Promise<Share> {
  const share = shares.shareOf(recipient)
  if (share.lacking.length === 0) return share
  if (job.scope === 'group' && recipient.privilegedSeq === null) return share
  const known = await knownSenders(tx, recipient.member)
  return known.size === 0 ? share : withoutKnown(share, (index) => known.has(content.records[index]!.member))
}

async function storeBodies(
  context: SuperPeerContext,
  tx: Tx,
  bodies: readonly Uint8Array[],
): Promise<readonly StoredBody[]> {
  const stored: StoredBody[] = []
  for (const body of bodies) stored.push(await context.agent.storeBody(tx, body))
  return stored
}
