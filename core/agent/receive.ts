import { equal } from '../codec/bytes.ts'
import { HearthError } from '../codec/error.ts'
import { encodePublicKey } from '../codec/keys.ts'
import { includes } from '../codec/version.ts'
import { agree } from '../crypto/agreement.ts'
import { boxKey } from '../crypto/box.ts'
import { sha256 } from '../crypto/hash.ts'
import { openReceivedBody } from '../smp/body.ts'
import { type ClientMessage, decodeEnvelope, openEnvelope } from '../smp/envelope.ts'
import type { Tx } from '../store/database.ts'
import { insertConfirmation, secureLater } from './allow.ts'
import type { ConnId } from './api.ts'
import { type AgentContext, emit } from './context.ts'
import { type AgentEnvelope, decodeAgentEnvelope } from './envelope.ts'
import { AGENT_VERSIONS } from './links/full-link.ts'
import { CLIENT_VERSIONS } from './links/queue-address.ts'
import { type AgentMessage, type AMessage, checkIntegrity, decodeAgentMessage } from './message.ts'
import type { IndexedQueue } from './queue-index.ts'
import { ratchetDecrypt } from './ratchet/decrypt.ts'
import { RatchetError } from './ratchet/error.ts'
import { startAsInitiator } from './ratchet/start.ts'
import type { RatchetState } from './ratchet/state.ts'
import {
  type ConnectionRecord,
  loadConnection,
  nextReceivedId,
  raiseAgentVersion,
  setLastReceived,
} from './records/connections.ts'
import {
  confirmRcvQueue,
  loadRcvQueue,
  loadSndQueue,
  type RcvQueue,
  setRcvStatus,
  setReceived,
  setSndStatus,
} from './records/queues.ts'
import {
  deleteX3dhKeys,
  insertRatchet,
  isJoiner,
  loadRatchet,
  loadSkippedKeys,
  loadX3dhKeys,
  saveDecryption,
} from './records/ratchets.ts'
import { rememberReceived, wasReceived } from './records/received.ts'
import { insertRequest } from './requests.ts'
import { canSend, sendControl } from './send.ts'
import { decryptionFailed, messageDecrypted, receiveRatchetKey } from './synchronise.ts'

/**
 * Receiving (agent §7.8). Whatever a message causes is one transaction, and the router is told afterwards; a message
 * that cannot be understood is reported and acknowledged, because it would block its queue for ever.
 */

/** What happens with the router's copy: deleted, or kept until the application acknowledges. */
export type Disposition = 'acknowledge' | 'hold'

interface Delivery {
  readonly connection: ConnectionRecord
  readonly queue: RcvQueue
  readonly brokerId: Uint8Array
  /** Milliseconds since 1970. */
  readonly brokerTime: number
}

export async function receive(
  context: AgentContext,
  tx: Tx,
  indexed: IndexedQueue,
  brokerId: Uint8Array,
  sealed: Uint8Array,
): Promise<Disposition> {
  const { conn } = indexed
  const connection = await loadConnection(tx, conn)
  const queue = await loadRcvQueue(tx, conn)
  if (connection === undefined || queue === undefined || connection.deleted) return 'acknowledge'
  if (queue.lastBrokerId !== undefined && equal(queue.lastBrokerId, brokerId)) {
    return queue.heldId === undefined ? 'acknowledge' : repeat(context, tx, conn, queue.heldId)
  }
  await setReceived(tx, conn, brokerId, null)
  try {
    const body = openReceivedBody(boxKey(queue.dhSecret), brokerId, sealed)
    if (body.type === 'quota') {
      await announceRoom(context, tx, queue)
      return 'acknowledge'
    }
    const delivery = { connection, queue, brokerId, brokerTime: Number(body.time) * 1000 }
    return await open(context, tx, delivery, body.body)
  } catch (error) {
    if (!(error instanceof HearthError) || error.kind === 'store' || error.kind === 'usage') throw error
    await report(context, tx, conn, error)
    return 'acknowledge'
  }
}

async function report(context: AgentContext, tx: Tx, conn: ConnId, error: HearthError): Promise<void> {
  context.env.log.info('message refused', { conn, kind: error.kind, code: error.code })
  await emit(context, tx, { type: 'ERR', conn, error })
}

/** The application has seen this message, or was about to, when the process ended. */
async function repeat(context: AgentContext, tx: Tx, conn: ConnId, held: number): Promise<Disposition> {
  const row = await tx.query
    .selectFrom('rcv_messages')
    .selectAll()
    .where('conn', '=', conn)
    .where('rcv_id', '=', held)
    .executeTakeFirst()
  if (row === undefined) return 'acknowledge'
  const answer = await emit(context, tx, {
    type: 'MSG',
    conn,
    message: held,
    brokerTime: row.broker_ts,
    integrity: JSON.parse(row.integrity),
    body: row.body,
    repeated: true,
  })
  if (answer === 'hold') return 'hold'
  await releaseHeld(tx, conn, held)
  return 'acknowledge'
}

/** The application acknowledged: forget the copy. False where it is not the message that is held. */
export async function releaseHeld(tx: Tx, conn: ConnId, message: number): Promise<boolean> {
  await tx.run('DELETE FROM rcv_messages WHERE conn = ? AND rcv_id = ?', conn, message)
  return (await tx.run('UPDATE rcv_queues SET held_id = NULL WHERE conn = ? AND held_id = ?', conn, message)) === 1
}

/**
 * The queue was full and is now drained: the sender may go on (agent §6.4 `QC`). Where the peer's queue is full too,
 * both would wait for word of the other, so that what waits here is tried at once: whoever drains last finds room.
 */
async function announceRoom(context: AgentContext, tx: Tx, queue: RcvQueue): Promise<void> {
  const { conn, senderId } = queue
  if (!(await canSend(tx, conn))) return
  const router = await context.records.get(tx, queue.router)
  await sendControl(context, tx, conn, { type: 'A_QCONT', queue: { router, senderId } })
  tx.afterCommit(() => context.resumeDelivery(conn))
}

/** The per-queue encryption and what is accepted where (agent §6.7). */
async function open(context: AgentContext, tx: Tx, delivery: Delivery, bytes: Uint8Array): Promise<Disposition> {
  const { queue, connection } = delivery
  const envelope = decodeEnvelope(bytes)
  const { version, key } = envelope.header
  if (!includes(CLIENT_VERSIONS, version) && version > queue.clientVersion) throw versionError('client protocol')
  const secret = queue.e2eSecret ?? (key && agree(queue.e2eKey, key))
  if (secret === undefined) throw prohibited('message before the first confirmation')
  const message = openEnvelope(boxKey(secret), envelope)
  const inner = decodeAgentEnvelope(message.body)
  // A confirmation tells what was agreed. Messages tell the newest version that their sender knows: not a reason to
  // refuse them, because what is in them keeps to the agreed one.
  if (
    inner.type === 'confirmation' &&
    !includes(AGENT_VERSIONS, inner.version) &&
    inner.version > connection.agentVersion
  ) {
    throw versionError('agent protocol')
  }
  if (key === undefined) {
    if (inner.type === 'message') return receiveMessage(context, tx, delivery, inner)
    if (inner.type === 'ratchetKey') {
      await raiseAgentVersion(tx, queue.conn, Math.min(inner.version, AGENT_VERSIONS.max))
      await receiveRatchetKey(context, tx, connection, inner)
      return 'acknowledge'
    }
    throw prohibited(`${inner.type} where a message was expected`)
  }
  if (queue.e2eSecret !== undefined) {
    if (inner.type === 'confirmation') return 'acknowledge'
    throw prohibited(`${inner.type} with a key`)
  }
  if (inner.type === 'invitation' && connection.kind === 'contact') {
    const { version: agentVersion, request, info } = inner
    const id = await insertRequest(context, tx, queue.conn, agentVersion, request)
    if (id !== undefined) await emit(context, tx, { type: 'REQ', conn: queue.conn, request: id, info })
    return 'acknowledge'
  }
  if (inner.type === 'confirmation' && connection.kind === 'invitation' && queue.status === 'new') {
    await receiveConfirmation(context, tx, delivery, secret, message, inner)
    return 'acknowledge'
  }
  throw prohibited(`${inner.type} on this queue`)
}

function prohibited(what: string): HearthError {
  return new HearthError('protocol', 'A_PROHIBITED', what)
}

function versionError(what: string): HearthError {
  return new HearthError('protocol', 'A_VERSION', `unsupported version of the ${what}`)
}

type Confirmation = AgentEnvelope & { type: 'confirmation' }

async function receiveConfirmation(
  context: AgentContext,
  tx: Tx,
  delivery: Delivery,
  secret: Uint8Array,
  client: ClientMessage,
  envelope: Confirmation,
): Promise<void> {
  const { queue } = delivery
  const { senderKey } = client
  if (senderKey === undefined && queue.mode !== 'messaging') throw prohibited('missing sender key')
  const senderDer = senderKey && encodePublicKey(senderKey)
  if (envelope.e2e === undefined) await fromInitiator(context, tx, delivery, secret, senderDer, envelope)
  else await fromJoiner(context, tx, delivery, secret, senderDer, envelope, envelope.e2e)
}

/** The answer to our invitation or request: the ratchet begins. */
async function fromJoiner(
  context: AgentContext,
  tx: Tx,
  delivery: Delivery,
  secret: Uint8Array,
  senderKey: Uint8Array | undefined,
  envelope: Confirmation,
  e2e: NonNullable<Confirmation['e2e']>,
): Promise<void> {
  const { conn } = delivery.queue
  const keys = await loadX3dhKeys(tx, conn)
  if (keys === undefined) throw prohibited('confirmation without an invitation')
  const before = startAsInitiator(keys, e2e)
  const result = ratchetDecrypt(before, [], envelope.encrypted, { random: context.env.random })
  if (!result.ok) throw result.error
  const message = decodeAgentMessage(result.plaintext)
  if (message.type !== 'connInfoReply') throw prohibited('confirmation without a reply queue')
  await insertRatchet(tx, conn, result.state)
  await deleteX3dhKeys(tx, conn)
  await confirmRcvQueue(tx, conn, secret)
  await setLastReceived(tx, conn, 1, sha256(result.plaintext))
  const confirmation = await insertConfirmation(tx, conn, senderKey, message.queues[0], envelope.version)
  await emit(context, tx, { type: 'CONF', conn, confirmation, info: message.info })
}

/** The initiator allowed the connection. */
async function fromInitiator(
  context: AgentContext,
  tx: Tx,
  delivery: Delivery,
  secret: Uint8Array,
  senderKey: Uint8Array | undefined,
  envelope: Confirmation,
): Promise<void> {
  const { conn } = delivery.queue
  const { message, hash } = await decrypt(context, tx, conn, envelope.encrypted)
  if (message.type !== 'connInfo') throw prohibited('unexpected confirmation')
  await confirmRcvQueue(tx, conn, secret)
  await setLastReceived(tx, conn, 1, hash)
  await emit(context, tx, { type: 'INFO', conn, info: message.info })
  if (senderKey !== undefined) {
    await secureLater(context, tx, conn, senderKey)
    return
  }
  await setRcvStatus(tx, conn, 'active')
  await setSndStatus(tx, conn, 'active')
  await emit(context, tx, { type: 'CON', conn })
}

interface Decrypted {
  readonly message: AgentMessage
  readonly hash: Uint8Array
  /** The ratchet that it came to. */
  readonly before: RatchetState
}

/** A failure too may have advanced the ratchet, which is kept: the transaction goes on and commits (agent §4.6). */
async function decrypt(context: AgentContext, tx: Tx, conn: ConnId, encrypted: Uint8Array): Promise<Decrypted> {
  const before: RatchetState | undefined = await loadRatchet(tx, conn)
  if (before === undefined) throw prohibited('message without a ratchet')
  const skipped = await loadSkippedKeys(tx, conn)
  const result = ratchetDecrypt(before, skipped, encrypted, { random: context.env.random })
  await saveDecryption(tx, conn, before, result.state, result.skipped)
  if (!result.ok) throw result.error
  return { message: decodeAgentMessage(result.plaintext), hash: sha256(result.plaintext), before }
}

async function receiveMessage(
  context: AgentContext,
  tx: Tx,
  delivery: Delivery,
  envelope: AgentEnvelope & { type: 'message' },
): Promise<Disposition> {
  const { conn, status } = delivery.queue
  const received = sha256(envelope.encrypted)
  let decrypted: Decrypted
  try {
    decrypted = await decrypt(context, tx, conn, envelope.encrypted)
  } catch (error) {
    // The sender repeats what it does not know to have arrived, and we have it: nothing to report.
    if (error instanceof RatchetError) {
      if (await wasReceived(tx, conn, received)) return 'acknowledge'
      await decryptionFailed(context, tx, delivery.connection, error)
    }
    throw error
  }
  const { message, hash, before } = decrypted
  await raiseAgentVersion(tx, conn, Math.min(envelope.version, AGENT_VERSIONS.max))
  if (message.type !== 'message') throw prohibited(`${message.type} after the handshake`)
  const { connection } = delivery
  const previous = { number: connection.lastExternalId, hash: connection.lastHash }
  const integrity = checkIntegrity(previous, message.number, message.previousHash)
  await setLastReceived(tx, conn, message.number, hash)
  await rememberReceived(tx, conn, message.number, received)
  await messageDecrypted(context, tx, connection, before, message)
  if (status !== 'active') await setRcvStatus(tx, conn, 'active')
  if (message.message.type === 'HELLO') {
    await receiveHello(context, tx, conn)
    return 'acknowledge'
  }
  if (message.message.type !== 'A_MSG') {
    await receiveControl(context, tx, conn, message.message)
    return 'acknowledge'
  }
  const { body } = message.message
  const { brokerId, brokerTime } = delivery
  const id = await nextReceivedId(tx, conn)
  const answer = await emit(context, tx, {
    type: 'MSG',
    conn,
    message: id,
    brokerTime,
    integrity,
    body,
    repeated: false,
  })
  if (answer !== 'hold') return 'acknowledge'
  await tx.query
    .insertInto('rcv_messages')
    .values({ conn, rcv_id: id, broker_ts: brokerTime, integrity: JSON.stringify(integrity), body })
    .execute()
  await setReceived(tx, conn, brokerId, id)
  return 'hold'
}

/**
 * Only in the standard handshake: both say it, the initiator after the joiner (agent §7.3). The status of the receiving
 * queue does not tell whether it was said, because messages of an application in a hurry may come before it.
 */
async function receiveHello(context: AgentContext, tx: Tx, conn: ConnId): Promise<void> {
  const snd = await loadSndQueue(tx, conn)
  if (snd === undefined || snd.status === 'active') throw prohibited('HELLO on an active queue')
  if (!(await isJoiner(tx, conn))) return sendControl(context, tx, conn, { type: 'HELLO' })
  await setSndStatus(tx, conn, 'active')
  await emit(context, tx, { type: 'CON', conn })
}

async function receiveControl(context: AgentContext, tx: Tx, conn: ConnId, message: AMessage): Promise<void> {
  // What it asks for was done before it was handled like any other message.
  if (message.type === 'EREADY') return
  if (message.type !== 'A_QCONT') {
    context.env.log.debug('control message ignored', { conn, type: message.type })
    return
  }
  const snd = await loadSndQueue(tx, conn)
  if (snd === undefined || !equal(snd.senderId, message.queue.senderId)) {
    throw new HearthError('protocol', 'A_QUEUE', 'the drained queue is not one of this connection')
  }
  tx.afterCommit(() => context.resumeDelivery(conn))
  await emit(context, tx, { type: 'QCONT', conn })
}
