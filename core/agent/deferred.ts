import { EMPTY } from '../codec/bytes.ts'
import { HearthError } from '../codec/error.ts'
import { sha256, sha256Of } from '../crypto/hash.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import type { AgentContext } from './context.ts'
import { encodeAgentEnvelope } from './envelope.ts'
import { AGENT_VERSIONS } from './links/full-link.ts'
import { encodeAgentMessage } from './message.ts'
import { ratchetStep } from './ratchet/encrypt.ts'
import type { E2eParams } from './ratchet/params.ts'
import { decodeRatchet, encodeRatchet } from './records/ratchets.ts'
import {
  aMessageContent,
  type Content,
  findSender,
  insertMessage,
  type Kind,
  plaintextPrefix,
  type Sealed,
  type Sender,
  seal,
  UPDATE_SENDER,
} from './send.ts'

/**
 * Messages that wait for a ratchet (agent §9.2). Where the reference refuses to send, ours keep their place behind what
 * makes the ratchet: keys and `EREADY` go before them, which moves their numbers up. The application goes on knowing
 * them by the numbers that it was told.
 */

/**
 * Our keys for a new ratchet, in an envelope `R`. Numbered like a message, as the reference does. `answered`: hash of the
 * keys that they answer, for ends that have forgotten theirs; the reference leaves it empty and does not look at it.
 */
export async function sendRatchetKey(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  e2e: E2eParams,
  answered: Uint8Array = EMPTY,
): Promise<void> {
  const info = encodeAgentMessage({ type: 'ratchetInfo', info: answered })
  const bytes = encodeAgentEnvelope({ type: 'ratchetKey', version: AGENT_VERSIONS.max, e2e, info })
  const hash = sha256(info)
  const content: Content = { kind: 'ratchetKey', notify: true, report: false, hash: () => hash, stored: null, bytes }
  const sender = await requireSender(tx, conn)
  await tx.run('UPDATE ratchets SET last_snd_hash = ? WHERE conn = ?', hash, conn)
  await insertFirst(context, tx, conn, sender, content, { sealing: EMPTY, ad: null })
}

/** `EREADY`, the first message of a new ratchet in each direction. */
export async function sendReady(context: AgentContext, tx: Tx, conn: ConnId, lastNumber: number): Promise<void> {
  const content = aMessageContent({ type: 'EREADY', lastNumber }, 'control', true, false)
  const sender = await requireSender(tx, conn)
  const step = ratchetStep(decodeRatchet(sender.state))
  const sealed = seal(step.messageKey, sender.last_snd_hash, sender)
  const number = await insertFirst(context, tx, conn, sender, content, sealed)
  const hash = content.hash(number, sender.last_snd_hash)
  await tx.run('UPDATE ratchets SET state = ?, last_snd_hash = ? WHERE conn = ?', encodeRatchet(step.state), hash, conn)
}

async function requireSender(tx: Tx, conn: ConnId): Promise<Sender> {
  const sender = await findSender(tx, conn, 'control')
  if (sender === undefined) throw new HearthError('protocol', 'A_PROHIBITED', 'the connection is not established')
  return sender
}

/** Before what is deferred; returns the number. */
async function insertFirst(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  sender: Sender,
  content: Content,
  sealed: Sealed,
): Promise<number> {
  const rows = await tx.all<{ snd_id: number }>(
    'SELECT snd_id FROM snd_messages WHERE conn = ? AND deferred = 1 ORDER BY snd_id DESC',
    conn,
  )
  await tx.runEach(
    'UPDATE snd_messages SET snd_id = snd_id + 1, message = coalesce(message, snd_id) WHERE conn = ? AND snd_id = ?',
    rows.map(({ snd_id }) => [conn, snd_id]),
  )
  const number = rows.at(-1)?.snd_id ?? sender.last_snd_id + 1
  await insertMessage(tx, conn, number, content, context.env.clock.now(), sealed)
  await tx.run('UPDATE ratchets SET last_snd_id = last_snd_id + 1 WHERE conn = ?', conn)
  tx.afterCommit(() => context.wakeDelivery(conn, sender.router))
  return number
}

interface DeferredRow {
  readonly snd_id: number
  readonly kind: Kind
  readonly body: number | null
  readonly bytes: Uint8Array | null
}

/** There is a ratchet: what waited for it gets its keys, in order. */
export async function sealDeferred(context: AgentContext, tx: Tx, conn: ConnId): Promise<void> {
  const rows = await tx.all<DeferredRow>(
    'SELECT m.snd_id, m.kind, m.body, coalesce(m.bytes, b.bytes) AS bytes FROM snd_messages m ' +
      'LEFT JOIN snd_bodies b ON b.body = m.body WHERE m.conn = ? AND m.deferred = 1 ORDER BY m.snd_id',
    conn,
  )
  if (rows.length === 0) return
  const sender = await requireSender(tx, conn)
  let state = decodeRatchet(sender.state)
  let hash = sender.last_snd_hash
  for (const { snd_id, kind, body, bytes } of rows) {
    const step = ratchetStep(state)
    const { sealing, ad } = seal(step.messageKey, hash, sender)
    state = step.state
    hash = sha256Of(plaintextPrefix(kind, snd_id, hash, body !== null), bytes ?? EMPTY)
    await tx.run(
      'UPDATE snd_messages SET sealing = ?, ad = ?, deferred = 0 WHERE conn = ? AND snd_id = ?',
      sealing,
      ad,
      conn,
      snd_id,
    )
  }
  await tx.run(UPDATE_SENDER, encodeRatchet(state), sender.last_snd_id, hash, conn)
  tx.afterCommit(() => context.wakeDelivery(conn, sender.router))
}
