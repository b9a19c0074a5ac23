import { encodeBinaryBatch, fittingCount } from '../chat/batch.ts'
import { MAX_BATCH_COUNT } from '../chat/limits.ts'
import type { MemberRowId } from '../group/api.ts'
import type { Group } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import type { SenderRecord } from './accounting.ts'
import { insertJob } from './state/jobs.ts'
import { senderRecord } from './state/records.ts'
import { deleteTasksUpTo, oldestTasks, type Task } from './state/tasks.ts'

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
  const elements = candidates.map(({ element }) => element)
  const taken = candidates.slice(0, fittingCount(elements))
  const job = await insertJob(tx, {
    group: group.id,
    scope: first.scope,
    supportMember: first.supportMember,
    body: encodeBinaryBatch(elements.slice(0, taken.length)),
    senders: taken.map(({ sender }) => sender ?? 0),
    records: await recordsOf(tx, group, taken, now),
    now,
  })
  if (first.scope === 'group') {
    await tx.runEach(
      'UPDATE served_members SET last_job = ? WHERE member = ?',
      sendersWithRecord(taken).map((member) => [job, member]),
    )
  }
  await deleteTasksUpTo(tx, group.id, taken.at(-1)!.task)
  return true
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
