import type { HearthError } from '../codec/error.ts'
import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import type { Tx } from '../store/database.ts'
import type { Owner } from './links/owners.ts'
import type { Integrity } from './message.ts'
import type { SyncState } from './ratchet/sync.ts'

/**
 * What the layers above see of the agent (agent §10). Two rules shape it:
 *
 * - Everything that changes state takes the caller's transaction, so that a step of the application and what it says
 *   to the network are committed together. The agent acts after the commit, and again after a restart.
 * - Everything that happened arrives as an event inside the transaction that records it. What the handler writes is
 *   committed with it, and only then is the router told.
 */

/** A connection (or address) of this host's database. */
export type ConnId = number

/** One writing of link data. */
type LinkWrite = number

/** A message of one connection, sent or received. */
export type MsgId = number

export interface Agent {
  /** Starts deliveries, commands and subscriptions. Events may arrive before it resolves. */
  start(): Promise<void>
  /**
   * Before `start`, where the database is older than what peers have seen of it: nothing that waits is sent, and no
   * ratchet encrypts again, for its keys may have served other messages. New ones are asked for at the start.
   */
  retire(tx: Tx): Promise<void>
  /** Takes a lost subscription back (event END). */
  resubscribe(conn: ConnId): void
  stop(): Promise<void>

  /** A one-time invitation. Errors: network and router errors of the attempt; nothing is left behind. */
  createInvitation(options?: InvitationOptions): Promise<CreatedLink>
  /** A contact address with a short link. Errors as above. */
  createAddress(options: AddressOptions): Promise<CreatedLink>
  /** Makes everything of an address that is known before any network call (agent §2.9 "prepare"). */
  prepareAddress(options: PrepareOptions): PreparedAddress
  /**
   * Creates the queue of a prepared address. A failed attempt may have reached the router: prepare a new address then.
   */
  createPreparedAddress(prepared: PreparedAddress, data: LinkUserData): Promise<ConnId>

  /**
   * Reads and verifies link data of a short link of any type. For a one-time link this secures its queue: joining
   * afterwards works from this host only. Errors: protocol `link` where verification fails, router `AUTH` where the
   * link is gone, network errors.
   */
  readLink(link: string): Promise<LinkContent>
  /**
   * Rewrites the mutable link data of an own address, or the user data of an unused invitation. When the router has
   * them, the event LINK names the number that is returned, or ERR does. Writes keep their order.
   */
  setLinkData(tx: Tx, conn: ConnId, data: LinkUserData): Promise<LinkWrite>
  /** Removes the link of an own address; the address itself keeps working for those who know the full link. */
  deleteLink(tx: Tx, conn: ConnId): Promise<void>
  /** The full and short links of an own address or unused invitation. */
  linksOf(tx: Tx, conn: ConnId): Promise<Links | undefined>
  /** The Ed25519 key that signs an own address's link data. */
  linkKeyOf(tx: Tx, conn: ConnId): Promise<PrivateKey<'Ed25519'> | undefined>

  /** Connects through a link, full or short. CONF or INFO, then CON follow; ERR where it failed for good. */
  join(tx: Tx, link: string, info: Uint8Array): Promise<ConnId>
  /** The connection that is joining through this link, or has joined through this one-time invitation. */
  joined(tx: Tx, link: string): Promise<ConnId | undefined>
  /** Completes the handshake that CONF announced; CON follows. Safe to call twice. */
  allow(tx: Tx, conn: ConnId, confirmation: number, info: Uint8Array): Promise<void>
  /** Accepts a contact request (event REQ); INFO and CON follow. Called again it returns the same connection. */
  accept(tx: Tx, request: number, info: Uint8Array): Promise<ConnId>
  /** Forgets a contact request; nothing is sent. */
  reject(tx: Tx, request: number): Promise<void>

  /**
   * Enqueues one message. Where the encryption is being renewed it waits for that. Errors: usage `large`, usage
   * `not-connected`.
   */
  send(tx: Tx, conn: ConnId, body: Uint8Array | StoredBody, options?: SendOptions): Promise<MsgId>
  /** Stores a body once for any number of sends in this transaction; it is kept until it was sent everywhere. */
  storeBody(tx: Tx, bytes: Uint8Array): Promise<StoredBody>
  /**
   * Enqueues bodies to many connections, those of one connection in order. Connections that cannot be sent to are
   * left out and returned.
   */
  sendMany(tx: Tx, sends: readonly BulkSend[], options?: SendOptions): Promise<Failure[]>
  /** Messages of this connection that the router has not taken yet. */
  pending(tx: Tx, conn: ConnId): Promise<number>

  /**
   * Asks the other side to renew the encryption, where messages did not decrypt; RSYNC tells how it goes. With `force`
   * whether there is need or not. Errors: usage `sync` where there is no need or it is being done, `not-connected`.
   */
  synchronise(tx: Tx, conn: ConnId, options?: { force?: boolean }): Promise<void>

  /** Acknowledges a message whose MSG event was answered with 'hold'. */
  acknowledge(conn: ConnId, message: MsgId): Promise<void>

  /**
   * Deletes the connection and its queue on the router; with `afterDelivery` what is pending is sent first (at most
   * two days). Nothing is said to the peer. Safe to call twice.
   */
  remove(tx: Tx, conn: ConnId, options?: { afterDelivery?: boolean }): Promise<void>
  /** Stops receiving for good: the peer's sends fail (agent §9.3). */
  suspend(tx: Tx, conn: ConnId): Promise<void>

  connections(tx: Tx): Promise<ConnectionInfo[]>
  /** SHA-256 of the ratchet's associated data: equal on both sides, for comparing out of band (agent §3.2). */
  securityCode(tx: Tx, conn: ConnId): Promise<Uint8Array | undefined>
}

/**
 * The layer above. `handle` runs inside the transaction that records the event; throwing rolls both back and the
 * event comes again. For MSG, 'hold' leaves the message unacknowledged until `acknowledge`.
 */
export interface AgentHandler {
  handle(tx: Tx, event: AgentEvent): Promise<'hold' | undefined>
}

export type AgentEvent =
  /** Own invitation or request was answered; call `allow`. */
  | { readonly type: 'CONF'; readonly conn: ConnId; readonly confirmation: number; readonly info: Uint8Array }
  /** Somebody asks to connect through own address `conn`; call `accept` or `reject`, now or later. */
  | { readonly type: 'REQ'; readonly conn: ConnId; readonly request: number; readonly info: Uint8Array }
  /** What the allowing side told about itself. */
  | { readonly type: 'INFO'; readonly conn: ConnId; readonly info: Uint8Array }
  /** Usable both ways. */
  | { readonly type: 'CON'; readonly conn: ConnId }
  | {
      readonly type: 'MSG'
      readonly conn: ConnId
      readonly message: MsgId
      /** The router's time of receipt, milliseconds since 1970 (whole seconds). */
      readonly brokerTime: number
      readonly integrity: Integrity
      readonly body: Uint8Array
      /** The message was shown before and comes again because it was not acknowledged. */
      readonly repeated: boolean
    }
  /** The router took these messages; only for sends with `report`. */
  | { readonly type: 'SENT'; readonly conn: ConnId; readonly message: MsgId }
  /** Not taken yet, trying on: `QUOTA`, host and version errors. */
  | { readonly type: 'MWARN'; readonly conn: ConnId; readonly message: MsgId; readonly error: HearthError }
  /** Given up for good (also for sends without `report`). */
  | { readonly type: 'MERR'; readonly conn: ConnId; readonly message: MsgId; readonly error: HearthError }
  /** The peer drained its full queue; sending goes on. */
  | { readonly type: 'QCONT'; readonly conn: ConnId }
  /**
   * How far the renewal of the encryption is (agent §9.2); `renewed`: it is done. What is sent in states `required`,
   * `started` and `agreed` waits for its end. The security code is another from `agreed` on.
   */
  | {
      readonly type: 'RSYNC'
      readonly conn: ConnId
      readonly state: SyncState
      readonly renewed: boolean
      readonly error?: HearthError
    }
  /** Own link data are on the router: the user part as written. */
  | { readonly type: 'LINK'; readonly conn: ConnId; readonly data: LinkUserData; readonly write: LinkWrite }
  | { readonly type: 'UP' | 'DOWN'; readonly router: string; readonly conns: readonly ConnId[] }
  /** Another client took over (END) or deleted (DELD) this connection's queue. */
  | { readonly type: 'END' | 'DELD'; readonly conn: ConnId }
  /** A persisted operation or a received message failed for good; `operation` names the former. */
  | {
      readonly type: 'ERR'
      readonly conn: ConnId
      readonly operation?: Operation
      readonly write?: LinkWrite
      readonly error: HearthError
    }
  /** The connection is gone from this database. */
  | { readonly type: 'DELETED'; readonly conn: ConnId }

export type Operation = 'join' | 'allow' | 'link' | 'secure' | 'delete' | 'suspend' | 'subscribe'

export interface Links {
  readonly full: string
  readonly short: string | undefined
}

export interface CreatedLink extends Links {
  readonly conn: ConnId
}

export interface InvitationOptions {
  /** User data of the short link; without it an empty one is written. */
  readonly userData?: Uint8Array
  readonly clientData?: string
}

export interface AddressOptions {
  /** Letter of the short link (agent §2.4). */
  readonly type: LinkType
  readonly userData: Uint8Array
  readonly clientData?: string
  /** Root key and entity id where the application binds an identity to the link; fresh and absent otherwise. */
  readonly rootKey?: PrivateKey<'Ed25519'>
  readonly entityId?: Uint8Array
}

export type LinkType = 'a' | 'c' | 'g' | 'r'

export interface PrepareOptions {
  readonly type: LinkType
  readonly rootKey: PrivateKey<'Ed25519'>
  readonly entityId?: Uint8Array
  readonly clientData?: string
}

/** Serialisable as it stands; holds private keys. */
export interface PreparedAddress extends Links {
  readonly short: string
  readonly secret: Uint8Array
}

/** The mutable part of contact link data (agent §2.6). */
export interface LinkUserData {
  /** Connecting through the address itself is allowed. */
  readonly direct: boolean
  /** Who besides the root key may write; made with `signOwner`. */
  readonly owners: readonly Owner[]
  /** Short links of relays. */
  readonly relays: readonly string[]
  readonly userData: Uint8Array
}

/** Verified link data. */
export interface LinkContent extends LinkUserData {
  /** The link as it was read, with router details restored. */
  readonly link: string
  readonly rootKey: PublicKey<'Ed25519'>
  readonly entityId: Uint8Array | undefined
  /** The full link, for `join`. */
  readonly fullLink: string
  readonly clientData: string | undefined
}

/** A body kept by `storeBody`. */
export type StoredBody = number

export interface SendOptions {
  /** Sets the router's notification flag. Default false. */
  readonly notify?: boolean
  /** Wants a SENT event. Default false. */
  readonly report?: boolean
}

export interface BulkSend {
  readonly conn: ConnId
  readonly bodies: readonly StoredBody[]
}

export interface Failure {
  readonly conn: ConnId
  readonly error: HearthError
}

export interface ConnectionInfo {
  readonly conn: ConnId
  readonly kind: 'invitation' | 'contact'
  readonly state: 'new' | 'pending' | 'connected' | 'deleted'
  readonly subscribed: boolean
  readonly agentVersion: number
  /** Messages waiting for the router. */
  readonly pending: number
  /** The peer's queue is full since (milliseconds since 1970). */
  readonly quotaSince: number | undefined
}
