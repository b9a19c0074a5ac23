import { HISTORY_ON_JOIN } from '../chat/limits.ts'
import { bindingsOf, unbind } from '../chat/state/bindings.ts'
import { createWorker, type Worker } from '../env/worker.ts'
import { removeExpired } from '../group/state/expiry.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { emptyExpired } from './state/jobs.ts'
import { hourOf, servedGroups } from './state/served.ts'
import { forgetUnconnected } from './welcome.ts'

/** Connections that carried an answer and no more (chat §4.7). */
const REPLIES_KEPT = 5 * 60_000
const HOURS_KEPT = 30 * 24
/** As long as routers keep messages: later nobody can read that it was let in. */
const UNCONNECTED_KEPT = 21 * 24 * 3600_000
/** Rows handled in one transaction. */
const CHUNK = 2000
/** Between two sweeps. */
const SWEEP = 10 * 60_000

/** What is kept for members that are away has an age and a size (design §5.5). `also` runs with every sweep. */
export function createRetention(context: SuperPeerContext, also: () => void): Worker {
  const { clock } = context.env
  return createWorker(context.env, 'super-peer.retention', async (running) => {
    also()
    while (running() && (await context.store.write((tx) => dropOld(context, tx)))) {
      await new Promise<void>((resolve) => clock.soon(resolve))
    }
    return clock.now() + SWEEP
  })
}

/** The oldest finished jobs go first. True where there is more to drop. */
async function dropOld(context: SuperPeerContext, tx: Tx): Promise<boolean> {
  const now = context.env.clock.now()
  const before = now - context.settings.retentionAge
  const old = await tx.all<DroppedJob>(
    'SELECT job, group_id AS "group", size FROM delivery_jobs WHERE created_at < ? AND done = 1 ORDER BY job LIMIT ?',
    before,
    CHUNK,
  )
  const jobs = old.length > 0 ? old : await beyondSize(context, tx)
  await drop(tx, jobs)
  await tx.run('DELETE FROM member_records WHERE superseded_at < ?', before)
  await dropItems(tx, before)
  const expired = await removeExpired(tx, 'super-peer', now, CHUNK)
  const emptied = await emptyExpired(tx, now, CHUNK)
  await tx.run('DELETE FROM served_counters WHERE hour < ?', hourOf(now) - HOURS_KEPT)
  await dropReplies(context, tx, now - REPLIES_KEPT)
  const more = await forgetUnconnected(context, tx, now - UNCONNECTED_KEPT, CHUNK)
  return more || jobs.length === CHUNK || expired.length === CHUNK || emptied === CHUNK
}

/** Items are kept as history for newcomers: the last ones however old they are (chat §5.6, §7.3). */
async function dropItems(tx: Tx, before: number): Promise<void> {
  for (const { group_id } of await servedGroups(tx)) {
    await tx.run(
      `DELETE FROM chat_messages WHERE message IN
         (SELECT message FROM chat_messages WHERE group_id = ? AND time < ? AND message NOT IN
           (SELECT message FROM chat_messages WHERE group_id = ? ORDER BY time DESC, message DESC LIMIT ?)
          ORDER BY time LIMIT ?)`,
      group_id,
      before,
      group_id,
      2 * HISTORY_ON_JOIN,
      CHUNK,
    )
  }
}

interface DroppedJob {
  readonly job: number
  readonly group: number
  readonly size: number
}

async function beyondSize(context: SuperPeerContext, tx: Tx): Promise<DroppedJob[]> {
  const row = await tx.get<{ bytes: number | null }>('SELECT sum(size) AS bytes FROM delivery_jobs')
  let excess = (row?.bytes ?? 0) - context.settings.retentionBytes
  if (excess <= 0) return []
  const oldest = await tx.all<DroppedJob>(
    'SELECT job, group_id AS "group", size FROM delivery_jobs WHERE done = 1 ORDER BY job LIMIT ?',
    CHUNK,
  )
  const dropped: DroppedJob[] = []
  for (const job of oldest) {
    if (excess <= 0) break
    dropped.push(job)
    excess -= job.size
  }
  return dropped
}

async function drop(tx: Tx, jobs: readonly DroppedJob[]): Promise<void> {
  await tx.runEach(
    'DELETE FROM delivery_jobs WHERE job = ?',
    jobs.map(({ job }) => [job]),
  )
  const newest = new Map(jobs.map(({ group, job }) => [group, job]))
  await tx.runEach(
    'UPDATE served_groups SET dropped_job = max(dropped_job, ?) WHERE group_id = ?',
    [...newest].map(([group, job]) => [job, group]),
  )
}

async function dropReplies(context: SuperPeerContext, tx: Tx, before: number): Promise<void> {
  for (const { conn, reference } of await bindingsOf(tx, 'super-peer-reply')) {
    if (reference >= before) continue
    await context.agent.remove(tx, conn)
    await unbind(tx, conn)
  }
}
