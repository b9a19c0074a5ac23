import { EMPTY } from '../codec/bytes.ts'
import { decode } from '../codec/reader.ts'
import { boxKey } from '../crypto/box.ts'
import { publicKeyOf } from '../crypto/keypair.ts'
import { CONFIRMATION_PADDING, MESSAGE_PADDING, sealEnvelope } from '../smp/envelope.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import { type BulkItem, sealMessage } from './bulk/seal.ts'
import type { AgentContext } from './context.ts'
import { encodeAgentEnvelope } from './envelope.ts'
import { encryptBody, type MessageKey } from './ratchet/encrypt.ts'
import { readE2eParams } from './ratchet/params.ts'
import { loadSndQueue, type SndQueue } from './records/queues.ts'
import { loadRatchet } from './records/ratchets.ts'
import { decodeSealing } from './records/sealing.ts'
import { type Kind, plaintextPrefix } from './send.ts'
import { confirmationSize, messageSize } from './sizes.ts'

/** The first pending message of a connection, with all that its encryption needs. */
export interface Outgoing {
  readonly conn: ConnId
  readonly sndId: number
  /** The number that the application knows. */
  readonly message: number
  readonly kind: Kind
  readonly notify: boolean
  readonly report: boolean
  /** Stored body, if it has one. */
  readonly body: number | null
  /** Both together are the plaintext; messages of a batch share the bytes of a stored body. */
  readonly prefix: Uint8Array
  readonly content: Uint8Array
  /** Of all but `ratchetKey`. */
  readonly messageKey: MessageKey | undefined
  readonly createdAt: number
  /** Of confirmations only. */
  readonly handshake: Handshake | undefined
  /** Confirmations of queues that only their recipient can secure are sent without authorisation (agent §6.1). */
  readonly authorised: boolean
  readonly queue: OutgoingQueue
}

/** What a connection has for all its messages. */
export interface OutgoingQueue extends SndQueue {
  /** `boxKey` of the agreement with the recipient. */
  readonly box: Uint8Array
  /** Associated data of the first ratchet; a renewed one tells it with each message. */
  readonly ad: Uint8Array
}

export interface Handshake {
  readonly fromInitiator: boolean
  readonly agentVersion: number
  /** The joiner's keys. */
  readonly e2eParams: Uint8Array | null
}

interface Row {
  readonly snd_id: number
  readonly kind: Outgoing['kind']
  readonly notify: number
  readonly report: number
  readonly sealing: Uint8Array
  readonly body: number | null
  readonly bytes: Uint8Array | null
  readonly created_at: number
  readonly deferred: number
  readonly message: number | null
  readonly ad: Uint8Array | null
}

const SELECT_HEAD =
  'SELECT snd_id, kind, notify, report, sealing, body, bytes, created_at, deferred, message, ad FROM snd_messages ' +
  'WHERE conn = ? AND snd_id > ? ORDER BY snd_id LIMIT 1'

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
    const ratchet = await loadRatchet(tx, conn)
    if (row === undefined || ratchet === undefined) return undefined
    queue = { ...row, box: boxKey(row.e2eSecret), ad: ratchet.ad }
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
    const queue = row?.deferred === 0 ? await queueOf(context, tx, conn) : undefined
    if (row === undefined || queue === undefined) continue
    let body = row.body === null ? null : bodies.get(row.body)
    if (row.body !== null && body === undefined) {
      const stored = await tx.get<{ bytes: Uint8Array }>('SELECT bytes FROM snd_bodies WHERE body = ?', row.body)
      body = stored!.bytes
      bodies.set(row.body, body)
    }
    const sealing = row.kind === 'ratchetKey' ? undefined : decodeSealing(row.sealing)
    const confirmation = row.kind === 'confirmation'
    heads.push({
      conn,
      sndId: row.snd_id,
      message: row.message ?? row.snd_id,
      kind: row.kind,
      notify: row.notify !== 0,
      report: row.report !== 0,
      body: row.body,
      prefix: sealing ? plaintextPrefix(row.kind, row.snd_id, sealing.previousHash, row.body !== null) : EMPTY,
      content: body ?? row.bytes ?? EMPTY,
      messageKey: sealing && {
        version: sealing.version,
        ad: row.ad ?? queue.ad,
        key: sealing.key,
        iv: sealing.iv,
        encHeader: sealing.header,
      },
      createdAt: row.created_at,
      handshake: confirmation ? await loadHandshake(tx, conn, row.bytes ?? EMPTY) : undefined,
      authorised: !confirmation || queue.mode === 'messaging',
      queue,
    })
  }
  return heads
}

const INITIATOR = 0x49

async function loadHandshake(tx: Tx, conn: ConnId, message: Uint8Array): Promise<Handshake> {
  const row = await tx.get<{ agent_version: number; e2e_params: Uint8Array | null }>(
    'SELECT c.agent_version, r.e2e_params FROM connections c JOIN ratchets r ON r.conn = c.conn WHERE c.conn = ?',
    conn,
  )
  return { fromInitiator: message[0] === INITIATOR, agentVersion: row!.agent_version, e2eParams: row!.e2e_params }
}

/** The SEND bodies, in the order of `messages`. The nonce is new on every attempt, the ratchet's part is not. */
export async function sealOutgoing(context: AgentContext, messages: readonly Outgoing[]): Promise<Uint8Array[]> {
  const bulk = messages.filter(({ kind }) => kind !== 'confirmation' && kind !== 'ratchetKey')
  const items = bulk.map((message) => bulkItem(context, message))
  const sealed = items.length < IN_LINE ? items.map(sealMessage) : await context.cipher.encrypt(items)
  const byMessage = new Map(bulk.map((message, index) => [message, sealed[index]!]))
  return messages.map((message) => byMessage.get(message) ?? sealApart(context, message))
}

/** Fewer messages than this are not worth the way to another thread. */
const IN_LINE = 8

function sealApart(context: AgentContext, message: Outgoing): Uint8Array {
  if (message.handshake !== undefined) return sealConfirmation(context, message, message.handshake)
  // The content is a whole envelope, which no ratchet encrypts (agent §6.2 `R`).
  const { queue, content: body } = message
  return sealEnvelope(queue.box, { version: queue.clientVersion }, context.env.random(24), { body }, MESSAGE_PADDING)
}

function bulkItem(context: AgentContext, message: Outgoing): BulkItem {
  return {
    messageKey: message.messageKey!,
    prefix: message.prefix,
    body: message.content,
    paddedLength: messageSize(false),
    boxKey: message.queue.box,
    nonce: context.env.random(24),
    clientVersion: message.queue.clientVersion,
  }
}

function sealConfirmation(context: AgentContext, message: Outgoing, handshake: Handshake): Uint8Array {
  const { queue } = message
  const { fromInitiator, agentVersion, e2eParams } = handshake
  const body = encodeAgentEnvelope({
    type: 'confirmation',
    version: agentVersion,
    e2e: fromInitiator || e2eParams === null ? undefined : decode(e2eParams, readE2eParams),
    encrypted: encryptBody(message.messageKey!, message.content, confirmationSize(false)),
  })
  const header = {
    version: queue.clientVersion,
    key: { algorithm: 'X25519' as const, raw: queue.e2ePublic },
  }
  const senderKey = queue.mode === 'messaging' ? undefined : publicKeyOf(queue.key)
  return sealEnvelope(queue.box, header, context.env.random(24), { senderKey, body }, CONFIRMATION_PADDING)
}
