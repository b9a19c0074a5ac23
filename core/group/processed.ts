import type { RelayCapabilities } from '../chat/events/relay.ts'
import type { SharedMsgId } from '../chat/ids.ts'
import type { Verification } from '../chat/verification.ts'
import type { MemberRowId, MessageRowId } from './api.ts'
import type { Group } from './state/groups.ts'
import type { Member } from './state/members.ts'

/** What came, from whom, over which connection. */
export interface Arrival {
  readonly group: Group
  /** The member at the other end of the connection. */
  readonly via: Member
  /** Milliseconds since 1970, by the router. */
  readonly brokerTime: number
}

/** What one received element did to this host (chat §7.1): a super-peer makes delivery tasks of it. */
export interface Processed {
  /**
   * - `applied`: it had its effect
   * - `ignored`: nothing to do, or not for us: unknown events, repeated reactions, content without permission
   * - `refused`: forbidden or forged; counted and shown
   * - `duplicate`: its id was seen before
   */
  readonly outcome: 'applied' | 'ignored' | 'refused' | 'duplicate'
  /** Name of the event, `chunk`, or `error` where the element could not be read. */
  readonly event: string
  /** Where a super-peer takes it on to (chat §7.2); undefined: nowhere. Set for some ignored events, too. */
  readonly scope: DeliveryScope | undefined
  readonly asGroup: boolean
  /** Undefined for the group itself and for strangers. */
  readonly author: Member | undefined
  readonly verification: Verification | undefined
  readonly sharedMsgId: SharedMsgId | undefined
  /** The message that was added or changed. */
  readonly item: MessageRowId | undefined
  /** What is left to do, in the same transaction, by whoever called. */
  readonly effects: readonly Effect[]
  /** Why it was not applied. */
  readonly reason: string | undefined
}

export type DeliveryScope =
  | { readonly type: 'group' }
  /** The support conversation of this member. */
  | { readonly type: 'support'; readonly member: MemberRowId }
  /** This super-peer is removed, or the group is deleted (chat §7.8). */
  | { readonly type: 'super-peer-removed' }

export type Effect =
  /** A super-peer to connect to (chat §4.5). */
  | { readonly type: 'super-peer-announced'; readonly link: string }
  | { readonly type: 'self-removed' }
  | { readonly type: 'group-deleted' }
  /** Removed by somebody else: its connection, if any, ends after delivery. */
  | { readonly type: 'member-removed'; readonly member: Member; readonly messages: boolean }
  | { readonly type: 'member-left'; readonly member: Member }
  /** A record became known or completed. */
  | { readonly type: 'member-added'; readonly member: MemberRowId }
  | { readonly type: 'profile-changed' }
  /** A whole roster was applied and stored, or could not be. */
  | { readonly type: 'roster-applied'; readonly version: number }
  | { readonly type: 'roster-failed'; readonly version: number; readonly error: string }
  /** A delta is ahead of the last whole roster: ask the one who forwarded (chat §6.6). */
  | { readonly type: 'roster-wanted'; readonly version: number | undefined }
  /** Messages of a super-peer to its owner. */
  | { readonly type: 'roster-acknowledged'; readonly version: number; readonly error: string | undefined }
  | { readonly type: 'capabilities'; readonly capabilities: RelayCapabilities }
  /** A member asks its super-peer. */
  | { readonly type: 'roster-requested'; readonly version: number | undefined }
