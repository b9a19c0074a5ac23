import { HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import { type RouterAddress, routerKey } from '../address.ts'
import type { BrokerMessage } from '../messages.ts'
import type { RequestMode, SmpClient, SmpClientEvents, SmpRequest } from './api.ts'
import { type Backlog, createBacklog } from './backlog.ts'
import { createFlight, type Flight } from './flight.ts'
import { createLink, type Link } from './link.ts'
import { SMP_CLIENT_DEFAULTS, type SmpClientOptions } from './options.ts'
import { isBulk } from './outbox.ts'
import { createSubscriber, type Subscriber } from './subscriber.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions.ts'

/** All there is for one router. */
interface Peer {
  readonly address: RouterAddress
  readonly link: Link
  readonly flight: Flight
  readonly backlog: Backlog
  readonly subscriptions: Subscriptions
  readonly subscriber: Subscriber
}

/** The client side of SMP towards any number of routers, each on its own (smp §7). */
export function createSmpClient(env: Env, events: SmpClientEvents, options: Partial<SmpClientOptions> = {}): SmpClient {
  const settings: SmpClientOptions = { ...SMP_CLIENT_DEFAULTS, ...options }
  const peers = new Map<string, Peer>()
  /** The same by address object: callers use one object many times. */
  const known = new WeakMap<RouterAddress, Peer>()
  let closed = false

  function peerOf(router: RouterAddress): Peer {
    const found = known.get(router)
    if (found !== undefined) return found
    const key = routerKey(router)
    let peer = peers.get(key)
    if (peer === undefined) {
      if (closed) throw closedError()
      peer = createPeer(env, router, settings, guarded(env, events))
      peers.set(key, peer)
    }
    known.set(router, peer)
    return peer
  }

  async function request(router: RouterAddress, request: SmpRequest, mode: RequestMode): Promise<BrokerMessage> {
    const { link, flight, backlog } = peerOf(router)
    const counted = isBulk(request)
    if (request.command.type === 'ACK') backlog.acknowledged(request.entityId)
    if (counted) flight.started()
    try {
      const exchange = link.current ?? (await link.connected(mode))
      return await exchange.submit(request, mode)
    } finally {
      if (counted) flight.ended()
    }
  }

  return {
    request: (router, one, mode = 'background') => request(router, one, mode),
    requestMany: (router, many, mode = 'background') =>
      Promise.allSettled(many.map((one) => request(router, one, mode))),
    subscribe(router, queues) {
      const { subscriptions, subscriber } = peerOf(router)
      for (const queue of queues) subscriptions.add(queue)
      subscriber.start()
    },
    subscribed(router, queue) {
      const { link, subscriptions, subscriber } = peerOf(router)
      if (link.current?.claimCreated(queue.recipientId)) {
        subscriptions.addActive(queue)
        link.current.keepAlive()
      } else {
        subscriptions.add(queue)
        subscriber.start()
      }
    },
    unsubscribe(router, recipientIds) {
      const { subscriptions } = peerOf(router)
      for (const recipientId of recipientIds) subscriptions.forget(recipientId)
    },
    subscriptionState: (router, recipientId) => peerOf(router).subscriptions.state(recipientId),
    async acknowledge(router, recipientId, key, msgId) {
      try {
        await request(router, { entityId: recipientId, key, command: { type: 'ACK', msgId } }, 'background')
      } catch (error) {
        if (error instanceof HearthError && error.kind === 'router' && error.code === 'NO_MSG') return
        throw error
      }
    },
    room: (router) => peerOf(router).flight.room,
    whenRoom: (router) => peerOf(router).flight.whenRoom(),
    async close() {
      closed = true
      const all = [...peers.values()]
      for (const { subscriber, flight } of all) {
        subscriber.stop()
        flight.close()
      }
      await Promise.all(all.map(({ link }) => link.close()))
    },
  }
}

function createPeer(env: Env, address: RouterAddress, options: SmpClientOptions, events: SmpClientEvents): Peer {
  const subscriptions = createSubscriptions()
  const backlog = createBacklog(env.clock)
  const link = createLink(env, address, options, {
    up: () => subscriber.connected(),
    down() {
      backlog.clear()
      const lost = subscriptions.suspend()
      if (lost.length > 0) events.down(address, lost)
      subscriber.lost()
    },
    message(recipientId, message) {
      backlog.delivered(recipientId)
      events.message(address, recipientId, message)
    },
    end(recipientId) {
      subscriptions.forget(recipientId)
      events.end(address, recipientId)
    },
    deleted(recipientId) {
      subscriptions.forget(recipientId)
      events.deleted(address, recipientId)
    },
    blocked(recipientId, error) {
      if (subscriptions.forget(recipientId)) events.refused(address, recipientId, error)
    },
    lateSubscription(recipientId) {
      if (subscriptions.activate(recipientId)) events.up(address, [recipientId])
    },
  })
  const subscriber = createSubscriber(env, link, subscriptions, backlog, options, {
    up: (recipientIds) => events.up(address, recipientIds),
    refused: (recipientId, error) => events.refused(address, recipientId, error),
  })
  return { address, link, flight: createFlight(options.maxFlight), backlog, subscriptions, subscriber }
}

/** The same events, except that what a handler throws ends in the log. */
function guarded(env: Env, events: SmpClientEvents): SmpClientEvents {
  function guard<A extends unknown[]>(event: string, handler: (...args: A) => void): (...args: A) => void {
    return (...args) => {
      try {
        handler(...args)
      } catch (error) {
        env.log.error('smp.handler', { event, reason: error instanceof Error ? error.message : undefined })
      }
    }
  }
  return {
    message: guard('message', events.message),
    end: guard('end', events.end),
    deleted: guard('deleted', events.deleted),
    up: guard('up', events.up),
    down: guard('down', events.down),
    refused: guard('refused', events.refused),
  }
}

function closedError(): HearthError {
  return new HearthError('usage', 'closed', 'the client is closed')
}
