import type { AgentEvent } from '../agent/api.ts'
import { createWorker, type Worker } from '../env/worker.ts'
import type { MemberRowId } from '../group/api.ts'
import type { Tx } from '../store/database.ts'
import type { SuperPeerContext } from './context.ts'
import { BACKLOG_CHECK, LOW, QUOTA_CHECK } from './pace.ts'
import { serveRoster } from './roster.ts'
import { livePosition, positionBefore } from './state/jobs.ts'
import {
  beginCatchingUp,
  disableRecipient,
  dueChecks,
  nextCheck,
  pauseRecipients,
  type ServedMember,
  servedMember,
  setAuthErrors,
  setReason,
  setRewind,
} from './state/recipients.ts'

/** A connection is given up after this many messages that found its queue gone (chat §7.6). */
const AUTH_ERRORS = 10
/** Paused members looked at in one transaction. */
const CHECKS = 200
/** Between two looks. */
const LOOK = 500

type DeliveryEvent = Extract<AgentEvent, { type: 'SENT' | 'MWARN' | 'MERR' | 'QCONT' }>

/**
 * What became of messages to a member (chat §7.6). A full queue is a normal state with a position: nothing is lost, and
 * nobody else waits.
 */
export async function deliveryEvent(
  context: SuperPeerContext,
  tx: Tx,
  member: MemberRowId,
  event: DeliveryEvent,
): Promise<void> {
  const served = await servedMember(tx, member)
  if (served === undefined || served.conn !== event.conn || served.state === 'gone') return
  switch (event.type) {
    case 'MWARN':
      if (event.error.code === 'QUOTA') await overQuota(context, tx, served)
      return
    case 'QCONT':
      return resume(context, tx, served)
    case 'SENT':
      if (served.auth_errors > 0) await setAuthErrors(tx, member, 0)
      if (served.state === 'paused') return resume(context, tx, served)
      if (served.rewind !== null) await setRewind(tx, member, null)
      return
    case 'MERR':
      return failed(context, tx, served, event.error.code === 'AUTH')
  }
}

async function overQuota(context: SuperPeerContext, tx: Tx, served: ServedMember): Promise<void> {
  const now = context.env.clock.now()
  const checkAt = now + Math.max(QUOTA_CHECK, context.settings.pausedCheck)
  if (served.state === 'paused') {
    if (served.reason !== 'quota') await setReason(tx, served.member, 'quota', checkAt)
    return
  }
  if (served.state !== 'live' && served.state !== 'catching-up') return
  const at = await standing(context, tx, served)
  await pauseRecipients(tx, [{ member: served.member, reason: 'quota', ...at, now, checkAt }])
  context.wakePaused(tx)
}

/** How far a member that is not paused was served, and from where on it may not have received it. */
async function standing(
  context: SuperPeerContext,
  tx: Tx,
  served: ServedMember,
): Promise<{ readonly position: number; readonly rewind: number }> {
  const position = served.state === 'live' ? await livePosition(tx, served.group_id, served.member) : served.position
  const pending = await context.agent.pending(tx, served.conn)
  const before = await positionBefore(tx, served.group_id, position, pending + 1)
  return { position, rewind: served.rewind === null ? before : Math.min(before, served.rewind) }
}

/** Its queue has room again: it gets what it missed, the roster before all else. */
async function resume(context: SuperPeerContext, tx: Tx, served: ServedMember): Promise<void> {
  if (!(await beginCatchingUp(tx, served.member))) return
  if (served.reason === 'quota') await serveRoster(context, tx, served.group_id, served.member, undefined)
  context.wakeDelivery(tx, served.group_id)
}

/** The agent gave a message up: it is sent again from the kept jobs, unless there is nowhere to send it. */
async function failed(context: SuperPeerContext, tx: Tx, served: ServedMember, auth: boolean): Promise<void> {
  const now = context.env.clock.now()
  if (auth) {
    await setAuthErrors(tx, served.member, served.auth_errors + 1)
    if (served.auth_errors + 1 < AUTH_ERRORS || served.state === 'disabled') return
    const { position } = await standing(context, tx, served)
    return disableRecipient(tx, served.member, position)
  }
  if (served.state === 'connecting' || served.state === 'disabled') return
  const { rewind } =
    served.state === 'paused' && served.rewind !== null
      ? { rewind: served.rewind }
      : await standing(context, tx, served)
  await pauseRecipients(tx, [
    {
      member: served.member,
      reason: served.reason ?? 'backlog',
      position: Math.min(rewind, served.state === 'paused' ? served.position : rewind),
      rewind,
      now,
      checkAt: now + context.settings.pausedCheck,
    },
  ])
  context.wakePaused(tx)
}

/** Looks at paused members of whom nobody tells: whoever has nothing waiting at the agent goes on. */
export function createPauseWatch(context: SuperPeerContext): Worker {
  const { clock } = context.env
  return createWorker(context.env, 'super-peer.paused', async (running) => {
    while (running() && (await context.store.write((tx) => checkPaused(context, tx))) === CHECKS) {
      await new Promise<void>((resolve) => clock.soon(resolve))
    }
    const next = await context.store.read(nextCheck)
    return next === undefined ? undefined : Math.max(next, clock.now() + LOOK)
  })
}

async function checkPaused(context: SuperPeerContext, tx: Tx): Promise<number> {
  const now = context.env.clock.now()
  const due = await dueChecks(tx, now, CHECKS)
  for (const served of due) {
    const pending = await context.agent.pending(tx, served.conn)
    if (pending === 0 || (served.reason !== 'quota' && pending <= LOW)) {
      await resume(context, tx, served)
      continue
    }
    const delay = served.reason === 'quota' ? QUOTA_CHECK : BACKLOG_CHECK
    await setReason(tx, served.member, served.reason ?? 'backlog', now + delay)
  }
  return due.length
}
