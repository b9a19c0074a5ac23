import { timingSafeEqual } from 'node:crypto'
import { equal, utf8 } from '../codec/bytes.ts'
import { agree } from '../crypto/agreement.ts'
import { sha256 } from '../crypto/hash.ts'
import { generateKeyPair } from '../crypto/keypair.ts'
import type { Env } from '../env/env.ts'
import { sealReceivedBody } from '../smp/body.ts'
import { maxMessageSize, type NewCommand } from '../smp/commands.ts'
import type { CommandError, SmpError } from '../smp/errors.ts'
import type { BrokerMessage } from '../smp/messages.ts'
import { senderIdOf } from '../smp/sender-id.ts'
import type { RouterLimits } from './limits.ts'
import type { Queue, QueueMessage } from './queue.ts'
import { admit, isSecuredByLink, maySecureWith, senderMaySecure } from './rules.ts'
import type { RouterStore } from './store.ts'
import type { Subscriber, Subscription, Subscriptions } from './subscriptions.ts'
import type { QueueCommand, Verified } from './verify.ts'

/** What commands work on. */
export interface Workbench {
  readonly env: Env
  readonly store: RouterStore
  readonly subscriptions: Subscriptions
  readonly limits: Pick<RouterLimits, 'quota' | 'messageLifetime'>
  /** Whether NEW is allowed, and with which password. */
  readonly newQueues: { readonly allowed: boolean; readonly password: string | undefined }
  readonly count: Counters
}

/** Since the router started. */
export interface Counters {
  accepted: number
  delivered: number
  acknowledged: number
  refusedQuota: number
  refusedAuth: number
}

/** The connection that a command came from, or that a message is pushed to. */
export interface Actor extends Subscriber {
  readonly version: number
  /**
   * Hands a message out as an event after the commit; false where the connection has no room now. It then asks for the
   * head of the queue itself once it has.
   */
  push(queue: Queue, message: QueueMessage): boolean
  /** The head of the queue is to be handed out as an event after the answers. */
  wantHead(queue: Queue): void
}

const OK: BrokerMessage = { type: 'OK' }
const AUTH = failure({ type: 'AUTH' })
const NO_MSG = failure({ type: 'NO_MSG' })

function failure(error: SmpError): BrokerMessage {
  return { type: 'ERR', error }
}

function refusal(error: CommandError): BrokerMessage {
  return failure({ type: 'CMD', error })
}

/** Executes a verified command (smp §6.2, §6.5-6.7) and returns the answer, valid once the store has committed. */
export function execute(bench: Workbench, actor: Actor, corrId: Uint8Array, verified: Verified): BrokerMessage {
  if (verified.queue !== undefined) {
    // Since the verification it may have been deleted, or its record read anew.
    const queue = bench.store.byRecipient(verified.queue.recipientId)
    return queue === undefined ? AUTH : executeOnQueue(bench, actor, queue, verified.command)
  }
  const { command } = verified
  switch (command.type) {
    case 'NEW':
      return create(bench, actor, corrId, command)
    case 'PING':
      return { type: 'PONG' }
    // What this router does not offer (smp §8.3).
    case 'PRXY':
      return failure({ type: 'PROXY', error: { type: 'BASIC_AUTH' } })
    case 'PFWD':
      return failure({ type: 'PROXY', error: { type: 'NO_SESSION' } })
    case 'SUBS':
    case 'NSUBS':
      return failure({ type: 'SERVICE' })
    default:
      return refusal('PROHIBITED')
  }
}

function executeOnQueue(bench: Workbench, actor: Actor, queue: Queue, command: QueueCommand): BrokerMessage {
  if (command.type === 'DEL') return remove(bench, actor, queue)
  if (command.type === 'OFF') {
    bench.store.suspend(queue)
    return OK
  }
  const day = Math.floor(bench.env.clock.now() / DAY)
  if (queue.usedDay !== day) bench.store.touch(queue, day)
  switch (command.type) {
    case 'SEND':
      return send(bench, actor, queue, command)
    case 'SUB':
      return subscribe(bench, actor, queue)
    case 'ACK':
      return acknowledge(bench, actor, queue, command.msgId)
    case 'GET':
      return get(bench, actor, queue)
    case 'KEY':
      return maySecureWith(queue, command.key) ? secure(bench, queue, command.key) : AUTH
    case 'SKEY':
      return senderMaySecure(queue, command.key) ? secure(bench, queue, command.key) : AUTH
    case 'LKEY':
      if (!senderMaySecure(queue, command.key)) return AUTH
      secure(bench, queue, command.key)
      return link(bench, queue)
    case 'LGET':
      return link(bench, queue)
    case 'RKEY':
      if (queue.mode !== 'contact') return AUTH
      bench.store.setRecipientKeys(queue, command.keys)
      return OK
    case 'LSET':
      return setLink(bench, queue, command)
    case 'LDEL':
      bench.store.removeLink(queue)
      return OK
    case 'QUE':
      return info(bench, actor, queue)
    case 'NKEY':
    case 'NDEL':
      return refusal('PROHIBITED')
  }
}

const SECOND = 1000
const DAY = 86_400 * SECOND
const ID_SIZE = 24
const ID_ATTEMPTS = 3

function create(bench: Workbench, actor: Actor, corrId: Uint8Array, command: NewCommand): BrokerMessage {
  const { env, store } = bench
  if (!mayCreate(bench, command.basicAuth)) return AUTH
  const { queue: request } = command
  const link = request?.link
  // Derived from the correlation id, so that nobody can probe which ids exist.
  if (link !== undefined && !equal(link.senderId, senderIdOf(corrId))) return refusal('PROHIBITED')
  const ids = freshIds(bench, command)
  if (ids === undefined) return link === undefined ? failure({ type: 'INTERNAL' }) : AUTH
  const own = generateKeyPair('X25519', env.random)
  const secret = attemptAgreement(own.privateKey, command.dhKey)
  if (secret === undefined) return AUTH
  const queue = store.create({
    recipientId: ids.recipientId,
    senderId: ids.senderId,
    recipientKey: command.key,
    secret,
    mode: request?.mode,
    link: link === undefined ? undefined : { linkId: ids.linkId, data: link.data },
    day: Math.floor(env.clock.now() / DAY),
  })
  if (command.subscribe) bench.subscriptions.subscribe(actor, queue)
  return {
    type: 'IDS',
    recipientId: queue.recipientId,
    senderId: queue.senderId,
    dhKey: own.publicKey,
    mode: queue.mode,
    linkId: queue.linkId,
  }
}

function attemptAgreement(...keys: Parameters<typeof agree<'X25519'>>): Uint8Array | undefined {
  try {
    return agree(...keys)
  } catch {
    return undefined
  }
}

/** The client's ids where it gave any, random ones otherwise; undefined where they are taken. */
function freshIds(
  { env, store }: Workbench,
  { queue: request }: NewCommand,
): { recipientId: Uint8Array; senderId: Uint8Array; linkId: Uint8Array } | undefined {
  for (let attempt = 0; attempt < ID_ATTEMPTS; attempt++) {
    const recipientId = env.random(ID_SIZE)
    const senderId = request?.link?.senderId ?? env.random(ID_SIZE)
    const linkId = request?.mode === 'contact' ? request.link?.linkId : undefined
    const ids = { recipientId, senderId, linkId: linkId ?? env.random(ID_SIZE) }
    const taken = store.byRecipient(recipientId) ?? store.bySender(senderId) ?? store.byLink(ids.linkId)
    if (taken === undefined) return ids
    if (request?.link !== undefined) return undefined
  }
  return undefined
}

function mayCreate({ newQueues }: Workbench, password: string | undefined): boolean {
  if (!newQueues.allowed) return false
  if (newQueues.password === undefined) return true
  return timingSafeEqual(sha256(utf8(newQueues.password)), sha256(utf8(password ?? '')))
}

function send(
  bench: Workbench,
  actor: Actor,
  queue: Queue,
  { flags, body }: Extract<QueueCommand, { readonly type: 'SEND' }>,
): BrokerMessage {
  const { env, store, limits } = bench
  if (body.length > maxMessageSize(actor.version)) return failure({ type: 'LARGE_MSG' })
  if (queue.off) return AUTH
  if (queue.linkId !== undefined && isSecuredByLink(queue)) store.removeLink(queue)
  const now = env.clock.now()
  if (queue.size > 0) store.expire(queue, Math.floor((now - limits.messageLifetime) / SECOND))
  const admission = admit(queue, limits.quota)
  if (admission !== 'refused') {
    const wasEmpty = queue.size === 0
    const message: Omit<QueueMessage, 'seq'> = {
      msgId: env.random(ID_SIZE),
      time: Math.floor(now / SECOND),
      content: admission === 'message' ? { notification: flags.notification, body } : undefined,
    }
    const stored = store.append(queue, message)
    if (wasEmpty) deliverNew(bench, queue, stored)
  }
  if (admission !== 'message') {
    bench.count.refusedQuota++
    return failure({ type: 'QUOTA' })
  }
  bench.count.accepted++
  return OK
}

/** A message that came into an empty queue goes out at once, if somebody waits for it. */
function deliverNew({ subscriptions, count }: Workbench, queue: Queue, message: QueueMessage): void {
  const subscriber = subscriptions.subscriberOf(queue) as Actor | undefined
  const subscription = subscriber?.subscriptions.get(queue.id)
  if (subscriber === undefined || subscription === undefined || subscription.delivered !== undefined) return
  if (!subscriber.push(queue, message)) return
  subscription.delivered = message.msgId
  count.delivered++
}

function subscribe({ subscriptions }: Workbench, actor: Actor, queue: Queue): BrokerMessage {
  if (actor.subscriptions.get(queue.id)?.mode === 'get') return refusal('PROHIBITED')
  subscriptions.subscribe(actor, queue)
  if (queue.size > 0) actor.wantHead(queue)
  return { type: 'SOK' }
}

function acknowledge(bench: Workbench, actor: Actor, queue: Queue, msgId: Uint8Array): BrokerMessage {
  const { store } = bench
  const subscription = actor.subscriptions.get(queue.id)
  if (subscription?.delivered === undefined) return NO_MSG
  // An empty id stands for whatever was delivered, but deletes nothing.
  if (msgId.length > 0 && !equal(msgId, subscription.delivered)) return NO_MSG
  subscription.delivered = undefined
  const head = store.head(queue)
  if (head !== undefined && equal(head.msgId, msgId)) {
    store.removeHead(queue)
    bench.count.acknowledged++
  }
  return subscription.mode === 'get' ? OK : answerHead(bench, queue, subscription)
}

function get(bench: Workbench, actor: Actor, queue: Queue): BrokerMessage {
  const known = actor.subscriptions.get(queue.id)
  if (known?.mode === 'subscribed') return refusal('PROHIBITED')
  const subscription: Subscription = known ?? {
    recipientId: queue.recipientId,
    mode: 'get',
    delivered: undefined,
  }
  actor.subscriptions.set(queue.id, subscription)
  return answerHead(bench, queue, subscription)
}

/** The head as an answer, or OK where the queue is empty. */
function answerHead(bench: Workbench, queue: Queue, subscription: Subscription): BrokerMessage {
  const message = bench.store.first(queue)
  subscription.delivered = message?.msgId
  if (message === undefined) return OK
  bench.count.delivered++
  return sealedMessage(queue, message)
}

/** `MSG` with what the recipient can decrypt; the same bytes whenever the same message is handed out. */
export function sealedMessage(queue: Queue, { msgId, time, content }: QueueMessage): BrokerMessage {
  const received =
    content === undefined
      ? ({ type: 'quota', time: BigInt(time) } as const)
      : ({
          type: 'message',
          time: BigInt(time),
          flags: { notification: content.notification },
          body: content.body,
        } as const)
  return { type: 'MSG', msgId, body: sealReceivedBody(queue.secret, msgId, received) }
}

function secure({ store }: Workbench, queue: Queue, key: NonNullable<Queue['senderKey']>): BrokerMessage {
  if (queue.senderKey === undefined) store.secure(queue, key)
  return OK
}

function link({ store }: Workbench, queue: Queue): BrokerMessage {
  const data = store.linkData(queue)
  return data === undefined ? AUTH : { type: 'LNK', senderId: queue.senderId, data }
}

function setLink(
  { store }: Workbench,
  queue: Queue,
  { linkId, data }: Extract<QueueCommand, { readonly type: 'LSET' }>,
): BrokerMessage {
  if (isSecuredByLink(queue)) return AUTH
  const present = store.linkData(queue)
  if (queue.linkId !== undefined && present !== undefined) {
    if (!equal(queue.linkId, linkId) || !equal(present.fixed, data.fixed)) return AUTH
  } else if (store.byLink(linkId) !== undefined) {
    return AUTH
  }
  store.setLink(queue, linkId, data)
  return OK
}

function remove({ store, subscriptions }: Workbench, actor: Actor, queue: Queue): BrokerMessage {
  store.remove(queue)
  subscriptions.removed(queue, actor)
  return OK
}

function info({ store }: Workbench, actor: Actor, queue: Queue): BrokerMessage {
  const subscription = actor.subscriptions.get(queue.id)
  const head = store.head(queue)
  return {
    type: 'INFO',
    info: {
      secured: queue.senderKey !== undefined,
      notifier: false,
      subscription: subscription && {
        // The reference's `subThread` is a thread that waits for room, not the subscription.
        thread: subscription.mode === 'get' ? 'prohibitSub' : 'noSub',
        delivered: subscription.delivered,
      },
      size: queue.size,
      message: head && {
        msgId: head.msgId,
        time: new Date(head.time * SECOND).toISOString().replace('.000Z', 'Z'),
        type: queue.full && queue.size === 1 ? 'quota' : 'message',
      },
    },
  }
}
