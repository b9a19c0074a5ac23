import { equal } from '../codec/bytes.ts'
import { HearthError, unlessMalformed } from '../codec/error.ts'
import { createWorker, type Worker } from '../env/worker.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import { type AgentContext, emit } from './context.ts'
import { sealDeferred, sendRatchetKey, sendReady } from './deferred.ts'
import type { AgentEnvelope } from './envelope.ts'
import { type AgentMessage, decodeAgentMessage } from './message.ts'
import type { RatchetError } from './ratchet/error.ts'
import { E2E_VERSIONS, type E2eParams } from './ratchet/params.ts'
import type { RatchetState } from './ratchet/state.ts'
import {
  actionFor,
  afterFailure,
  afterMessage,
  keyHash,
  maySend,
  mayStart,
  renewRatchet,
  type SyncState,
} from './ratchet/sync.ts'
import { generateX3dhKeys, type X3dhKeys } from './ratchet/x3dh.ts'
import { type ConnectionRecord, loadConnection } from './records/connections.ts'
import { loadRatchet } from './records/ratchets.ts'
import {
  clearDue,
  dueStarts,
  endStart,
  lastStart,
  loadStartKeys,
  nextDue,
  rememberKeys,
  replaceRatchet,
  saveStart,
  setDue,
  setSync,
} from './records/syncs.ts'

/**
 * A new ratchet for a connection whose ends have parted, as after a restored backup (agent §9.2). Each step is one
 * transaction together with the message that caused it and the messages that it causes, so that it happens once
 * whatever comes of the process.
 */

/** From this version of the agent protocol on peers understand `R`. */
const SYNC_VERSION = 3
/** Size of the hash of keys. */
const KEY_HASH = 32
/** Starts made together. */
const STARTS = 50

/** Begins on behalf of the application. Errors: usage `sync` where there is no need, `not-connected`. */
export async function synchronise(context: AgentContext, tx: Tx, conn: ConnId, force = false): Promise<void> {
  const connection = await loadConnection(tx, conn)
  if (connection === undefined || connection.deleted || !(await canBegin(tx, connection))) {
    throw new HearthError('usage', 'not-connected', 'this connection cannot renew its encryption')
  }
  // One at a time: keys on their way will be answered.
  if (connection.sync === 'started' || !(force || mayStart(connection.sync))) {
    throw new HearthError('usage', 'sync', 'there is nothing to renew, or it is being renewed')
  }
  await start(context, tx, conn)
}

/** Whether the other end would understand our keys, and whether it has our confirmation. */
async function canBegin(tx: Tx, { conn, agentVersion }: ConnectionRecord): Promise<boolean> {
  if (agentVersion < SYNC_VERSION) return false
  const row = await tx.get(
    'SELECT 1 FROM ratchets r JOIN snd_queues q ON q.conn = r.conn WHERE r.conn = ? AND last_snd_id > 0',
    conn,
  )
  return row !== undefined
}

async function start(context: AgentContext, tx: Tx, conn: ConnId): Promise<void> {
  const keys = generateX3dhKeys(context.env.random)
  await enter(context, tx, conn, 'started')
  await saveStart(tx, conn, keys, context.env.clock.now())
  await sendRatchetKey(context, tx, conn, params(keys, E2E_VERSIONS.max))
}

function params({ key1, key2 }: X3dhKeys, version: number): E2eParams {
  return { version, key1: key1.publicKey, key2: key2.publicKey, kem: undefined }
}

async function enter(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  state: SyncState,
  details: { readonly renewed?: boolean; readonly error?: HearthError } = {},
): Promise<void> {
  const { renewed = false, error } = details
  await setSync(tx, conn, state)
  context.env.log.info('ratchet', { conn, state, ...(error && { code: error.code }) })
  await emit(context, tx, { type: 'RSYNC', conn, state, renewed, ...(error && { error }) })
}

/** A message did not decrypt, and is no copy of one that did. */
export async function decryptionFailed(
  context: AgentContext,
  tx: Tx,
  connection: ConnectionRecord,
  error: RatchetError,
): Promise<void> {
  const { conn, sync } = connection
  if (!(await canBegin(tx, connection))) return
  const after = afterFailure(sync, error.reason)
  if (after.state !== sync) await enter(context, tx, conn, after.state, { error })
  if (after.start) await startByItself(context, tx, conn)
}

/** At once, or later where the last start was a short while ago. */
async function startByItself(context: AgentContext, tx: Tx, conn: ConnId): Promise<void> {
  const last = await lastStart(tx, conn)
  const due = last === undefined ? 0 : last + context.settings.syncInterval
  if (due <= context.env.clock.now()) return start(context, tx, conn)
  await setDue(tx, conn, due)
  tx.afterCommit(() => context.wakeSynchronisation())
}

/** A message decrypted; `before` is the ratchet that it came to. */
export async function messageDecrypted(
  context: AgentContext,
  tx: Tx,
  connection: ConnectionRecord,
  before: RatchetState,
  message: AgentMessage,
): Promise<void> {
  const { conn, sync } = connection
  const ready = message.type === 'message' && message.message.type === 'EREADY'
  const settled = sync !== 'ok' && afterMessage(sync) === 'ok' && (await canSendAgain(tx, conn))
  // The other end began the ratchet with it, and awaits the first message in our direction.
  if (ready && before.send === undefined) await sendReady(context, tx, conn, connection.lastExternalId)
  if (!settled) return
  await clearDue(tx, conn)
  await enter(context, tx, conn, 'ok', { renewed: sync === 'agreed' })
  await sealDeferred(context, tx, conn)
}

/** Not where an old ratchet was retired and its peer has not begun a new chain. */
async function canSendAgain(tx: Tx, conn: ConnId): Promise<boolean> {
  return (await tx.get('SELECT 1 FROM ratchets WHERE conn = ? AND can_send = 1', conn)) !== undefined
}

/** The other end's keys: an answer to ours, or the beginning. Errors: protocol `A_PROHIBITED`, `A_VERSION`; crypto. */
export async function receiveRatchetKey(
  context: AgentContext,
  tx: Tx,
  connection: ConnectionRecord,
  { e2e: peer, info }: AgentEnvelope & { type: 'ratchetKey' },
): Promise<void> {
  const { conn, sync, lastExternalId } = connection
  const { random } = context.env
  const before = await loadRatchet(tx, conn)
  if (before === undefined || !(await canBegin(tx, { ...connection, agentVersion: SYNC_VERSION }))) {
    throw new HearthError('protocol', 'A_PROHIBITED', 'keys for a new ratchet where there is none')
  }
  if (!(await rememberKeys(tx, conn, keyHash(peer)))) return
  const started = sync === 'started' ? await loadStartKeys(tx, conn) : undefined
  const action = actionFor(sync, isAnswerTo(started, info))
  if (action === 'ignore') return
  if (action === 'begin') {
    if (sync !== 'required') await enter(context, tx, conn, 'required')
    return startByItself(context, tx, conn)
  }
  const stored = action === 'meet' ? started : undefined
  const own = stored ?? generateX3dhKeys(random)
  const { state, sending } = renewRatchet(own, peer, random)
  if (stored === undefined) await sendRatchetKey(context, tx, conn, params(own, peer.version), keyHash(peer))
  await replaceRatchet(tx, conn, before, state)
  await endStart(tx, conn)
  await enter(context, tx, conn, 'agreed')
  if (sending) await sendReady(context, tx, conn, lastExternalId)
}

/** Undefined where the peer does not say what its keys answer. */
function isAnswerTo(own: X3dhKeys | undefined, info: Uint8Array): boolean | undefined {
  const message = unlessMalformed(() => decodeAgentMessage(info))
  if (message?.type !== 'ratchetInfo' || message.info.length !== KEY_HASH) return undefined
  return own !== undefined && equal(message.info, keyHash(params(own, E2E_VERSIONS.max)))
}

/** Our keys never reached the other end's queue. */
export async function keysLost(context: AgentContext, tx: Tx, conn: ConnId, error: HearthError): Promise<void> {
  const connection = await loadConnection(tx, conn)
  if (connection === undefined || connection.deleted || maySend(connection.sync)) return
  await enter(context, tx, conn, 'required', { error })
  // Where the queue is gone nothing ever will.
  if (error.kind === 'router' && error.code === 'AUTH') await endStart(tx, conn)
  else await setDue(tx, conn, context.env.clock.now() + context.settings.syncInterval)
  tx.afterCommit(() => context.wakeSynchronisation())
}

/** Begins what is due: after a restored backup, and what had to wait. */
export function createSynchronisation(context: AgentContext): Worker {
  return createWorker(context.env, 'synchronisation', async () => {
    const now = context.env.clock.now()
    const due = await context.store.read((tx) => dueStarts(tx, now, STARTS))
    if (due.length > 0) {
      await context.store.write(async (tx) => {
        for (const conn of due) await startIfNeeded(context, tx, conn)
      })
    }
    return context.store.read(nextDue)
  })
}

async function startIfNeeded(context: AgentContext, tx: Tx, conn: ConnId): Promise<void> {
  await clearDue(tx, conn)
  const connection = await loadConnection(tx, conn)
  if (connection === undefined || connection.deleted || !mayStart(connection.sync)) return
  if (await canBegin(tx, connection)) await start(context, tx, conn)
}

/** Ratchets that must not send again: both ends make new ones, where the other end can. See retire.ts. */
export async function renewAll(tx: Tx): Promise<void> {
  await tx.run('DELETE FROM ratchet_syncs')
  await tx.run("UPDATE connections SET sync = 'ok' WHERE sync <> 'ok'")
  const rows = await tx.all<{ conn: ConnId }>(
    'SELECT c.conn FROM connections c JOIN ratchets r ON r.conn = c.conn JOIN snd_queues q ON q.conn = c.conn ' +
      'WHERE c.deleted = 0 AND c.agent_version >= ? AND r.last_snd_id > 0',
    SYNC_VERSION,
  )
  for (const { conn } of rows) {
    await setSync(tx, conn, 'required')
    await setDue(tx, conn, 0)
  }
}
