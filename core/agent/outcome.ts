import { HearthError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import { type AgentContext, emit } from './context.ts'
import type { Outgoing } from './outgoing.ts'
import { setQuota, setSndStatus } from './records/queues.ts'
import { isJoiner } from './records/ratchets.ts'
import { keysLost } from './synchronise.ts'

/** What a router answered to one message, and what becomes of it (agent §7.6, result actions). */
export interface Outcome {
  readonly lane: number
  readonly message: Outgoing
  readonly error: HearthError | undefined
}

/** `more`: the connection may have another message. `quota`: its queue is full. `unreachable`: the router is. */
export type Result = 'more' | 'done' | 'quota' | 'unreachable'

/** Records a batch of outcomes in one transaction. */
export async function recordOutcomes(context: AgentContext, tx: Tx, batch: readonly Outcome[]): Promise<Result[]> {
  const results: Result[] = []
  const bodies = new Set<number>()
  for (const { message, error } of batch) {
    const result = await recordOutcome(context, tx, message, error)
    results.push(result)
    if ((result === 'more' || result === 'done') && message.body !== null) bodies.add(message.body)
  }
  for (const body of bodies) {
    await tx.run(
      'DELETE FROM snd_bodies WHERE body = ? AND NOT EXISTS (SELECT 1 FROM snd_messages WHERE body = ?)',
      body,
      body,
    )
  }
  return results
}

async function recordOutcome(
  context: AgentContext,
  tx: Tx,
  message: Outgoing,
  error: HearthError | undefined,
): Promise<Result> {
  const { conn, kind, sndId } = message
  if (error === undefined) {
    await delivered(context, tx, message)
  } else {
    const age = context.env.clock.now() - message.createdAt
    if (error.kind === 'router' && error.code === 'QUOTA') {
      if (kind !== 'confirmation' && age < context.settings.expireQuota) {
        if (!context.full.has(conn)) {
          context.full.add(conn)
          await setQuota(tx, conn, context.env.clock.now())
        }
        if (kind === 'message') await emit(context, tx, { type: 'MWARN', conn, message: message.message, error })
        return 'quota'
      }
    } else if (error.temporary && age < context.settings.expireNetwork) {
      return 'unreachable'
    }
    if (kind === 'message') await emit(context, tx, { type: 'MERR', conn, message: message.message, error })
    else await emit(context, tx, { type: 'ERR', conn, error: notAvailable(kind, error) })
    if (kind === 'ratchetKey') await keysLost(context, tx, conn, error)
  }
  await tx.run('DELETE FROM snd_messages WHERE conn = ? AND snd_id = ?', conn, sndId)
  if (error === undefined && !context.leaving.has(conn)) return 'more'
  if (await hasMore(tx, conn)) return 'more'
  // The deletion of the connection waits for its last delivery.
  if (context.leaving.delete(conn)) tx.afterCommit(() => context.wakeCommands(conn))
  return 'done'
}

async function delivered(context: AgentContext, tx: Tx, message: Outgoing): Promise<void> {
  const { conn, queue } = message
  if (context.full.delete(conn)) await setQuota(tx, conn, null)
  switch (message.kind) {
    case 'message':
      if (message.report) await emit(context, tx, { type: 'SENT', conn, message: message.message })
      return
    case 'confirmation':
      if (message.handshake?.fromInitiator !== true) return setSndStatus(tx, conn, 'confirmed')
      await tx.run('DELETE FROM confirmations WHERE conn = ?', conn)
      if (queue.mode !== 'messaging') return setSndStatus(tx, conn, 'confirmed')
      await setSndStatus(tx, conn, 'active')
      await emit(context, tx, { type: 'CON', conn })
      return
    case 'hello':
      // The joiner has said it first, and waits for the answer.
      if (await isJoiner(tx, conn)) return
      await setSndStatus(tx, conn, 'active')
      await emit(context, tx, { type: 'CON', conn })
      return
    case 'control':
    case 'ratchetKey':
  }
}

async function hasMore(tx: Tx, conn: ConnId): Promise<boolean> {
  return (await tx.get('SELECT 1 FROM snd_messages WHERE conn = ? LIMIT 1', conn)) !== undefined
}

function notAvailable(kind: Outgoing['kind'], error: HearthError): HearthError {
  if (kind === 'control' || error.kind !== 'router') return error
  return new HearthError('protocol', 'NOT_AVAILABLE', 'the other side is not there any more', false, { cause: error })
}
