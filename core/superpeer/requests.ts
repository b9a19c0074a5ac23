import { unbind } from '../chat/state/bindings.ts'
import { asHearthError, type HearthError } from '../codec/error.ts'
import { createWorker, type Worker } from '../env/worker.ts'
import { groupById } from '../group/state/groups.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { serve } from './serve.ts'
import {
  nextRetry,
  type RequestRow,
  requestById,
  requestView,
  setRequestFailure,
  workableRequest,
} from './state/requests.ts'
import { servedGroup } from './state/served.ts'

/** chat §4.4, §10.5 */
const RETRY_FIRST = 5_000
const RETRY_MAX = 600_000
const GIVE_UP_ATTEMPTS = 10
const GIVE_UP_AFTER = 24 * 3600_000

/** Works on invitations one after the other; failures of the network are repeated with growing delay. */
export function createRequestWorker(context: SuperPeerContext): Worker {
  const { clock } = context.env
  return createWorker(context.env, 'super-peer.requests', async (running) => {
    for (;;) {
      const row = await context.store.read((tx) => workableRequest(tx, clock.now()))
      if (row === undefined || !running()) break
      await attempt(context, row)
    }
    return context.store.read(nextRetry)
  })
}

async function attempt(context: SuperPeerContext, row: RequestRow): Promise<void> {
  try {
    await serve(context, row)
  } catch (error) {
    const failure = asHearthError(error, 'protocol', 'serve')
    await context.store.write(async (tx) => {
      const { state, retryAt, delay } = afterFailure(row, failure, context.env.clock.now())
      await setRequestFailure(tx, row.serving_request, { state, retryAt, delay, error: failure.code })
      const changed = await requestById(tx, row.serving_request)
      if (changed?.state === 'failed') await forgetUnanswered(context, tx, changed)
      if (changed !== undefined) context.notify(tx, { type: 'request', request: requestView(changed) })
    })
    context.env.log.warn('super-peer.invitation', { request: row.serving_request, error: failure.code })
  }
}

/** A group whose owner was never answered is no group of ours. */
async function forgetUnanswered(context: SuperPeerContext, tx: Tx, row: RequestRow): Promise<void> {
  if (row.group_id === null || (await servedGroup(tx, row.group_id))?.status !== 'invited') return
  const group = await groupById(tx, row.group_id)
  if (group?.addressConn !== undefined) {
    await context.agent.remove(tx, group.addressConn)
    await unbind(tx, group.addressConn)
  }
  await tx.run('UPDATE serving_requests SET group_id = NULL WHERE group_id = ?', row.group_id)
  await tx.run('DELETE FROM groups WHERE group_id = ?', row.group_id)
}

/** Given up after ten attempts and a day, or at once where repeating cannot help. */
export function afterFailure(
  row: Pick<RequestRow, 'state' | 'attempts' | 'retry_delay' | 'created_at'>,
  failure: HearthError,
  now: number,
): { readonly state: RequestRow['state']; readonly retryAt: number | null; readonly delay: number | null } {
  const tooOld = row.attempts + 1 >= GIVE_UP_ATTEMPTS && now - row.created_at >= GIVE_UP_AFTER
  if (!failure.temporary || tooOld) return { state: 'failed', retryAt: null, delay: null }
  const delay = row.retry_delay === null ? RETRY_FIRST : Math.min((row.retry_delay * 3) / 2, RETRY_MAX)
  return { state: row.state, retryAt: now + delay, delay }
}
