import { base64url, fromBase64url } from '../codec/base64url.ts'
import { EMPTY, fromUtf8, utf8 } from '../codec/bytes.ts'
import { HearthError } from '../codec/error.ts'
import type { KeyPair, PrivateKey } from '../codec/keys.ts'
import { generateKeyPair, publicKeyOf } from '../crypto/keypair.ts'
import { formatRouterAddress, parseRouterAddress, type RouterAddress } from '../smp/address.ts'
import { senderIdOf } from '../smp/sender-id.ts'
import type { Tx } from '../store/database.ts'
import type {
  AddressOptions,
  ConnId,
  CreatedLink,
  InvitationOptions,
  Links,
  LinkType,
  LinkUserData,
  PreparedAddress,
  PrepareOptions,
} from './api.ts'
import type { AgentContext } from './context.ts'
import { sealContactData, sealInvitationData } from './link-data.ts'
import {
  AGENT_VERSIONS,
  type ContactRequest,
  formatConnectionRequest,
  type InvitationRequest,
} from './links/full-link.ts'
import { encodeFixedData, sealFixedData, signLinkData } from './links/link-data.ts'
import { contactLinkKeys, invitationDataKey, linkKeyOf } from './links/link-keys.ts'
import { CLIENT_VERSIONS, type QueueUri } from './links/queue-address.ts'
import { formatShortLink } from './links/short-link.ts'
import { chooseRouter, createQueue, saveQueue } from './new-queue.ts'
import { generateX3dhKeys, type X3dhKeys, x3dhLinkParams } from './ratchet/x3dh.ts'
import { insertConnection, loadConnection } from './records/connections.ts'
import { loadRcvQueue, type QueueLink, type RcvQueue } from './records/queues.ts'
import { insertX3dhKeys, loadX3dhKeys } from './records/ratchets.ts'

/** Own invitations and addresses: making them, and their links (agent §2.9). */

const NONCE = 24
const CORRELATION_ID = 24

function queueUri(router: RouterAddress, senderId: Uint8Array, queue: Pick<RcvQueue, 'e2eKey' | 'mode'>): QueueUri {
  return {
    versions: CLIENT_VERSIONS,
    router: { hosts: router.hosts, port: router.port, keyHash: router.keyHash },
    senderId,
    dhKey: publicKeyOf(queue.e2eKey),
    mode: queue.mode,
  }
}

/** With a short link where the router can keep its data (agent §2.9), otherwise with the full link only. */
export async function createInvitation(context: AgentContext, options: InvitationOptions = {}): Promise<CreatedLink> {
  const router = chooseRouter(context)
  try {
    return await createLinkedInvitation(context, router, options)
  } catch (error) {
    if (!(error instanceof HearthError) || error.code !== 'no-link') throw error
    return createPlainInvitation(context, router, options)
  }
}

async function createLinkedInvitation(
  context: AgentContext,
  router: RouterAddress,
  options: InvitationOptions,
): Promise<CreatedLink> {
  const { env, store } = context
  const corrId = env.random(CORRELATION_ID)
  const senderId = senderIdOf(corrId)
  const e2e = generateKeyPair('X25519', env.random)
  const root = generateKeyPair('Ed25519', env.random)
  const keys = generateX3dhKeys(env.random)
  const address = queueUri(router, senderId, { e2eKey: e2e.privateKey, mode: 'messaging' })
  const request = invitationRequest(address, keys, options)
  const fixed = encodeFixedData({ versions: AGENT_VERSIONS, rootKey: root.publicKey, request, entityId: undefined })
  const linkKey = linkKeyOf(fixed)
  const dataKey = invitationDataKey(linkKey)
  const data = {
    fixed: sealFixedData(dataKey, signLinkData(root.privateKey, fixed), env.random(NONCE)),
    user: sealInvitationData(context, { linkKey, rootKey: root.privateKey }, options.userData ?? EMPTY),
  }
  const queue = await createQueue(context, router, { mode: 'messaging', link: { senderId, data } }, e2e, corrId)
  const { linkId = EMPTY } = queue.ids
  const conn = await store.write(async (tx) => {
    const conn = await insertConnection(tx, 'invitation', AGENT_VERSIONS.max, env.clock.now())
    await insertX3dhKeys(tx, conn, keys)
    const link: QueueLink = { type: 'i', linkId, linkKey, rootKey: root.privateKey, encFixed: data.fixed }
    await saveQueue(context, tx, conn, queue, link, options.clientData)
    return conn
  })
  const short = formatShortLink({ type: 'i', scheme: 'https', router: plain(router), linkId, linkKey })
  return { conn, full: formatConnectionRequest(request), short }
}

async function createPlainInvitation(
  context: AgentContext,
  router: RouterAddress,
  options: InvitationOptions,
): Promise<CreatedLink> {
  const { env, store } = context
  const keys = generateX3dhKeys(env.random)
  const queue = await createQueue(context, router, { mode: 'messaging' })
  const conn = await store.write(async (tx) => {
    const conn = await insertConnection(tx, 'invitation', AGENT_VERSIONS.max, env.clock.now())
    await insertX3dhKeys(tx, conn, keys)
    await saveQueue(context, tx, conn, queue, undefined, options.clientData)
    return conn
  })
  const address = queueUri(router, queue.ids.senderId, { e2eKey: queue.e2e.privateKey, mode: queue.mode })
  return { conn, full: formatConnectionRequest(invitationRequest(address, keys, options)), short: undefined }
}

function invitationRequest(address: QueueUri, keys: X3dhKeys, options: InvitationOptions): InvitationRequest {
  return {
    mode: 'invitation',
    versions: AGENT_VERSIONS,
    queues: [address],
    clientData: options.clientData,
    e2e: x3dhLinkParams(keys),
  }
}

/** The router of a link: never with our password. */
function plain(router: RouterAddress): RouterAddress {
  return { hosts: router.hosts, port: router.port, keyHash: router.keyHash }
}

export async function createAddress(context: AgentContext, options: AddressOptions): Promise<CreatedLink> {
  const rootKey = options.rootKey ?? generateKeyPair('Ed25519', context.env.random).privateKey
  const prepared = prepareAddress(context, { ...options, rootKey })
  const data = { direct: true, owners: [], relays: [], userData: options.userData }
  const conn = await createPreparedAddress(context, prepared, data)
  return { conn, full: prepared.full, short: prepared.short }
}

/** What `createPreparedAddress` needs beside the links; JSON of base64url texts. */
interface PreparedSecret {
  readonly type: LinkType
  readonly router: string
  readonly corrId: string
  readonly e2eKey: string
  readonly rootKey: string
  readonly fixed: string
  readonly clientData?: string | undefined
}

export function prepareAddress(context: AgentContext, options: PrepareOptions): PreparedAddress {
  const { random } = context.env
  const router = chooseRouter(context)
  const corrId = random(CORRELATION_ID)
  const e2e = generateKeyPair('X25519', random)
  const request: ContactRequest = {
    mode: 'contact',
    versions: AGENT_VERSIONS,
    queues: [queueUri(router, senderIdOf(corrId), { e2eKey: e2e.privateKey, mode: 'contact' })],
    clientData: options.clientData,
  }
  const rootKey = publicKeyOf(options.rootKey)
  const fixed = encodeFixedData({ versions: AGENT_VERSIONS, rootKey, request, entityId: options.entityId })
  const secret: PreparedSecret = {
    type: options.type,
    router: formatRouterAddress(router),
    corrId: base64url(corrId),
    e2eKey: base64url(e2e.privateKey.raw),
    rootKey: base64url(options.rootKey.raw),
    fixed: base64url(fixed),
    clientData: options.clientData,
  }
  const { type } = options
  return {
    full: formatConnectionRequest(request),
    short: formatShortLink({ type, scheme: 'https', router: plain(router), linkKey: linkKeyOf(fixed) }),
    secret: utf8(JSON.stringify(secret)),
  }
}

export async function createPreparedAddress(
  context: AgentContext,
  prepared: PreparedAddress,
  data: LinkUserData,
): Promise<ConnId> {
  const { env, store } = context
  const secret = JSON.parse(fromUtf8(prepared.secret) ?? '') as PreparedSecret
  const router = parseRouterAddress(secret.router)
  const e2e: KeyPair<'X25519'> = pairOf({ algorithm: 'X25519', raw: fromBase64url(secret.e2eKey) })
  const rootKey: PrivateKey<'Ed25519'> = { algorithm: 'Ed25519', raw: fromBase64url(secret.rootKey) }
  const corrId = fromBase64url(secret.corrId)
  const fixed = fromBase64url(secret.fixed)
  const linkKey = linkKeyOf(fixed)
  const { linkId, dataKey } = contactLinkKeys(linkKey)
  const encFixed = sealFixedData(dataKey, signLinkData(rootKey, fixed), env.random(NONCE))
  const link: QueueLink = { type: secret.type, linkId, linkKey, rootKey, encFixed }
  const user = sealContactData(context, link, data)
  const queue = await createQueue(
    context,
    router,
    { mode: 'contact', link: { linkId, senderId: senderIdOf(corrId), data: { fixed: encFixed, user } } },
    e2e,
    corrId,
  )
  return store.write(async (tx) => {
    const conn = await insertConnection(tx, 'contact', AGENT_VERSIONS.max, env.clock.now())
    await saveQueue(context, tx, conn, queue, link, secret.clientData)
    return conn
  })
}

function pairOf<A extends 'X25519' | 'Ed25519'>(privateKey: PrivateKey<A>): KeyPair<A> {
  return { privateKey, publicKey: publicKeyOf(privateKey) }
}

/** The links of an own address, or of an invitation that nobody used yet. */
export async function linksOf(context: AgentContext, tx: Tx, conn: ConnId): Promise<Links | undefined> {
  const request = await requestOf(context, tx, conn)
  const queue = await loadRcvQueue(tx, conn)
  if (request === undefined || queue === undefined) return undefined
  const { link } = queue
  const router = plain(await context.records.get(tx, queue.router))
  if (link === undefined) return { full: formatConnectionRequest(request), short: undefined }
  const common = { scheme: 'https', router, linkKey: link.linkKey } as const
  const short = formatShortLink(
    link.type === 'i' ? { type: 'i', linkId: link.linkId, ...common } : { type: link.type, ...common },
  )
  return { full: formatConnectionRequest(request), short }
}

/** The connection request behind an own queue: what its full link says. */
export async function requestOf(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
): Promise<InvitationRequest | ContactRequest | undefined> {
  const connection = await loadConnection(tx, conn)
  const queue = await loadRcvQueue(tx, conn)
  if (connection === undefined || queue === undefined) return undefined
  const router = await context.records.get(tx, queue.router)
  const queues = [queueUri(router, queue.senderId, queue)] as const
  const common = { versions: AGENT_VERSIONS, queues, clientData: queue.clientData }
  if (connection.kind === 'contact') return { mode: 'contact', ...common }
  const keys = await loadX3dhKeys(tx, conn)
  return keys && { mode: 'invitation', ...common, e2e: x3dhLinkParams(keys) }
}
