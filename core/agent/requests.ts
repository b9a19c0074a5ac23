import { HearthError } from '../codec/error.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import { join } from './connect.ts'
import type { AgentContext } from './context.ts'
import { formatConnectionRequest, type InvitationRequest } from './links/full-link.ts'

/** Who asks at an own address (agent §7.4): kept until somebody accepts or rejects it. */

/** The requester's invitation is joined like any other. Asked for again it is the same connection. */
export async function accept(context: AgentContext, tx: Tx, request: number, info: Uint8Array): Promise<ConnId> {
  const row = await tx.query
    .selectFrom('requests')
    .select(['link', 'conn'])
    .where('request', '=', request)
    .executeTakeFirst()
  if (row === undefined) throw new HearthError('usage', 'no-request', 'there is no such request')
  if (row.conn !== null) return row.conn
  const conn = await join(context, tx, row.link, info)
  await tx.query.updateTable('requests').set({ conn }).where('request', '=', request).execute()
  return conn
}

export async function reject(tx: Tx, request: number): Promise<void> {
  await tx.query.deleteFrom('requests').where('request', '=', request).where('conn', 'is', null).execute()
}

/**
 * A contact request, until somebody accepts or rejects it. Undefined where we have it or have accepted it: its sender
 * repeats what it believes to be lost.
 */
export async function insertRequest(
  context: AgentContext,
  tx: Tx,
  address: ConnId,
  version: number,
  request: InvitationRequest,
): Promise<number | undefined> {
  const link = formatConnectionRequest(request)
  if (await isKnownRequest(tx, request, link)) return undefined
  const row = await tx.query
    .insertInto('requests')
    .values({
      address,
      agent_version: version,
      link,
      snd_id: request.queues[0].senderId,
      created_at: context.env.clock.now(),
    })
    .returning('request')
    .executeTakeFirstOrThrow()
  return row.request
}

async function isKnownRequest(tx: Tx, request: InvitationRequest, link: string): Promise<boolean> {
  const [{ router, senderId }] = request.queues
  const waiting = await tx.query
    .selectFrom('requests')
    .select('request')
    .where('snd_id', '=', senderId)
    .where('link', '=', link)
    .executeTakeFirst()
  if (waiting !== undefined) return true
  const accepted = await tx.query
    .selectFrom('routers')
    .innerJoin('snd_queues', 'snd_queues.router', 'routers.router')
    .select('snd_queues.conn')
    .where('routers.hosts', '=', router.hosts.join(','))
    .where('routers.port', '=', router.port)
    .where('routers.key_hash', '=', router.keyHash)
    .where('snd_queues.snd_id', '=', senderId)
    .executeTakeFirst()
  return accepted !== undefined
}
