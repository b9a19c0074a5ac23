import { EMPTY, equal } from '../codec/bytes.ts'
import { HearthError } from '../codec/error.ts'
import type { KeyPair } from '../codec/keys.ts'
import { agree } from '../crypto/agreement.ts'
import { generateKeyPair } from '../crypto/keypair.ts'
import { type RouterAddress, sameRouter } from '../smp/address.ts'
import type { QueueRequest } from '../smp/commands.ts'
import type { IdsMessage } from '../smp/messages.ts'
import type { Tx } from '../store/database.ts'
import type { ConnId } from './api.ts'
import type { AgentContext } from './context.ts'
import { CLIENT_VERSIONS } from './links/queue-address.ts'
import { insertRcvQueue, type QueueLink, type QueueMode } from './records/queues.ts'

/** A queue that a router made for us and that nobody knows yet. */
export interface NewQueue {
  readonly router: RouterAddress
  readonly ids: IdsMessage
  readonly key: KeyPair<'Ed25519'>
  readonly e2e: KeyPair<'X25519'>
  readonly dhSecret: Uint8Array
  /** As the router understood it: absent below version 9, so the sender cannot secure the queue. */
  readonly mode: QueueMode | undefined
}

/**
 * One of our routers, not the one of `other` if there is a choice (agent §8.4).
 * Errors: usage `no-router` where none is configured.
 */
export function chooseRouter(context: AgentContext, other?: RouterAddress): RouterAddress {
  const different = context.routers.filter((router) => other === undefined || !sameRouter(router, other))
  const choice = different.length > 0 ? different : context.routers
  const [first] = choice
  if (first === undefined) throw new HearthError('usage', 'no-router', 'no router is configured')
  const random = context.env.random(2)
  return choice[((random[0]! << 8) | random[1]!) % choice.length] ?? first
}

/**
 * Creates a queue (smp §5.2 `NEW`), subscribed at once. Errors: protocol `no-link` from a router without link data. Where the link needs an id that is known in advance, `corrId`
 * and `e2e` come from the caller; an attempt with such a `corrId` can be made only once (agent §2.9).
 */
export async function createQueue(
  context: Pick<AgentContext, 'env' | 'client'>,
  router: RouterAddress,
  request: QueueRequest,
  e2e: KeyPair<'X25519'> = generateKeyPair('X25519', context.env.random),
  corrId?: Uint8Array,
): Promise<NewQueue> {
  const { random } = context.env
  const key = generateKeyPair('Ed25519', random)
  const dh = generateKeyPair('X25519', random)
  const ids = await context.client.request(router, {
    entityId: EMPTY,
    command: {
      type: 'NEW',
      key: key.publicKey,
      dhKey: dh.publicKey,
      basicAuth: router.basicAuth,
      subscribe: true,
      queue: request,
    },
    key: key.privateKey,
    ...(corrId === undefined ? {} : { corrId }),
  })
  if (ids.type !== 'IDS') throw new HearthError('protocol', 'unexpected', `the router answered NEW with ${ids.type}`)
  if (!sameIds(request, ids)) {
    throw new HearthError('protocol', 'no-link', 'the router does not keep link data, or not for these ids')
  }
  return { router, ids, key, e2e, dhSecret: agree(dh.privateKey, ids.dhKey), mode: ids.mode }
}

/** Routers below version 15 know no link data and leave them out. */
function sameIds(request: QueueRequest, ids: IdsMessage): boolean {
  if (request.link === undefined) return true
  if (!equal(ids.senderId, request.link.senderId) || ids.linkId === undefined) return false
  return request.mode === 'messaging' || request.link === undefined || equal(ids.linkId, request.link.linkId)
}

/** Stores the queue; from the commit on its messages are received. */
export async function saveQueue(
  context: AgentContext,
  tx: Tx,
  conn: ConnId,
  queue: NewQueue,
  link?: QueueLink,
  clientData?: string,
): Promise<void> {
  const { router, ids, key, e2e } = queue
  await insertRcvQueue(tx, {
    conn,
    router: await context.records.idOf(tx, router),
    recipientId: ids.recipientId,
    senderId: ids.senderId,
    key: key.privateKey,
    dhSecret: queue.dhSecret,
    e2eKey: e2e.privateKey,
    mode: queue.mode,
    status: 'new',
    clientVersion: CLIENT_VERSIONS.max,
    link,
    clientData,
  })
  tx.afterCommit(() => {
    context.index.add({ conn, router, recipientId: ids.recipientId, key: key.privateKey })
    context.client.subscribed(router, { recipientId: ids.recipientId, key: key.privateKey })
  })
}
