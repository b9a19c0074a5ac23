import type { ConnId, StoredBody } from '../agent/api.ts'
import { SINCE } from '../chat/versions.ts'
import type { GroupId, MemberRowId } from '../group/api.ts'
import type { Group } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import { type JobContent, joinedBodies, type Sharing, shareElements, sharing } from './accounting.ts'
import type { SuperPeerContext } from './context.ts'
import { BACKLOG_CHECK, LOW } from './pace.ts'
import { shareFor } from './page.ts'
import { droppedJob, type Job, jobContent, lastJob, missedJobs, positionBefore } from './state/jobs.ts'
import {
  type CatchingUp,
  disableRecipient,
  nextCatchingUp,
  nextSeq,
  pauseRecipients,
  setLive,
  setPosition,
  setPrivilegedSeq,
} from './state/recipients.ts'
import { addKnown } from './state/records.ts'
import { count } from './state/served.ts'

/** Members taken up in one transaction. */
const MEMBERS = 16
/** Jobs that one member gets in one step: they fit few bodies, far below what a queue holds. */
const JOBS = 128
/** Bytes of jobs in one step of one member. */
const BYTES = 16 * 15_602

/**
 * Members that were paused get what they missed, in order, from the kept jobs; small jobs are joined, so that hundreds
 * of messages fit a queue. A step ends with a message whose SENT event brings the next step; whoever has nothing left
 * to catch up is live again. True where there may be more to do at once.
 */
export async function catchUp(context: SuperPeerContext, tx: Tx, group: Group): Promise<boolean> {
  const members = await nextCatchingUp(tx, group.id, MEMBERS)
  const caches = newCaches()
  for (const member of members) await catchUpMember(context, tx, group, member, caches)
  if (members.length > 0) context.wakePaused(tx)
  return members.length > 0
}

interface LoadedJob {
  readonly content: JobContent
  readonly shares: Sharing
}

export interface Caches {
  readonly loaded: Map<number, LoadedJob>
  /** By the jobs and shares that they are made of. */
  readonly bodies: Map<string, readonly StoredBody[]>
}

export function newCaches(): Caches {
  return { loaded: new Map(), bodies: new Map() }
}

/** Jobs that whoever is far behind gets at the end: the newest. */
const LAST_JOBS = 2000

/** Everything that a member missed at once, because its connection ends: the agent holds it until it is read. */
export async function sendMissed(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  row: CatchingUp,
  caches: Caches,
): Promise<void> {
  let recipient = await overGap(tx, group.id, row, context.env.clock.now())
  const newest = await positionBefore(tx, group.id, await lastJob(tx, group.id), LAST_JOBS)
  if (recipient.position < newest) recipient = { ...recipient, position: newest, knownFrom: newest }
  for (;;) {
    const of = { group: group.id, member: recipient.member, after: recipient.position, limit: JOBS }
    const jobs = withinBytes(await missedJobs(tx, of))
    const last = jobs.at(-1)
    if (last === undefined) return
    const stored = await bodiesOf(context, tx, recipient, jobs, caches)
    const failures =
      stored.length === 0 ? [] : await context.agent.sendMany(tx, [{ conn: recipient.conn, bodies: stored }])
    if (failures.length > 0) return
    recipient = { ...recipient, position: last.job }
  }
}

async function catchUpMember(
  context: SuperPeerContext,
  tx: Tx,
  group: Group,
  row: CatchingUp,
  caches: Caches,
): Promise<void> {
  const now = context.env.clock.now()
  const { pausedCheck } = context.settings
  const checkAt = now + Math.min(pausedCheck, BACKLOG_CHECK)
  if ((await context.agent.pending(tx, row.conn)) > LOW) {
    await pauseRecipients(tx, [
      { member: row.member, reason: 'window', position: row.position, rewind: null, now, checkAt },
    ])
    return
  }
  const recipient = await overGap(tx, group.id, row, now)
  const missed = await missedJobs(tx, {
    group: group.id,
    member: recipient.member,
    after: recipient.position,
    limit: JOBS,
  })
  const jobs = withinBytes(missed)
  const position = jobs.at(-1)?.job ?? recipient.position
  const more = jobs.length < missed.length || missed.length === JOBS
  const stored = await bodiesOf(context, tx, recipient, jobs, caches)
  if (stored.length > 0) {
    if (!(await enqueue(context, tx, recipient.conn, stored))) {
      return disableRecipient(tx, recipient.member, recipient.position)
    }
    await count(tx, group.id, now, { forwarded: stored.length })
  }
  const rewind = stored.length > 0 ? recipient.position : null
  if (!more) return setLive(tx, recipient.member, position, rewind)
  if (stored.length === 0) return setPosition(tx, recipient.member, position, recipient.knownFrom)
  await pauseRecipients(tx, [
    {
      member: recipient.member,
      reason: 'window',
      position,
      rewind,
      now,
      checkAt: now + pausedCheck,
    },
  ])
}

/** False where the connection cannot send. The last message is reported: more may follow it. */
async function enqueue(
  context: SuperPeerContext,
  tx: Tx,
  conn: ConnId,
  stored: readonly StoredBody[],
): Promise<boolean> {
  const first = stored.slice(0, -1)
  if (first.length > 0 && (await context.agent.sendMany(tx, [{ conn, bodies: first }])).length > 0) return false
  return (await context.agent.sendMany(tx, [{ conn, bodies: stored.slice(-1) }], { report: true })).length === 0
}

/** What retention has dropped is lost for this member; the records of those who wrote then are sent again. */
async function overGap(tx: Tx, group: GroupId, row: CatchingUp, now: number): Promise<CatchingUp> {
  const dropped = await droppedJob(tx, group)
  if (row.position >= dropped) return row
  await setPosition(tx, row.member, dropped, dropped)
  // Announcements of joins were dropped, too.
  const privilegedSeq = row.privilegedSeq === null ? null : await nextSeq(tx, group)
  if (privilegedSeq !== null) await setPrivilegedSeq(tx, row.member, privilegedSeq)
  await count(tx, group, now, { missed: 1 })
  return { ...row, position: dropped, knownFrom: dropped, privilegedSeq }
}

function withinBytes(jobs: readonly Job[]): readonly Job[] {
  let bytes = 0
  const end = jobs.findIndex((job) => {
    bytes += job.size
    return bytes > BYTES
  })
  return end < 0 ? jobs : jobs.slice(0, Math.max(1, end))
}

async function bodiesOf(
  context: SuperPeerContext,
  tx: Tx,
  recipient: CatchingUp,
  jobs: readonly Job[],
  caches: Caches,
): Promise<readonly StoredBody[]> {
  const keys: string[] = []
  const parts: (() => readonly Uint8Array[])[] = []
  const told: (readonly [MemberRowId, MemberRowId])[] = []
  for (const job of jobs) {
    if (!concerns(job, recipient)) continue
    let loaded = caches.loaded.get(job.job)
    if (loaded === undefined) {
      const content = await jobContent(tx, job, context.env.clock.now())
      loaded = { content, shares: sharing(content) }
      caches.loaded.set(job.job, loaded)
    }
    const { content, shares } = loaded
    const share = await shareFor(tx, content, shares, job, recipient)
    if (job.scope === 'support')
      for (const i of share.lacking) told.push([content.records[i]!.member, recipient.member])
    keys.push(`${job.job}/${share.key}`)
    parts.push(() => shareElements(content, share))
  }
  if (told.length > 0) await addKnown(tx, told)
  const key = keys.join(' ')
  const before = caches.bodies.get(key)
  if (before !== undefined) return before
  const stored: StoredBody[] = []
  const elements = parts.flatMap((part) => part())
  for (const body of joinedBodies(elements)) stored.push(await context.agent.storeBody(tx, body))
  caches.bodies.set(key, stored)
  return stored
}

function concerns(job: Job, recipient: CatchingUp): boolean {
  if (job.scope === 'group') return true
  if (job.scope === 'ending') return false
  if (job.supportMember === recipient.member) return true
  if (recipient.privilegedSeq === null) return false
  return job.scope !== 'support' || recipient.version >= SINCE.supportChats
}
