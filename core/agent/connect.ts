import { base64url, fromBase64url } from '../codec/base64url.ts'
import { HearthError } from '../codec/error.ts'
import { decodePublicKey } from '../codec/keys.ts'
import { decode } from '../codec/reader.ts'
import { includes, intersect } from '../codec/version.ts'
import { encode } from '../codec/writer.ts'
import { agree } from '../crypto/agreement.ts'
import { boxKey } from '../crypto/box.ts'
import { generateKeyPair, publicKeyOf } from '../crypto/keypair.ts'
import type { AuthKey } from '../smp/commands.ts'
import { CONFIRMATION_PADDING, sealEnvelope } from '../smp/envelope.ts'
import type { Tx } from '../store/database.ts'
import { requestOf } from './addresses.ts'
import type { ConnId } from './api.ts'
import { addCommand, type Command, type CommandAction, finish } from './commands.ts'
import type { AgentContext } from './context.ts'
import { encodeAgentEnvelope } from './envelope.ts'
import {
  AGENT_VERSIONS,
  type ConnectionRequest,
  type ContactRequest,
  formatConnectionRequest,
  type InvitationRequest,
} from './links/full-link.ts'
import { parseLink } from './links/parse-link.ts'
import { CLIENT_VERSIONS, type QueueInfo, queueInfo, readQueueInfo, writeQueueInfo } from './links/queue-address.ts'
import { chooseRouter, createQueue, saveQueue } from './new-queue.ts'
import { writeE2eParams } from './ratchet/params.ts'
import { agreeE2eVersion, startAsJoiner } from './ratchet/start.ts'
import { generateX3dhKeys } from './ratchet/x3dh.ts'
import { readLink, securedKey } from './read-link.ts'
import { insertConnection, setAgentVersion } from './records/connections.ts'
import {
  findSndQueue,
  insertSndQueue,
  loadRcvQueue,
  loadSndQueue,
  type RcvQueue,
  type SndQueue,
  setRcvStatus,
  setSndStatus,
} from './records/queues.ts'
import { insertRatchet, insertX3dhKeys, isJoiner } from './records/ratchets.ts'
import { sendConfirmation, sendControl } from './send.ts'

/**
 * The handshakes (agent §7.2 to §7.4) as persisted operations. Each step looks at what the database already has, so
 * an operation that was interrupted anywhere continues with the keys that the network may have seen.
 */

interface JoinArguments {
  readonly link: string
  readonly info: string
}

export async function join(context: AgentContext, tx: Tx, link: string, info: Uint8Array): Promise<ConnId> {
  const parsed = parseLink(link)
  if (parsed.form === 'name') throw new HearthError('usage', 'link', 'names are not links')
  const conn = await insertConnection(tx, 'invitation', AGENT_VERSIONS.max, context.env.clock.now())
  const args: JoinArguments = { link, info: base64url(info) }
  await addCommand(context, tx, conn, 'join', { ...args })
  return conn
}

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

export const performJoin: CommandAction = async (context, command) => {
  const { link, info } = command.arguments as unknown as JoinArguments
  const request = await resolve(context, link)
  const action = request.mode === 'contact' ? requestContact : joinInvitation
  await action(context, command, request as ContactRequest & InvitationRequest, fromBase64url(info))
}

/** A short link leads to the connection request in its link data. */
async function resolve(context: AgentContext, link: string): Promise<ConnectionRequest> {
  const parsed = parseLink(link)
  if (parsed.form === 'full') return parsed.request
  const content = await readLink(context, link)
  const full = parseLink(content.fullLink)
  if (full.form !== 'full') throw new HearthError('protocol', 'A_LINK', 'link data lead nowhere')
  return full.request
}

function agreedVersion(request: ConnectionRequest): number {
  const common = intersect(request.versions, AGENT_VERSIONS)
  if (common === undefined) throw new HearthError('protocol', 'A_VERSION', 'no common version of the agent protocol')
  return common.max
}

/** The first queue of a request, at the version agreed for it (agent §1.2). */
function agreedQueue(request: ConnectionRequest): QueueInfo {
  const [queue] = request.queues
  const common = intersect(queue.versions, CLIENT_VERSIONS)
  if (common === undefined) throw new HearthError('protocol', 'A_VERSION', 'no common version of the client protocol')
  return queueInfo(queue, common.max)
}

/** Agent §7.4: send an invitation of ours to the address; its owner joins it. */
async function requestContact(
  context: AgentContext,
  command: Command,
  request: ContactRequest,
  info: Uint8Array,
): Promise<void> {
  const { conn } = command
  const { env, store, client } = context
  const version = agreedVersion(request)
  const address = agreedQueue(request)
  await ensureRcvQueue(context, conn, address, async (tx) => insertX3dhKeys(tx, conn, generateX3dhKeys(env.random)))
  const own = await store.read((tx) => requestOf(context, tx, conn))
  if (own?.mode !== 'invitation') {
    // The owner's confirmation has used up our keys: it overtook the router's answer to an attempt before this one.
    await store.write((tx) => finish(tx, command))
    return
  }
  const e2e = generateKeyPair('X25519', env.random)
  const body = sealEnvelope(
    boxKey(agree(e2e.privateKey, address.dhKey)),
    { version: address.version, key: e2e.publicKey },
    env.random(24),
    { body: encodeAgentEnvelope({ type: 'invitation', version, request: own, info }) },
    CONFIRMATION_PADDING,
  )
  try {
    await client.request(address.router, {
      entityId: address.senderId,
      command: { type: 'SEND', flags: { notification: true }, body },
    })
  } catch (error) {
    if (error instanceof HearthError && error.code === 'QUOTA') {
      throw new HearthError('router', 'QUOTA', 'the address has too many requests waiting', true)
    }
    throw error
  }
  await store.write((tx) => finish(tx, command))
}

/** The queue where we receive; made once, with `also` in the transaction that stores it. */
async function ensureRcvQueue(
  context: AgentContext,
  conn: ConnId,
  peer: QueueInfo,
  also?: (tx: Tx) => Promise<void>,
): Promise<RcvQueue> {
  const existing = await context.store.read((tx) => loadRcvQueue(tx, conn))
  if (existing !== undefined) return existing
  const queue = await createQueue(context, chooseRouter(context, peer.router), { mode: 'messaging' })
  return context.store.write(async (tx) => {
    await also?.(tx)
    await saveQueue(context, tx, conn, queue)
    return (await loadRcvQueue(tx, conn))!
  })
}

/** Agent §7.2, the joiner's half; §7.3 where the queue is not in messaging mode. */
async function joinInvitation(
  context: AgentContext,
  command: Command,
  request: InvitationRequest,
  info: Uint8Array,
): Promise<void> {
  const { conn } = command
  const { store } = context
  const peer = agreedQueue(request)
  const queue = await ensureJoined(context, conn, request, peer)
  await ensureSecured(context, queue)
  const rcv = await ensureRcvQueue(context, conn, peer)
  await store.write(async (tx) => {
    const reply: QueueInfo = {
      version: peer.version,
      router: await context.records.get(tx, rcv.router),
      senderId: rcv.senderId,
      dhKey: publicKeyOf(rcv.e2eKey),
      mode: rcv.mode,
    }
    await sendConfirmation(context, tx, conn, { type: 'connInfoReply', queues: [reply], info })
    await finish(tx, command)
  })
}

/** Ratchet and sending queue, made in one transaction and used again by every retry. */
async function ensureJoined(
  context: AgentContext,
  conn: ConnId,
  request: InvitationRequest,
  peer: QueueInfo,
): Promise<SndQueue> {
  const existing = await context.store.read((tx) => loadSndQueue(tx, conn))
  if (existing !== undefined) return existing
  const { random } = context.env
  const version = agreedVersion(request)
  const e2eVersion = agreeE2eVersion(request.e2e)
  const third = generateKeyPair('X448', random)
  const { state, params } = startAsJoiner(request.e2e, generateX3dhKeys(random), third, undefined, e2eVersion)
  return context.store.write(async (tx) => {
    await setAgentVersion(tx, conn, version)
    await insertRatchet(tx, conn, state, encode((w) => writeE2eParams(w, params)).slice())
    const key = await securedKey(context, tx, peer.router, peer.senderId)
    // From now on the queue tells that the request is known, and its link is of no use.
    await tx.query.updateTable('requests').set({ link: '' }).where('conn', '=', conn).execute()
    return addSndQueue(context, tx, conn, peer, key)
  })
}

/** A new sending queue; with `key` it is already secured by that key. Errors: usage `joined`. */
async function addSndQueue(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  peer: QueueInfo,
  key?: SndQueue['key'],
): Promise<SndQueue> {
  const { random } = context.env
  const e2e = generateKeyPair('X25519', random)
  const router = await context.records.idOf(tx, peer.router)
  if ((await findSndQueue(tx, router, peer.senderId)) !== undefined) {
    throw new HearthError('usage', 'joined', 'another connection of this host sends to this queue')
  }
  await insertSndQueue(tx, {
    conn,
    router,
    senderId: peer.senderId,
    key: key ?? generateKeyPair(context.settings.senderKeys, random).privateKey,
    e2ePublic: e2e.publicKey.raw,
    e2eSecret: agree(e2e.privateKey, peer.dhKey),
    mode: peer.mode,
    status: key === undefined ? 'new' : 'secured',
    clientVersion: peer.version,
  })
  return (await loadSndQueue(tx, conn))!
}

/** SKEY, where the queue lets its sender do it; repeating it with the same key is harmless. */
async function ensureSecured(context: AgentContext, queue: SndQueue): Promise<void> {
  if (queue.mode !== 'messaging' || queue.status !== 'new') return
  const { store, client } = context
  const router = await store.read((tx) => context.records.get(tx, queue.router))
  const key = publicKeyOf(queue.key)
  await client.request(router, { entityId: queue.senderId, command: { type: 'SKEY', key }, key: queue.key })
  await store.write((tx) => setSndStatus(tx, queue.conn, 'secured'))
}

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
