import { concat, EMPTY } from '../codec/bytes.ts'
import { HearthError } from '../codec/error.ts'
import { sha256, sha256Of } from '../crypto/hash.ts'
import type { Tx } from '../store/database.ts'
import type { BulkSend, ConnId, Failure, MsgId, SendOptions, StoredBody } from './api.ts'
import type { AgentContext } from './context.ts'
import { type AgentMessage, type AMessage, encodeAgentMessage, encodeAMessage, messagePrefix } from './message.ts'
import { type MessageKey, ratchetStep } from './ratchet/encrypt.ts'
import { maySend, type SyncState } from './ratchet/sync.ts'
import { decodeRatchet, encodeRatchet } from './records/ratchets.ts'
import { encodeSealing } from './records/sealing.ts'
import { confirmationSize, maxConnInfo, maxMessageBody, maxPlaintext } from './sizes.ts'

/**
 * Enqueueing (agent §7.6): number, hash and ratchet step of a message are fixed in the transaction that stores it;
 * its body is encrypted when a router is ready to take it.
 */

export interface Sender {
  readonly router: number
  readonly state: Uint8Array
  readonly last_snd_id: number
  readonly last_snd_hash: Uint8Array
  readonly renewed: number
  readonly can_send: number
  readonly sync: SyncState
}

const SELECT_SENDER =
  'SELECT q.router, r.state, r.last_snd_id, r.last_snd_hash, r.renewed, r.can_send, c.sync FROM ratchets r ' +
  'JOIN snd_queues q ON q.conn = r.conn JOIN connections c ON c.conn = r.conn WHERE r.conn = ? AND c.deleted = 0'

export const UPDATE_SENDER = 'UPDATE ratchets SET state = ?, last_snd_id = ?, last_snd_hash = ? WHERE conn = ?'

const INSERT_MESSAGE =
  'INSERT INTO snd_messages (conn, snd_id, kind, notify, report, sealing, body, bytes, created_at, deferred, ad) ' +
  'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'

/** `ratchetKey` is no message of the ratchet: it starts another. */
export type Kind = 'message' | 'confirmation' | 'hello' | 'control' | 'ratchetKey'

export interface Content {
  readonly kind: Kind
  readonly notify: boolean
  readonly report: boolean
  /** Hash of the plaintext, for a message with this number after a message with this hash. */
  hash(number: number, previousHash: Uint8Array): Uint8Array
  /** A stored body, or the bytes themselves. */
  readonly stored: StoredBody | null
  readonly bytes: Uint8Array | null
}

/**
 * The confirmation is the first message of a connection: who gets another before it does not know the key of its queue
 * yet, and loses it (agent §6.7).
 */
export async function findSender(tx: Tx, conn: ConnId, kind: Kind): Promise<Sender | undefined> {
  const sender = await tx.get<Sender>(SELECT_SENDER, conn)
  if (sender === undefined || (sender.can_send === 0 && maySend(sender.sync))) return undefined
  return kind !== 'confirmation' && sender.last_snd_id === 0 ? undefined : sender
}

async function loadSender(tx: Tx, conn: ConnId, kind: Kind): Promise<Sender> {
  const sender = await findSender(tx, conn, kind)
  if (sender === undefined) throw new HearthError('usage', 'not-connected', 'this connection cannot send')
  return sender
}

/** Whether messages after the confirmation can be enqueued. */
export async function canSend(tx: Tx, conn: ConnId): Promise<boolean> {
  return (await findSender(tx, conn, 'control')) !== undefined
}

/**
 * Stores messages of one connection in order; the ratchet is written once for all of them. While there is no ratchet
 * that both ends have they wait without keys (see deferred.ts).
 */
async function enqueue(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  sender: Sender,
  contents: readonly Content[],
): Promise<MsgId> {
  const now = context.env.clock.now()
  let number = sender.last_snd_id
  if (!maySend(sender.sync)) {
    for (const content of contents) await insertMessage(tx, conn, ++number, content, now, undefined)
    await tx.run('UPDATE ratchets SET last_snd_id = ? WHERE conn = ?', number, conn)
    return number
  }
  let state = decodeRatchet(sender.state)
  let hash = sender.last_snd_hash
  for (const content of contents) {
    const step = ratchetStep(state)
    const sealed = seal(step.messageKey, hash, sender)
    state = step.state
    number++
    hash = content.hash(number, hash)
    await insertMessage(tx, conn, number, content, now, sealed)
  }
  await tx.run(UPDATE_SENDER, encodeRatchet(state), number, hash, conn)
  tx.afterCommit(() => context.wakeDelivery(conn, sender.router))
  return number
}

export interface Sealed {
  readonly sealing: Uint8Array
  /** Associated data, where it is not the one that the connection has always had. */
  readonly ad: Uint8Array | null
}

/** What a message keeps of its ratchet step. */
export function seal(
  { version, key, iv, encHeader, ad }: MessageKey,
  previousHash: Uint8Array,
  sender: Sender,
): Sealed {
  return {
    sealing: encodeSealing({ version, key, iv, header: encHeader, previousHash }),
    ad: sender.renewed === 0 ? null : ad,
  }
}

export async function insertMessage(
  tx: Tx,
  conn: ConnId,
  number: number,
  content: Content,
  now: number,
  sealed: Sealed | undefined,
): Promise<void> {
  await tx.run(
    INSERT_MESSAGE,
    conn,
    number,
    content.kind,
    content.notify ? 1 : 0,
    content.report ? 1 : 0,
    sealed?.sealing ?? EMPTY,
    content.stored,
    content.bytes,
    now,
    sealed === undefined ? 1 : 0,
    sealed?.ad ?? null,
  )
}

const A_MSG = new Uint8Array([0x4d])

export function aMessageContent(message: AMessage, kind: Kind, notify: boolean, report: boolean): Content {
  const bytes = encodeAMessage(message)
  return {
    kind,
    notify,
    report,
    hash: (number, previous) => sha256Of(messagePrefix(number, previous), bytes),
    stored: null,
    bytes,
  }
}

function storedContent(stored: StoredBody, body: Uint8Array, options: SendOptions): Content {
  return {
    kind: 'message',
    notify: options.notify ?? false,
    report: options.report ?? false,
    hash: (number, previous) => sha256Of(messagePrefix(number, previous), A_MSG, body),
    stored,
    bytes: null,
  }
}

function checkBody(body: Uint8Array): void {
  if (body.length > maxMessageBody(false)) {
    throw new HearthError('usage', 'large', `a message has at most ${maxMessageBody(false)} bytes`)
  }
}

export async function storeBody(tx: Tx, bytes: Uint8Array): Promise<StoredBody> {
  checkBody(bytes)
  const row = await tx.get<{ body: number }>('INSERT INTO snd_bodies (bytes) VALUES (?) RETURNING body', bytes)
  return row!.body
}

async function loadBody(tx: Tx, stored: StoredBody): Promise<Uint8Array> {
  const row = await tx.get<{ bytes: Uint8Array }>('SELECT bytes FROM snd_bodies WHERE body = ?', stored)
  if (row === undefined) throw new HearthError('usage', 'no-body', 'the stored body is gone')
  return row.bytes
}

export async function send(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  body: Uint8Array | StoredBody,
  options: SendOptions = {},
): Promise<MsgId> {
  const sender = await loadSender(tx, conn, 'message')
  if (typeof body === 'number') {
    return enqueue(context, tx, conn, sender, [storedContent(body, await loadBody(tx, body), options)])
  }
  checkBody(body)
  const { notify = false, report = false } = options
  return enqueue(context, tx, conn, sender, [aMessageContent({ type: 'A_MSG', body }, 'message', notify, report)])
}

/** One page of a broadcast: the bodies are read once, each recipient costs its ratchet step and its rows. */
export async function sendMany(
  context: AgentContext,
  tx: Tx,
  sends: readonly BulkSend[],
  options: SendOptions = {},
): Promise<Failure[]> {
  const contents = new Map<StoredBody, Content>()
  for (const stored of new Set(sends.flatMap((item) => item.bodies))) {
    contents.set(stored, storedContent(stored, await loadBody(tx, stored), options))
  }
  const failures: Failure[] = []
  for (const { conn, bodies } of sends) {
    try {
      const sender = await loadSender(tx, conn, 'message')
      await enqueue(
        context,
        tx,
        conn,
        sender,
        bodies.map((stored) => contents.get(stored)!),
      )
    } catch (error) {
      if (!(error instanceof HearthError)) throw error
      failures.push({ conn, error })
    }
  }
  return failures
}

/** HELLO and what agents tell each other beside application messages (agent §6.4). */
export async function sendControl(context: AgentContext, tx: Tx, conn: ConnId, message: AMessage): Promise<void> {
  const hello = message.type === 'HELLO'
  const content = aMessageContent(message, hello ? 'hello' : 'control', hello, false)
  await enqueue(context, tx, conn, await loadSender(tx, conn, content.kind), [content])
}

/** The confirmation of either side (agent §6.3 `I` and `D`). Errors: usage `large`. */
export async function sendConfirmation(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  message: AgentMessage & { type: 'connInfo' | 'connInfoReply' },
): Promise<void> {
  const bytes = encodeAgentMessage(message)
  if (bytes.length > maxPlaintext(confirmationSize(false))) {
    throw new HearthError('usage', 'large', `the information has at most about ${maxConnInfo(false)} bytes`)
  }
  const hash = sha256(bytes)
  await enqueue(context, tx, conn, await loadSender(tx, conn, 'confirmation'), [
    { kind: 'confirmation', notify: true, report: false, hash: () => hash, stored: null, bytes },
  ])
}

/** What stands before the stored content in the plaintext. */
export function plaintextPrefix(kind: Kind, number: number, previousHash: Uint8Array, stored: boolean): Uint8Array {
  if (kind === 'confirmation') return EMPTY
  const prefix = messagePrefix(number, previousHash)
  return stored ? concat(prefix, A_MSG) : prefix
}

/** Messages that the router has not taken yet. */
export async function pendingMessages(tx: Tx, conn: ConnId): Promise<number> {
  const row = await tx.get<{ count: number }>('SELECT count(*) AS count FROM snd_messages WHERE conn = ?', conn)
  return row?.count ?? 0
}
