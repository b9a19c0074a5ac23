import { encodeBinaryBatch } from '../../chat/batch.ts'
import { HearthError } from '../../codec/error.ts'
import { decode } from '../../codec/reader.ts'
import type { GroupId, MemberRowId } from '../../group/api.ts'
import type { Tx } from '../../store/database.ts'
import type { DeliveryScopeName } from '../../store/schema/superpeer.ts'
import type { JobContent, JobRecord, SenderRecord } from '../accounting.ts'

/** Stage two of the pipeline (chat §7.3): a batch that every recipient of its scope gets, in the order of job ids. */
export interface Job {
  readonly job: number
  readonly group: GroupId
  readonly scope: DeliveryScopeName
  readonly supportMember: MemberRowId | null
  /** Of its body. */
  readonly size: number
  /** JSON of MemberRowId[]. */
  readonly senders: string
  /** JSON of SenderRecord[]. */
  readonly records: string
  readonly cursor: MemberRowId
  readonly done: number
  readonly createdAt: number
  /** JSON of (number | null)[]: when an element is due to disappear. */
  readonly expiries: string | null
}

const JOB =
  'job, group_id AS "group", scope, support_member AS supportMember, size, senders, records, cursor, done, created_at AS createdAt, expiries'

export interface NewJob {
  readonly group: GroupId
  readonly scope: DeliveryScopeName
  readonly supportMember: MemberRowId | null
  readonly body: Uint8Array
  readonly senders: readonly MemberRowId[]
  /** Of each element. */
  readonly expiries: readonly (number | null)[]
  readonly records: readonly SenderRecord[]
  readonly now: number
}

export async function insertJob(tx: Tx, job: NewJob): Promise<number> {
  const earliest = earliestOf(job.expiries)
  const row = await tx.get<{ job: number }>(
    `INSERT INTO delivery_jobs (group_id, scope, support_member, body, senders, records, size, created_at, expiries,
       expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING job`,
    job.group,
    job.scope,
    job.supportMember,
    job.body,
    JSON.stringify(job.senders),
    JSON.stringify(job.records),
    job.body.length,
    job.now,
    earliest === null ? null : JSON.stringify(job.expiries),
    earliest,
  )
  await tx.run('UPDATE served_groups SET last_job = ? WHERE group_id = ?', row!.job, job.group)
  return row!.job
}

/** The job under way. There is at most one in a group. */
export async function pendingJob(tx: Tx, group: GroupId): Promise<Job | undefined> {
  return tx.get<Job>(`SELECT ${JOB} FROM delivery_jobs WHERE group_id = ? AND done = 0 ORDER BY job LIMIT 1`, group)
}

export async function advanceJob(tx: Tx, job: number, cursor: MemberRowId, deliveries: number): Promise<void> {
  await tx.run(
    'UPDATE delivery_jobs SET cursor = ?, deliveries = deliveries + ? WHERE job = ?',
    cursor,
    deliveries,
    job,
  )
}

export async function finishJob(tx: Tx, job: number, deliveries: number, now: number): Promise<void> {
  await tx.run(
    'UPDATE delivery_jobs SET done = 1, done_at = ?, deliveries = deliveries + ? WHERE job = ?',
    now,
    deliveries,
    job,
  )
}

/** Up to which job a live member of this row has been served. */
export async function livePosition(tx: Tx, group: GroupId, member: MemberRowId): Promise<number> {
  const pending = await tx.get<{ job: number; cursor: number }>(
    'SELECT job, cursor FROM delivery_jobs WHERE group_id = ? AND done = 0 ORDER BY job LIMIT 1',
    group,
  )
  if (pending !== undefined) return pending.cursor >= member ? pending.job : pending.job - 1
  return lastJob(tx, group)
}

export async function lastJob(tx: Tx, group: GroupId): Promise<number> {
  const row = await tx.get<{ job: number }>('SELECT last_job AS job FROM served_groups WHERE group_id = ?', group)
  return row?.job ?? 0
}

/** The `count`-th job before `position`, whose later ones may have to be sent again. */
export async function positionBefore(tx: Tx, group: GroupId, position: number, count: number): Promise<number> {
  const row = await tx.get<{ job: number }>(
    'SELECT job FROM delivery_jobs WHERE group_id = ? AND job <= ? ORDER BY job DESC LIMIT 1 OFFSET ?',
    group,
    position,
    count,
  )
  return row?.job ?? 0
}

/** Jobs that a member missed: those that passed it by while it was paused. */
export async function missedJobs(
  tx: Tx,
  of: { readonly group: GroupId; readonly member: MemberRowId; readonly after: number; readonly limit: number },
): Promise<Job[]> {
  return tx.all<Job>(
    `SELECT ${JOB} FROM delivery_jobs WHERE group_id = ? AND job > ? AND (done = 1 OR cursor >= ?)
     ORDER BY job LIMIT ?`,
    of.group,
    of.after,
    of.member,
    of.limit,
  )
}

/** The newest job that retention has dropped: whoever stands before it has a gap. */
export async function droppedJob(tx: Tx, group: GroupId): Promise<number> {
  const row = await tx.get<{ job: number }>('SELECT dropped_job AS job FROM served_groups WHERE group_id = ?', group)
  return row?.job ?? 0
}

export async function deleteJobs(tx: Tx, group: GroupId): Promise<void> {
  await tx.run('DELETE FROM delivery_jobs WHERE group_id = ?', group)
}

/** Is the last job of the group formed, or about to be? */
export async function isEnding(tx: Tx, group: GroupId): Promise<boolean> {
  const row = await tx.get(
    `SELECT 1 FROM delivery_tasks WHERE group_id = ? AND scope = 'ending'
     UNION ALL SELECT 1 FROM delivery_jobs WHERE group_id = ? AND scope = 'ending' AND done = 0 LIMIT 1`,
    group,
    group,
  )
  return row !== undefined
}

export async function groupsWithJobs(tx: Tx): Promise<{ group: GroupId }[]> {
  return tx.all('SELECT DISTINCT group_id AS "group" FROM delivery_jobs WHERE done = 0')
}

/** Reads what the bodies of a job are made of, without the messages whose time is over. */
export async function jobContent(tx: Tx, job: Job, now: number): Promise<JobContent> {
  const records = JSON.parse(job.records) as readonly SenderRecord[]
  const known: JobRecord[] = []
  for (const record of records) {
    const row = await tx.get<{ element: Uint8Array; hasImage: number }>(
      'SELECT element, has_image AS hasImage FROM member_records WHERE record = ?',
      record.record,
    )
    if (row !== undefined) known.push({ ...record, element: row.element, hasImage: row.hasImage === 1 })
  }
  const { elements, senders } = await alive(tx, job, now)
  return { job: job.job, elements, senders, records: known }
}

interface Alive {
  readonly elements: readonly Uint8Array[]
  readonly senders: readonly MemberRowId[]
  readonly expiries: readonly (number | null)[]
}

async function alive(tx: Tx, job: Pick<Job, 'job' | 'senders' | 'expiries'>, now: number): Promise<Alive> {
  const elements = batchElements(await bodyOf(tx, job.job))
  const senders = JSON.parse(job.senders) as readonly MemberRowId[]
  if (job.expiries === null) return { elements, senders, expiries: [] }
  const expiries = JSON.parse(job.expiries) as readonly (number | null)[]
  const stays = (_: unknown, index: number) => (expiries[index] ?? Number.POSITIVE_INFINITY) > now
  return { elements: elements.filter(stays), senders: senders.filter(stays), expiries: expiries.filter(stays) }
}

/** Takes messages whose time is over out of finished jobs; what is left of a job keeps its place. Returns how many. */
export async function emptyExpired(tx: Tx, now: number, limit: number): Promise<number> {
  const jobs = await tx.all<Pick<Job, 'job' | 'senders' | 'expiries'>>(
    `SELECT job, senders, expiries FROM delivery_jobs WHERE expires_at IS NOT NULL AND expires_at <= ? AND done = 1
     ORDER BY expires_at LIMIT ?`,
    now,
    limit,
  )
  for (const job of jobs) {
    const { elements, senders, expiries } = await alive(tx, job, now)
    const body = encodeBinaryBatch(elements)
    await tx.run(
      'UPDATE delivery_jobs SET body = ?, size = ?, senders = ?, expiries = ?, expires_at = ? WHERE job = ?',
      body,
      body.length,
      JSON.stringify(senders),
      JSON.stringify(expiries),
      earliestOf(expiries),
      job.job,
    )
  }
  return jobs.length
}

function earliestOf(expiries: readonly (number | null)[]): number | null {
  const times = expiries.filter((time) => time !== null)
  return times.length === 0 ? null : Math.min(...times)
}

async function bodyOf(tx: Tx, job: number): Promise<Uint8Array> {
  const row = await tx.get<{ body: Uint8Array }>('SELECT body FROM delivery_jobs WHERE job = ?', job)
  if (row === undefined) throw new HearthError('store', 'no-job', 'a job is gone')
  return row.body
}

/** The elements of a binary batch that this program wrote. */
function batchElements(body: Uint8Array): Uint8Array[] {
  return decode(body, (reader) => {
    reader.literal('=')
    return reader.list((r) => r.large())
  })
}
