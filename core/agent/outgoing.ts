import { EMPTY } from '../codec/bytes.ts'
import { decode } from '../codec/reader.ts'
import { boxKey } from '../crypto/box.ts'
import { publicKeyOf } from '../crypto/keypair.ts'
import { CONFIRMATION_PADDING, sealEnvelope } from '../smp/envelope.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import { type BulkItem, sealMessage } from './bulk/seal.ts'
import type { AgentContext } from './context.ts'
import { encodeAgentEnvelope } from './envelope.ts'
import { encryptBody, type MessageKey } from './ratchet/encrypt.ts'
import { readE2eParams } from './ratchet/params.ts'
import { loadSndQueue, type SndQueue } from './records/queues.ts'
import { plaintextPrefix } from './send.ts'
import { confirmationSize, messageSize } from './sizes.ts'

/** The first pending message of a connection, with all that its encryption needs. */
export interface Outgoing {
  readonly conn: ConnId
  readonly sndId: number
  readonly kind: 'message' | 'confirmation' | 'hello' | 'control'
  readonly notify: boolean
  readonly report: boolean
  /** Stored body, if it has one. */
  readonly body: number | null
  /** Both together are the plaintext; messages of a batch share the bytes of a stored body. */
  readonly prefix: Uint8Array
  readonly content: Uint8Array
  readonly messageKey: MessageKey
  /** The joiner's keys, in its confirmation. */
  readonly e2eParams: Uint8Array | null
  readonly agentVersion: number
  readonly createdAt: number
  readonly fromInitiator: boolean
  /** Confirmations of queues that only their recipient can secure are sent without authorisation (agent §6.1). */
  readonly authorised: boolean
  readonly queue: OutgoingQueue
}

export interface OutgoingQueue extends SndQueue {
  /** `boxKey` of the agreement with the recipient. */
  readonly box: Uint8Array
}

interface Row {
  readonly snd_id: number
  readonly kind: Outgoing['kind']
  readonly notify: number
  readonly report: number
  readonly previous_hash: Uint8Array
  readonly version: number
  readonly message_key: Uint8Array
  readonly iv: Uint8Array
  readonly header: Uint8Array
  readonly body: number | null
  readonly bytes: Uint8Array | null
  readonly created_at: number
  readonly ad: Uint8Array
  readonly e2e_params: Uint8Array | null
  readonly agent_version: number
  readonly quota_since: number | null
}

const SELECT_HEAD =
  'SELECT m.snd_id, m.kind, m.notify, m.report, m.previous_hash, m.version, m.message_key, m.iv, m.header, m.body, ' +
  'm.bytes, m.created_at, r.ad, r.e2e_params, c.agent_version, q.quota_since FROM snd_messages m ' +
  'JOIN ratchets r ON r.conn = m.conn JOIN connections c ON c.conn = m.conn JOIN snd_queues q ON q.conn = m.conn ' +
  'WHERE m.conn = ? AND m.snd_id > ? ORDER BY m.snd_id LIMIT 1'

/** Queues do not change, and signing keys are expensive to prepare: those in use are kept. */
const KEPT_QUEUES = 20_000
const queues = new WeakMap<AgentContext, Map<ConnId, OutgoingQueue>>()

async function queueOf(context: AgentContext, tx: Tx, conn: ConnId): Promise<OutgoingQueue | undefined> {
  let kept = queues.get(context)
  if (kept === undefined) {
    kept = new Map()
    queues.set(context, kept)
  }
  let queue = kept.get(conn)
  if (queue === undefined) {
    const row = await loadSndQueue(tx, conn)
    if (row === undefined) return undefined
    queue = { ...row, box: boxKey(row.e2eSecret) }
    if (kept.size >= KEPT_QUEUES) kept.delete(kept.keys().next().value!)
    kept.set(conn, queue)
  }
  return queue
}

/**
 * The heads of these connections, after what routers took already (`taken`, by connection); connections with nothing
 * to send are left out.
 */
export async function loadOutgoing(
  context: AgentContext,
  tx: Tx,
  conns: readonly ConnId[],
  taken: ReadonlyMap<ConnId, number>,
): Promise<Outgoing[]> {
  const bodies = new Map<number, Uint8Array>()
  const heads: Outgoing[] = []
  for (const conn of conns) {
    const row = await tx.get<Row>(SELECT_HEAD, conn, taken.get(conn) ?? 0)
    const queue = row && (await queueOf(context, tx, conn))
    if (row === undefined || queue === undefined) continue
    let body = row.body === null ? null : bodies.get(row.body)
    if (row.body !== null && body === undefined) {
      const stored = await tx.get<{ bytes: Uint8Array }>('SELECT bytes FROM snd_bodies WHERE body = ?', row.body)
      body = stored!.bytes
      bodies.set(row.body, body)
    }
    heads.push({
      conn,
      sndId: row.snd_id,
      kind: row.kind,
      notify: row.notify !== 0,
      report: row.report !== 0,
      body: row.body,
      prefix: plaintextPrefix(row.kind, row.snd_id, row.previous_hash, row.body !== null),
      content: body ?? row.bytes ?? EMPTY,
      messageKey: {
        version: row.version,
        ad: row.ad,
        key: row.message_key,
        iv: row.iv,
        encHeader: row.header,
      },
      e2eParams: row.e2e_params,
      agentVersion: row.agent_version,
      createdAt: row.created_at,
      fromInitiator: row.kind === 'confirmation' && row.bytes?.[0] === 0x49,
      authorised: row.kind !== 'confirmation' || queue.mode === 'messaging',
      queue: { ...queue, quotaSince: row.quota_since ?? undefined },
    })
  }
  return heads
}

/** The SEND bodies, in the order of `messages`. The nonce is new on every attempt, the ratchet's part is not. */
export async function sealOutgoing(context: AgentContext, messages: readonly Outgoing[]): Promise<Uint8Array[]> {
  const bulk = messages.filter((message) => message.kind !== 'confirmation')
  const items = bulk.map((message) => bulkItem(context, message))
  const sealed = items.length < IN_LINE ? items.map(sealMessage) : await context.cipher.encrypt(items)
  const byMessage = new Map(bulk.map((message, index) => [message, sealed[index]!]))
  return messages.map((message) => byMessage.get(message) ?? sealConfirmation(context, message))
}

/** Fewer messages than this are not worth the way to another thread. */
const IN_LINE = 8

function bulkItem(context: AgentContext, message: Outgoing): BulkItem {
  return {
    messageKey: message.messageKey,
    prefix: message.prefix,
    body: message.content,
    paddedLength: messageSize(false),
    boxKey: message.queue.box,
    nonce: context.env.random(24),
    clientVersion: message.queue.clientVersion,
  }
}

function sealConfirmation(context: AgentContext, message: Outgoing): Uint8Array {
  const { queue, e2eParams, fromInitiator } = message
  const body = encodeAgentEnvelope({
    type: 'confirmation',
    version: message.agentVersion,
    e2e: fromInitiator || e2eParams === null ? undefined : decode(e2eParams, readE2eParams),
    encrypted: encryptBody(message.messageKey, message.content, confirmationSize(false)),
  })
  const header = {
    version: queue.clientVersion,
    key: { algorithm: 'X25519' as const, raw: queue.e2ePublic },
  }
  const senderKey = queue.mode === 'messaging' ? undefined : publicKeyOf(queue.key)
  return sealEnvelope(queue.box, header, context.env.random(24), { senderKey, body }, CONFIRMATION_PADDING)
}
