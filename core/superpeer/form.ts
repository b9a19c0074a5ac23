import { encodeBinaryBatch } from '../chat/batch.ts'
import { MAX_BATCH_COUNT, MAX_MESSAGE } from '../chat/limits.ts'
import type { MemberRowId } from '../group/api.ts'
import type { Group } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import type { SenderRecord } from './accounting.ts'
import { insertJob } from './state/jobs.ts'
import { senderRecord } from './state/records.ts'
import { deleteTasksUpTo, oldestTasks, type Task, taskElements } from './state/tasks.ts'

/**
 * Stage one to stage two (chat §7.3): the oldest tasks that share a scope become one job. Tasks are taken strictly in
 * order of their ids, so that whatever one member sends keeps its order across scopes, too.
 */
export async function formJob(tx: Tx, group: Group, now: number): Promise<boolean> {
  const waiting = await oldestTasks(tx, group.id, MAX_BATCH_COUNT)
  const first = waiting[0]
  if (first === undefined) return false
  const same = waiting.findIndex((task) => !sharesScope(first, task))
  const candidates = same < 0 ? waiting : waiting.slice(0, same)
  const taken = candidates.slice(0, fitting(candidates.map(({ size }) => size)))
  const last = taken.at(-1)!.task
  const job = await insertJob(tx, {
    group: group.id,
    scope: first.scope,
    supportMember: first.supportMember,
    body: encodeBinaryBatch(await taskElements(tx, group.id, last)),
    senders: taken.map(({ sender }) => sender ?? 0),
    expiries: taken.map(({ expiresAt }) => expiresAt),
    records: await recordsOf(tx, group, taken, now),
    now,
  })
  if (first.scope === 'group') {
    await tx.runEach(
      'UPDATE served_members SET last_job = ? WHERE member = ?',
      sendersWithRecord(taken).map((member) => [job, member]),
    )
  }
  await deleteTasksUpTo(tx, group.id, last)
  return true
}

/** How many elements of these sizes, from the first, one body holds: `=`, count, and two bytes before each. */
function fitting(sizes: readonly number[]): number {
  let length = 2
  const end = sizes.findIndex((size) => {
    length += size + 2
    return length > MAX_MESSAGE
  })
  return end < 0 ? sizes.length : end
}

/** The job that ends a group carries its event alone (chat §7.8). */
function sharesScope(first: Task, task: Task): boolean {
  if (task === first) return true
  return first.scope !== 'ending' && task.scope === first.scope && task.supportMember === first.supportMember
}

function sendersWithRecord(tasks: readonly Task[]): MemberRowId[] {
  const senders = new Set<MemberRowId>()
  for (const { sender, withRecord } of tasks) if (sender !== null && withRecord === 1) senders.add(sender)
  return [...senders]
}

async function recordsOf(tx: Tx, group: Group, tasks: readonly Task[], now: number): Promise<SenderRecord[]> {
  const records: SenderRecord[] = []
  for (const sender of sendersWithRecord(tasks)) {
    const record = await senderRecord(tx, group, sender, now)
    if (record !== undefined) records.push(record)
  }
  return records
}
