import { HearthError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import { addCommand, type CommandAction, finish } from './commands.ts'
import { type AgentContext, emit } from './context.ts'
import { eraseConnection, markDeleted } from './records/connections.ts'
import { loadRcvQueue } from './records/queues.ts'
import { pendingMessages } from './send.ts'

/** Ending connections (agent §9.3). Nothing is said to the peer: its sends fail from then on. */

interface DeleteArguments {
  /** Milliseconds since 1970: until then, pending messages are sent first. */
  readonly until: number
}

export async function remove(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  options: { afterDelivery?: boolean } = {},
): Promise<void> {
  if (!(await markDeleted(tx, conn))) return
  if (!options.afterDelivery) await tx.run('DELETE FROM snd_messages WHERE conn = ?', conn)
  await tx.run('DELETE FROM commands WHERE conn = ?', conn)
  const now = context.env.clock.now()
  const args: DeleteArguments = { until: options.afterDelivery ? now + context.settings.expireNetwork : now }
  await addCommand(context, tx, conn, 'delete', { ...args })
  tx.afterCommit(() => unsubscribe(context, conn))
}

function unsubscribe(context: AgentContext, conn: ConnId): void {
  const queue = context.index.of(conn)
  if (queue === undefined) return
  context.index.remove(conn)
  context.client.unsubscribe(queue.router, [queue.recipientId])
}

export const performDelete: CommandAction = async (context, command) => {
  const { conn } = command
  const { until } = command.arguments as unknown as DeleteArguments
  const { store, env } = context
  context.leaving.add(conn)
  const pending = await store.read((tx) => pendingMessages(tx, conn))
  if (pending > 0 && env.clock.now() < until) {
    throw new HearthError('usage', 'pending', 'messages are still being sent', true)
  }
  context.leaving.delete(conn)
  await onQueue(context, conn, 'DEL')
  unsubscribe(context, conn)
  await store.write(async (tx) => {
    await finish(tx, command)
    await emit(context, tx, { type: 'DELETED', conn })
    await eraseConnection(tx, conn)
  })
}

export async function suspend(context: AgentContext, tx: Tx, conn: ConnId): Promise<void> {
  await addCommand(context, tx, conn, 'suspend', {})
}

export const performSuspend: CommandAction = async (context, command) => {
  await onQueue(context, command.conn, 'OFF')
  await context.store.write((tx) => finish(tx, command))
}

/** A command to the own queue, if there is one; a queue that is gone already is what we want. */
async function onQueue(context: AgentContext, conn: ConnId, type: 'DEL' | 'OFF'): Promise<void> {
  const { queue, router } = await context.store.read(async (tx) => {
    const queue = await loadRcvQueue(tx, conn)
    return { queue, router: queue && (await context.records.get(tx, queue.router)) }
  })
  if (queue === undefined || router === undefined) return
  try {
    await context.client.request(router, { entityId: queue.recipientId, command: { type }, key: queue.key })
  } catch (error) {
    if (error instanceof HearthError && !error.temporary) return
    throw error
  }
}
