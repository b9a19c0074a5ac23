import type { HearthError } from '../../codec/error.ts'
import type { PrivateKey } from '../../codec/keys.ts'
import type { RouterAddress } from '../address.ts'
import type { AuthAlgorithm, Command } from '../commands.ts'
import type { BrokerMessage } from '../messages.ts'

/** One command to a router. */
export interface SmpRequest {
  /** Queue, link or relay session; empty for `NEW`, `PING`, `PRXY`, `RFWD`. */
  readonly entityId: Uint8Array
  readonly command: Command
  /** Absent: not authorised. Keep the same object for a key: what is derived from it is kept with it. */
  readonly key?: PrivateKey<AuthAlgorithm> | undefined
  /** 24 random bytes, given only where the caller must know them: `NEW` with link data (smp §6.2). */
  readonly corrId?: Uint8Array | undefined
}

/** How long to wait (smp §7.1). Some commands are always one of them, whatever the caller says. */
export type RequestMode = 'background' | 'interactive'

/** A message as the router delivered it, its body still encrypted (smp §2.9). */
export interface DeliveredMessage {
  readonly msgId: Uint8Array
  readonly body: Uint8Array
}

export interface SubscribedQueue {
  readonly recipientId: Uint8Array
  readonly key: PrivateKey<AuthAlgorithm>
}

export type SubscriptionState = 'active' | 'pending' | 'none'

/** What routers do unasked. A handler that throws is logged; it stops nothing. */
export interface SmpClientEvents {
  /** A `MSG`, pushed or as the answer to `SUB`, `ACK` or `GET`. The byte strings are views of the block it came in. */
  message(router: RouterAddress, recipientId: Uint8Array, message: DeliveredMessage): void
  /** Another connection has taken the subscription; it is forgotten here. */
  end(router: RouterAddress, recipientId: Uint8Array): void
  /** The queue is gone. */
  deleted(router: RouterAddress, recipientId: Uint8Array): void
  /** Subscriptions were made or made again. */
  up(router: RouterAddress, recipientIds: Uint8Array[]): void
  /** Subscriptions were active and the session is lost; they are pending now. */
  down(router: RouterAddress, recipientIds: Uint8Array[]): void
  /** The router refuses for good; the subscription is forgotten. */
  refused(router: RouterAddress, recipientId: Uint8Array, error: HearthError): void
}

export interface SmpClient {
  /**
   * One command; connects when needed. Errors: kind `router` for what the router refuses; `network`, temporary, where
   * there was no answer; `protocol` where the answer is not one to this command.
   */
  request(router: RouterAddress, request: SmpRequest, mode?: RequestMode): Promise<BrokerMessage>
  /** Several commands, packed into as few blocks as possible; one outcome each, in order. */
  requestMany(
    router: RouterAddress,
    requests: readonly SmpRequest[],
    mode?: RequestMode,
  ): Promise<PromiseSettledResult<BrokerMessage>[]>
  /** Keeps these queues subscribed across reconnects until they are forgotten. */
  subscribe(router: RouterAddress, queues: readonly SubscribedQueue[]): void
  /** A queue that `NEW` has just subscribed: tracked without `SUB` while the session that answered is still there. */
  subscribed(router: RouterAddress, queue: SubscribedQueue): void
  /** Forgets subscriptions; sends nothing. */
  unsubscribe(router: RouterAddress, recipientIds: readonly Uint8Array[]): void
  subscriptionState(router: RouterAddress, recipientId: Uint8Array): SubscriptionState
  /** `NO_MSG` counts as success (smp §7.6); a message in the answer goes to `events.message`. */
  acknowledge(
    router: RouterAddress,
    recipientId: Uint8Array,
    key: PrivateKey<AuthAlgorithm>,
    msgId: Uint8Array,
  ): Promise<void>
  /** How many more messages this router should be sent now; never negative. */
  room(router: RouterAddress): number
  /** Resolves when there is room for one more. */
  whenRoom(router: RouterAddress): Promise<void>
  /** Ends all sessions; what is in flight is rejected. */
  close(): Promise<void>
}
