import type { Agent, AgentEvent } from '../agent/api.ts'
import type { Profile } from '../chat/profile.ts'
import type { Env } from '../env/env.ts'
import type { GroupId, MemberRowId, ProfileId } from '../group/api.ts'
import type { Store, Tx } from '../store/database.ts'
import type { ServedStatus, ServingRequestState } from '../store/schema/superpeer.ts'

/**
 * A super-peer (chat §4, §7): it serves groups that owners invite it to, and forwards. It never authors content. What it
 * is called here: `request`, an owner's invitation; `served group`, a group that it carries or carried.
 */

/** Row of serving_requests. */
export type ServingRequestId = number
/** Row of serving_blocks. */
export type BlockId = number

export interface SuperPeerDeps {
  readonly env: Env
  readonly store: Store
  readonly agent: Agent
  /** Called after the commit of what it tells. */
  notify(event: SuperPeerEvent): void
  readonly settings?: Partial<SuperPeerSettings>
}

/** Durations in milliseconds, sizes in bytes. */
export interface SuperPeerSettings {
  /** Recipients handled in one transaction. Default 500. */
  readonly pageSize: number
  /** A member for whom more messages wait at the agent is paused with its own position. Default 64. */
  readonly memberBacklog: number
  /** Jobs are kept this long for members that are away. Default 30 days. */
  readonly retentionAge: number
  /** All kept jobs together; the oldest go first. Default 2 GiB. */
  readonly retentionBytes: number
  /** Groups served at the same time; further invitations wait for a person. Default 1,000. */
  readonly maxGroups: number
  /** Members of one group; further joins are refused. Default 100,000. */
  readonly maxMembers: number
  /** Messages that one member may send a minute in the long run; more are slowed down, never lost. Default 60. */
  readonly memberRate: number
  /** Messages that one member may send at once. Default 120. */
  readonly memberBurst: number
  /** How often the group's link data are read (chat §4.5). Default 15 min. */
  readonly checkInterval: number
  /** The first check after acceptance; the delay doubles up to `checkInterval`. Default 3 s. */
  readonly firstCheck: number
  /** All connections of a group are deleted this long after its owner took this super-peer out. Default 24 h. */
  readonly inactiveFor: number
  /** How often paused members are looked at. Default 1 min. */
  readonly pausedCheck: number
}

export interface SuperPeer {
  /** Takes up every unfinished step. */
  start(): Promise<void>
  /** Before `start`, after the database came back from a backup: ends the connections of every group. */
  renew(tx: Tx): Promise<void>
  /** Ends timers and waits for the steps under way. */
  stop(): Promise<void>
  /** Events of connections whose binding is of this module (`super-peer-*`, `served-*`). */
  handle(tx: Tx, event: AgentEvent): Promise<'hold' | undefined>

  /**
   * Makes the hidden profile and its address on first use; later changes what is given.
   * Errors: network and router errors of making the address.
   */
  enable(options: EnableOptions): Promise<SuperPeerAddress>
  /** Undefined before the first `enable`, and while disabled. */
  address(): Promise<SuperPeerAddress | undefined>
  /**
   * Another address, on a router that is chosen now. The old one stops working; groups that are served, and invitations
   * that wait, stay. Errors: usage `not-serving`; network and router errors of making the address.
   */
  renewAddress(): Promise<SuperPeerAddress>
  /** Takes the address away: no more invitations. Groups that are served stay served. */
  disable(): Promise<void>

  /** Invitations that wait for a person or for the network, and those given up. */
  requests(): Promise<ServingRequest[]>
  /** Errors: usage `no-request`. */
  accept(request: ServingRequestId): Promise<void>
  /** Forgets the invitation; its owner hears nothing. Errors: usage `no-request`. */
  reject(request: ServingRequestId): Promise<void>

  /**
   * Forgets every invitation of that group, and refuses those to come; its owner hears nothing.
   * Errors: usage `no-request`, usage `accepted` where it was accepted already.
   */
  block(request: ServingRequestId): Promise<void>
  blocked(): Promise<BlockedGroup[]>
  /** Errors: usage `no-block`. */
  unblock(block: BlockId): Promise<void>

  groups(): Promise<ServedGroup[]>
  /** Tells everybody, then ends every connection of the group (chat §4.5). Errors: usage `no-group`. */
  leave(group: GroupId): Promise<void>
  /** After `leave`: invitations to this group are welcome again. Errors: usage `no-group`. */
  allow(group: GroupId): Promise<void>
  /** Of one group or of all. */
  statistics(group?: GroupId): Promise<SuperPeerStatistics>
}

export interface EnableOptions {
  readonly displayName: string
  /** Data URI. */
  readonly image?: string
  /** Invitations are accepted without a person. */
  readonly autoAccept: boolean
}

export interface SuperPeerAddress {
  readonly profile: ProfileId
  /** Short link of type r. */
  readonly address: string
  readonly displayName: string
  readonly image: string | undefined
  readonly autoAccept: boolean
}

export interface ServingRequest {
  readonly id: ServingRequestId
  readonly state: ServingRequestState
  readonly groupLink: string
  /** Undefined before the link was read. */
  readonly groupName: string | undefined
  readonly groupImage: string | undefined
  readonly owner: Profile
  readonly attempts: number
  readonly retryAt: number | undefined
  readonly error: string | undefined
  readonly receivedAt: number
}

/** A group that may not ask any more. */
export interface BlockedGroup {
  readonly id: BlockId
  readonly groupLink: string
  /** Undefined where its link was never read. */
  readonly groupName: string | undefined
  readonly groupImage: string | undefined
  /** The name of whoever asked. */
  readonly owner: string
  /** Invitations refused since then, and when the last one was. */
  readonly refused: number
  readonly lastAt: number | undefined
  readonly since: number
}

export interface ServedGroup {
  readonly id: GroupId
  readonly name: string
  readonly image: string | undefined
  readonly groupLink: string
  /** Our link for this group. */
  readonly link: string | undefined
  /** base64url. */
  readonly publicGroupId: string | undefined
  readonly status: ServedStatus
  /** Connected to us, the owner included. */
  readonly members: number
  /** Of these: away, with what they miss kept for them. */
  readonly paused: number
  /** Received and taken on since `since`. */
  readonly messages: number
  /** Deliveries handed to routers or waiting for them. */
  readonly forwarded: number
  /** Tasks and jobs not delivered to everybody yet. */
  readonly backlog: number
  /** Refused content and forgeries. */
  readonly refused: number
  readonly since: number
  readonly activeAt: number | undefined
  readonly inactiveAt: number | undefined
}

export interface SuperPeerStatistics {
  readonly groups: number
  readonly connected: number
  readonly connecting: number
  readonly paused: { readonly quota: number; readonly backlog: number; readonly catchingUp: number }
  readonly disabled: number
  readonly jobs: { readonly pending: number; readonly kept: number; readonly keptBytes: number }
  readonly tasks: number
  /** Milliseconds since the oldest message came that is not delivered to all pages. */
  readonly lag: number
  readonly received: number
  readonly forwarded: number
  readonly refused: number
  readonly hours: readonly HourFigures[]
}

/** Of the last 24 hours, oldest first; hours without events are left out. */
export interface HourFigures {
  /** Begin of the hour. */
  readonly at: number
  readonly received: number
  readonly forwarded: number
  /** Bodies delivered, before encryption. */
  readonly bytes: number
  readonly refused: number
  readonly joined: number
  readonly gone: number
  readonly missed: number
}

export type SuperPeerEvent =
  | { readonly type: 'request'; readonly request: ServingRequest }
  | { readonly type: 'request-gone'; readonly request: ServingRequestId; readonly group: GroupId | undefined }
  /** The address, what it shows, or whether there is one. */
  | { readonly type: 'address' }
  /** Which groups are blocked, or how often they asked. */
  | { readonly type: 'blocked' }
  | {
      readonly type: 'served-group'
      readonly group: GroupId
      readonly change: 'added' | 'status' | 'members' | 'ended'
      readonly status: ServedStatus
    }
  /** Content, a join or an invitation was refused: forged, forbidden, or over a limit. */
  | {
      readonly type: 'refused'
      readonly group: GroupId | undefined
      readonly member: MemberRowId | undefined
      readonly event: string
      readonly reason: string
    }
