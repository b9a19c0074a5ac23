import { z } from 'zod'
import { AGENT_VERSIONS } from '../../agent/links/full-link.ts'
import {
  encodeFixedData,
  encodeUserData,
  readLinkData,
  sealFixedData,
  sealUserData,
  signLinkData,
} from '../../agent/links/link-data.ts'
import { contactLinkKeys, linkKeyOf } from '../../agent/links/link-keys.ts'
import { CLIENT_VERSIONS } from '../../agent/links/queue-address.ts'
import { createQueue } from '../../agent/new-queue.ts'
import { base64url, fromBase64url } from '../../codec/base64url.ts'
import { fromUtf8, utf8 } from '../../codec/bytes.ts'
import { HearthError } from '../../codec/error.ts'
import type { PrivateKey } from '../../codec/keys.ts'
import { BOX_NONCE } from '../../crypto/box.ts'
import { generateKeyPair } from '../../crypto/keypair.ts'
import type { Env } from '../../env/env.ts'
import { formatRouterAddress, parseRouterAddress, type RouterAddress } from '../../smp/address.ts'
import type { SmpClient, SubscribedQueue } from '../../smp/client/api.ts'
import { senderIdOf } from '../../smp/sender-id.ts'

/**
 * Where a host writes which copy of its database is in use: the link data of a queue that nobody else knows, signed and
 * encrypted like all link data (agent §2.6). A message to the queue asks whoever uses the database to write again.
 */
export interface Mark {
  readonly router: RouterAddress
  readonly queue: SubscribedQueue & { readonly key: PrivateKey<'Ed25519'> }
  readonly senderId: Uint8Array
  readonly rootKey: PrivateKey<'Ed25519'>
  readonly linkKey: Uint8Array
  /** As the router stores it: updates must repeat it. */
  readonly fixed: Uint8Array
}

/** What the mark says. */
export interface MarkContent {
  readonly instance: Uint8Array
  readonly claim: number
  readonly run: number
  readonly runId: Uint8Array
  /** When it was written, milliseconds since 1970. */
  readonly at: number
}

const CORRELATION_ID = 24

interface Network {
  readonly env: Env
  readonly client: SmpClient
}

/** Makes the queue; this client is subscribed to it. Errors: protocol `no-link`, those of the request. */
export async function createMark(network: Network, router: RouterAddress, content: MarkContent): Promise<Mark> {
  const { random } = network.env
  const corrId = random(CORRELATION_ID)
  const e2e = generateKeyPair('X25519', random)
  const root = generateKeyPair('Ed25519', random)
  const place: RouterAddress = { hosts: router.hosts, port: router.port, keyHash: router.keyHash }
  const queue = {
    versions: CLIENT_VERSIONS,
    router: place,
    senderId: senderIdOf(corrId),
    dhKey: e2e.publicKey,
    mode: 'contact',
  } as const
  const fixed = encodeFixedData({
    versions: AGENT_VERSIONS,
    rootKey: root.publicKey,
    request: { mode: 'contact', versions: AGENT_VERSIONS, queues: [queue], clientData: undefined },
    entityId: undefined,
  })
  const linkKey = linkKeyOf(fixed)
  const { linkId, dataKey } = contactLinkKeys(linkKey)
  const data = {
    fixed: sealFixedData(dataKey, signLinkData(root.privateKey, fixed), random(BOX_NONCE)),
    user: sealContent(network.env, linkKey, root.privateKey, content),
  }
  const link = { linkId, senderId: queue.senderId, data }
  const created = await createQueue(network, router, { mode: 'contact', link }, e2e, corrId)
  return {
    router: place,
    queue: { recipientId: created.ids.recipientId, key: created.key.privateKey },
    senderId: queue.senderId,
    rootKey: root.privateKey,
    linkKey,
    fixed: data.fixed,
  }
}

/** Undefined where the router knows no such link any more. Errors: those of the request; protocol `link`, codec. */
export async function readMark({ client }: Network, mark: Mark): Promise<MarkContent | undefined> {
  const { linkId } = contactLinkKeys(mark.linkKey)
  try {
    const answer = await client.request(mark.router, { entityId: linkId, command: { type: 'LGET' } }, 'interactive')
    if (answer.type !== 'LNK') throw new HearthError('protocol', 'unexpected', `${answer.type} as the answer to LGET`)
    const link = { type: 'a', scheme: 'https', router: mark.router, linkKey: mark.linkKey } as const
    const { fixed, user } = answer.data
    return decodeContent(readLinkData(link, { senderId: answer.senderId, fixed, user }).user.data)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** False where the router has no such queue any more. Errors: those of the request. */
export async function writeMark({ env, client }: Network, mark: Mark, content: MarkContent): Promise<boolean> {
  const { linkId } = contactLinkKeys(mark.linkKey)
  const data = { fixed: mark.fixed, user: sealContent(env, mark.linkKey, mark.rootKey, content) }
  try {
    const { recipientId, key } = mark.queue
    await client.request(mark.router, { entityId: recipientId, command: { type: 'LSET', linkId, data }, key })
    return true
  } catch (error) {
    if (isGone(error)) return false
    throw error
  }
}

/** Asks the copy that is in use, wherever it runs, to look at the mark and to write it again. Errors: of the request. */
export async function callMark({ env, client }: Network, mark: Mark): Promise<void> {
  const body = env.random(CALL)
  const command = { type: 'SEND', flags: { notification: false }, body } as const
  await client.request(mark.router, { entityId: mark.senderId, command }, 'interactive')
}

/** What a call says does not matter. */
const CALL = 16

function isGone(error: unknown): boolean {
  return error instanceof HearthError && error.kind === 'router' && error.code === 'AUTH'
}

function sealContent(env: Env, linkKey: Uint8Array, rootKey: Mark['rootKey'], content: MarkContent): Uint8Array {
  const data = encodeContent(content)
  const user = { kind: 'contact', versions: AGENT_VERSIONS, direct: false, owners: [], relays: [], data } as const
  const { dataKey } = contactLinkKeys(linkKey)
  return sealUserData(dataKey, signLinkData(rootKey, encodeUserData(user)), env.random(BOX_NONCE))
}

const bytes = z.string().max(100_000).transform(fromBase64url)
const count = z.number().int().nonnegative()
const contentSchema = z.object({ instance: bytes, claim: count, run: count, runId: bytes, at: count })

function encodeContent({ instance, claim, run, runId, at }: MarkContent): Uint8Array {
  return utf8(JSON.stringify({ instance: base64url(instance), claim, run, runId: base64url(runId), at }))
}

/** Errors: protocol `mark`. */
function decodeContent(data: Uint8Array): MarkContent {
  try {
    return contentSchema.parse(JSON.parse(fromUtf8(data) ?? ''))
  } catch (error) {
    throw new HearthError('protocol', 'mark', 'the mark of this host cannot be read', false, { cause: error })
  }
}

const markSchema = z.object({
  router: z.string(),
  recipientId: bytes,
  senderId: bytes,
  key: bytes,
  rootKey: bytes,
  linkKey: bytes,
  fixed: bytes,
})

export function formatMark({ router, queue, senderId, rootKey, linkKey, fixed }: Mark): string {
  return JSON.stringify({
    router: formatRouterAddress(router),
    recipientId: base64url(queue.recipientId),
    senderId: base64url(senderId),
    key: base64url(queue.key.raw),
    rootKey: base64url(rootKey.raw),
    linkKey: base64url(linkKey),
    fixed: base64url(fixed),
  })
}

export function parseMark(text: string): Mark {
  const { router, recipientId, senderId, key, rootKey, linkKey, fixed } = markSchema.parse(JSON.parse(text))
  return {
    router: parseRouterAddress(router),
    queue: { recipientId, key: { algorithm: 'Ed25519', raw: key } },
    senderId,
    rootKey: { algorithm: 'Ed25519', raw: rootKey },
    linkKey,
    fixed,
  }
}
