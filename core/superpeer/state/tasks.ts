import type { SharedMsgId } from '../../chat/ids.ts'
import type { GroupId, MemberRowId } from '../../group/api.ts'
import type { Tx } from '../../store/database.ts'
import type { DeliveryScopeName } from '../../store/schema/superpeer.ts'

/** Stage one of the pipeline (chat §7.2): one forwarded element and where it goes. */
export interface Task {
  readonly task: number
  readonly scope: DeliveryScopeName
  readonly supportMember: MemberRowId | null
  readonly sender: MemberRowId | null
  readonly withRecord: number
  /** Of its element. */
  readonly size: number
  readonly expiresAt: number | null
}

export interface NewTask {
  readonly group: GroupId
  readonly scope: DeliveryScopeName
  readonly supportMember?: MemberRowId | undefined
  readonly sender?: MemberRowId | undefined
  readonly withRecord: boolean
  readonly sharedMsgId?: SharedMsgId | undefined
  readonly element: Uint8Array
  readonly now: number
  /** Of a message that disappears. */
  readonly expiresAt?: number | undefined
}

export async function insertTask(tx: Tx, task: NewTask): Promise<void> {
  await tx.run(
    `INSERT INTO delivery_tasks (group_id, scope, support_member, sender, with_record, shared_msg_id, element, created_at,
       expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    task.group,
    task.scope,
    task.supportMember ?? null,
    task.sender ?? null,
    task.withRecord ? 1 : 0,
    task.sharedMsgId ?? null,
    task.element,
    task.now,
    task.expiresAt ?? null,
  )
}

export async function oldestTasks(tx: Tx, group: GroupId, limit: number): Promise<Task[]> {
  return tx.all<Task>(
    `SELECT task, scope, support_member AS supportMember, sender, with_record AS withRecord, length(element) AS size,
       expires_at AS expiresAt
     FROM delivery_tasks WHERE group_id = ? ORDER BY task LIMIT ?`,
    group,
    limit,
  )
}

/** Elements of the group's tasks up to this one, in order. */
export async function taskElements(tx: Tx, group: GroupId, task: number): Promise<Uint8Array[]> {
  const rows = await tx.all<{ element: Uint8Array }>(
    'SELECT element FROM delivery_tasks WHERE group_id = ? AND task <= ? ORDER BY task',
    group,
    task,
  )
  return rows.map(({ element }) => element)
}

export async function deleteTasksUpTo(tx: Tx, group: GroupId, task: number): Promise<void> {
  await tx.run('DELETE FROM delivery_tasks WHERE group_id = ? AND task <= ?', group, task)
}

export async function deleteTasks(tx: Tx, group: GroupId): Promise<void> {
  await tx.run('DELETE FROM delivery_tasks WHERE group_id = ?', group)
}

export async function groupsWithTasks(tx: Tx): Promise<{ group: GroupId }[]> {
  return tx.all('SELECT DISTINCT group_id AS "group" FROM delivery_tasks')
}
