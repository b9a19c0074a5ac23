import { base64url, fromBase64url } from '../codec/base64url.ts'
import { HearthError } from '../codec/error.ts'
import { intersect } from '../codec/version.ts'
import { encode } from '../codec/writer.ts'
import { agree } from '../crypto/agreement.ts'
import { boxKey } from '../crypto/box.ts'
import { generateKeyPair, publicKeyOf } from '../crypto/keypair.ts'
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
  type InvitationRequest,
} from './links/full-link.ts'
import { parseLink } from './links/parse-link.ts'
import { CLIENT_VERSIONS, type QueueInfo, queueInfo } from './links/queue-address.ts'
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
  setSndStatus,
} from './records/queues.ts'
import { insertRatchet, insertX3dhKeys } from './records/ratchets.ts'
import { sendConfirmation } from './send.ts'

/**
 * The joiner's half of the handshakes (agent §7.2 to §7.4) as persisted operations; allow.ts has the other one. Each step
 * looks at what the database already has, so an operation that was interrupted anywhere continues with the keys that the
 * network may have seen.
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
export async function addSndQueue(
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
export async function ensureSecured(context: AgentContext, queue: SndQueue): Promise<void> {
  if (queue.mode !== 'messaging' || queue.status !== 'new') return
  const { store, client } = context
  const router = await store.read((tx) => context.records.get(tx, queue.router))
  const key = publicKeyOf(queue.key)
  await client.request(router, { entityId: queue.senderId, command: { type: 'SKEY', key }, key: queue.key })
  await store.write((tx) => setSndStatus(tx, queue.conn, 'secured'))
}
