import { base64url, fromBase64url } from '../codec/base64url.ts'
import { HearthError } from '../codec/error.ts'
import { decodePublicKey } from '../codec/keys.ts'
import { decode } from '../codec/reader.ts'
import { includes } from '../codec/version.ts'
import { encode } from '../codec/writer.ts'
import type { AuthKey } from '../smp/commands.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import { addCommand, type CommandAction, finish } from './commands.ts'
import { addSndQueue, ensureSecured } from './connect.ts'
import type { AgentContext } from './context.ts'
import { CLIENT_VERSIONS, type QueueInfo, readQueueInfo, writeQueueInfo } from './links/queue-address.ts'
import { setAgentVersion } from './records/connections.ts'
import { loadRcvQueue, loadSndQueue, setRcvStatus } from './records/queues.ts'
import { isJoiner } from './records/ratchets.ts'
import { sendConfirmation, sendControl } from './send.ts'

/** The initiator's half of the handshakes (agent §7.2, §7.3) as persisted operations: whoever joined is let in. */

interface AllowArguments {
  readonly confirmation: number
  readonly info: string
}

export async function allow(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  confirmation: number,
  info: Uint8Array,
): Promise<void> {
  const marked = await tx.run(
    'UPDATE confirmations SET accepted = 1 WHERE confirmation = ? AND conn = ? AND accepted = 0',
    confirmation,
    conn,
  )
  if (marked === 0) {
    if (await isAllowed(tx, conn)) return
    throw new HearthError('usage', 'no-confirmation', 'there is no such confirmation to allow')
  }
  const args: AllowArguments = { confirmation, info: base64url(info) }
  await addCommand(context, tx, conn, 'allow', { ...args })
}

/** A connection has one confirmation at most, which is kept until the answer is sent. */
async function isAllowed(tx: Tx, conn: ConnId): Promise<boolean> {
  const waiting = await tx.get('SELECT 1 FROM confirmations WHERE conn = ? AND accepted = 1', conn)
  if (waiting !== undefined) return true
  return (await loadSndQueue(tx, conn)) !== undefined && !(await isJoiner(tx, conn))
}

/** Agent §7.2 and §7.3, the initiator's half: secure both queues as their modes ask, then confirm. */
export const performAllow: CommandAction = async (context, command) => {
  const { conn } = command
  const { confirmation, info } = command.arguments as unknown as AllowArguments
  const { store } = context
  const row = await store.read((tx) =>
    tx.query.selectFrom('confirmations').selectAll().where('confirmation', '=', confirmation).executeTakeFirst(),
  )
  if (row === undefined) throw new HearthError('usage', 'no-confirmation', 'there is no such confirmation')
  const reply = decode(row.reply_queue, readQueueInfo)
  if (!includes(CLIENT_VERSIONS, reply.version)) {
    throw new HearthError('protocol', 'A_VERSION', 'no common version of the client protocol')
  }
  if (row.sender_key !== null) await secureOwnQueue(context, conn, row.sender_key)
  const queue =
    (await store.read((tx) => loadSndQueue(tx, conn))) ??
    (await store.write((tx) => addSndQueue(context, tx, conn, reply)))
  await ensureSecured(context, queue)
  await store.write(async (tx) => {
    await sendConfirmation(context, tx, conn, { type: 'connInfo', info: fromBase64url(info) })
    await finish(tx, command)
  })
}

/** KEY on the own queue with the key that the sender told (agent §7.3). */
async function secureOwnQueue(context: AgentContext, conn: ConnId, senderKey: Uint8Array): Promise<void> {
  const { store, client } = context
  const { queue, router } = await store.read(async (tx) => {
    const queue = await loadRcvQueue(tx, conn)
    return { queue, router: queue && (await context.records.get(tx, queue.router)) }
  })
  if (queue === undefined || router === undefined) throw new HearthError('usage', 'no-queue', 'the queue is gone')
  const key = decodePublicKey(senderKey) as AuthKey
  await client.request(router, { entityId: queue.recipientId, command: { type: 'KEY', key }, key: queue.key })
  await store.write((tx) => setRcvStatus(tx, conn, 'secured'))
}

interface SecureArguments {
  readonly senderKey: string
}

/** The joiner's queue could not be secured by the initiator: do it here, then say HELLO (agent §7.3). */
export async function secureLater(context: AgentContext, tx: Tx, conn: ConnId, senderKey: Uint8Array): Promise<void> {
  const args: SecureArguments = { senderKey: base64url(senderKey) }
  await addCommand(context, tx, conn, 'secure', { ...args })
}

export const performSecure: CommandAction = async (context, command) => {
  const { conn } = command
  const { senderKey } = command.arguments as unknown as SecureArguments
  await secureOwnQueue(context, conn, fromBase64url(senderKey))
  await context.store.write(async (tx) => {
    await sendControl(context, tx, conn, { type: 'HELLO' })
    await finish(tx, command)
  })
}

/** What the initiator keeps of a confirmation until it is allowed. */
export async function insertConfirmation(
  tx: Tx,
  conn: ConnId,
  senderKey: Uint8Array | undefined,
  reply: QueueInfo,
  agentVersion: number,
): Promise<number> {
  await setAgentVersion(tx, conn, agentVersion)
  const { confirmation } = await tx.query
    .insertInto('confirmations')
    .values({
      conn,
      sender_key: senderKey ?? null,
      reply_queue: encode((w) => writeQueueInfo(w, reply)).slice(),
      client_version: reply.version,
    })
    .returning('confirmation')
    .executeTakeFirstOrThrow()
  return confirmation
}
