import type { Agent, AgentEvent } from '../agent/api.ts'
import type { MsgContent } from '../chat/content.ts'
import type { GroupProfile, Profile } from '../chat/profile.ts'
import type { MemberRole } from '../chat/roles.ts'
import type { Expiry } from '../chat/state/expiry.ts'
import type { ProfileId } from '../chat/state/profiles.ts'
import type { DeliveryView, Flags, MessagePage, ReactionView } from '../chat/state/shown.ts'
import type { Env } from '../env/env.ts'
import type { Store, Tx } from '../store/database.ts'
import type { GroupPart, GroupStatus, KeyOrigin, MemberStatus, RelayStatus } from '../store/schema/chat.ts'
import type { Writers } from './extensions.ts'

/** Public groups as their owners and members use them (design §6). Everything here is plain data. */

export type { ProfileId }
/** Rows of groups, group_members and chat_messages. */
export type GroupId = number
export type MemberRowId = number
export type MessageRowId = number

export interface GroupsDeps {
  readonly env: Env
  readonly store: Store
  readonly agent: Agent
  /** Called after the commit of what it tells. */
  notify(event: GroupEvent): void
  readonly settings?: Partial<GroupSettings>
}

/** Durations in milliseconds. */
export interface GroupSettings {
  /** A changed member count waits this long before link data are written again (chat §11.34). Default 5 s. */
  readonly countDelay: number
  /** Delay before a failed read or join is tried again; grows to `retryMax`. Default 2 s. */
  readonly retryInitial: number
  /** Default 10 min. */
  readonly retryMax: number
  /** A temporary failure becomes `failed` after this long. Default 24 h. */
  readonly giveUpAfter: number
  /** How long a tested super-peer may take (chat §4.7). Default 40 s. */
  readonly testTimeout: number
  /** Own events kept for one super-peer that is not connected. Default 10,000. */
  readonly maxWaiting: number
  /** Own events older than this are not sent any more. Default 21 days. */
  readonly maxWaitingAge: number
  /** How long the ids of received events are kept to recognise later copies (chat §7.3). Default 30 days. */
  readonly keepEvents: number
}

export interface Groups {
  /** Takes up every unfinished step. */
  start(): Promise<void>
  /**
   * Before `start`, after the database came back from a backup: reads the links of own groups, and returns what makes
   * every connection to super-peers anew.
   */
  prepareRenewal(): Promise<(tx: Tx) => Promise<void>>
  stop(): Promise<void>
  /** Events of connections whose binding is of this module (`relay`, `group-link`, `relay-test`). */
  handle(tx: Tx, event: AgentEvent): Promise<'hold' | undefined>

  /**
   * Makes keys, link and queue; super-peers are invited in the background, across restarts.
   * Errors: usage `no-super-peers`, usage `name`, usage `large`; network and router errors of making the link's queue.
   */
  create(profile: ProfileId, options: CreateOptions): Promise<GroupId>
  /** The owner takes the group into use. Errors: usage `not-active` before one super-peer is active. */
  confirm(group: GroupId): Promise<void>
  /** Errors: usage `not-owner`, usage `exists`. */
  addSuperPeer(group: GroupId, address: string): Promise<MemberRowId>
  removeSuperPeer(group: GroupId, superPeer: MemberRowId): Promise<void>
  /** Begins anew with one that failed, refused or left; its row is replaced. */
  retrySuperPeer(group: GroupId, superPeer: MemberRowId): Promise<MemberRowId>
  /** chat §4.7. Errors: protocol `link`, protocol `relay-test`, network `timeout` and what reading the link throws. */
  testSuperPeer(profile: ProfileId, address: string): Promise<SuperPeerTest>

  updateProfile(group: GroupId, patch: GroupPatch): Promise<void>
  /** Errors: usage `role` where chat §3.4 forbids the change, usage `no-key` for a roster role without known key. */
  setRole(group: GroupId, member: MemberRowId, role: MemberRole): Promise<void>
  blockMember(group: GroupId, member: MemberRowId, blocked: boolean): Promise<void>
  removeMember(group: GroupId, member: MemberRowId, options?: { readonly messages?: boolean }): Promise<void>
  /** A member leaves. Owners delete instead. */
  leave(group: GroupId): Promise<void>
  /** Deletes the group for everybody (owner). History stays until `forget`. */
  remove(group: GroupId): Promise<void>
  /** Drops everything kept of a group that is over. Errors: usage `in-use`. */
  forget(group: GroupId): Promise<void>

  /** Reads and verifies a group's link without joining. Errors: protocol `link` and what reading the link throws. */
  preview(link: string): Promise<GroupPreview>
  /** The same group again where it is joined already. Errors: as preview, protocol `no-super-peers`. */
  join(profile: ProfileId, link: string, options?: JoinOptions): Promise<GroupId>
  /** Compares with link data and repairs (chat §4.8). No effect for owners. */
  resync(group: GroupId): Promise<void>

  /** Errors: usage `role`, usage `large`, usage `not-active`. */
  send(group: GroupId, content: Outgoing): Promise<MessageRowId>
  edit(group: GroupId, message: MessageRowId, text: string): Promise<void>
  /** Own message, or anybody's by a moderator. */
  deleteMessage(group: GroupId, message: MessageRowId): Promise<void>
  react(group: GroupId, message: MessageRowId, emoji: string, add: boolean): Promise<void>
  /** Everything up to this message is read. */
  markRead(group: GroupId, message: MessageRowId): Promise<void>
  setFlags(group: GroupId, flags: Partial<Flags>): Promise<void>

  list(): Promise<GroupView[]>
  get(group: GroupId): Promise<GroupView | undefined>
  members(group: GroupId, page?: MemberPage): Promise<MemberView[]>
  messages(group: GroupId, page?: MessagePage): Promise<MessageView[]>
  message(message: MessageRowId): Promise<MessageView | undefined>
  superPeers(group: GroupId): Promise<SuperPeerView[]>
  /** How often each super-peer delivered, what differed, what it did not deliver (chat §9.5). */
  deliveredBy(message: MessageRowId): Promise<CopyView[]>
}

export interface CreateOptions {
  readonly displayName: string
  readonly fullName?: string
  readonly description?: string
  /** Data URI. */
  readonly image?: string
  readonly writers: Writers
  /** Newcomers get the last messages. */
  readonly history: boolean
  /** Addresses. */
  readonly superPeers: readonly string[]
}

export interface GroupPatch {
  readonly displayName?: string
  readonly fullName?: string
  /** Null removes. */
  readonly description?: string | null
  readonly image?: string | null
  readonly history?: boolean
  /** Changes the right of everybody whose role was not set by name. */
  readonly writers?: Writers
}

export interface JoinOptions {
  /** A profile for this group alone. */
  readonly incognito?: Profile
}

export interface Outgoing {
  readonly text: string
  /** Any other content; `text` is then its text. */
  readonly content?: MsgContent
  readonly quote?: MessageRowId
  /** Members that the text names as `@name`; at most three (chat §2.4). */
  readonly mentions?: readonly Mention[]
  /** Sent as the group (owner). */
  readonly asGroup?: boolean
  /** Sign it, so that no super-peer can change it (chat §6.3). Default: what the group prefers. */
  readonly sign?: boolean
}

export interface Mention {
  /** As in the text, without `@`. */
  readonly name: string
  readonly member: MemberRowId
}

export interface GroupView {
  readonly id: GroupId
  readonly profile: ProfileId
  readonly part: GroupPart
  readonly status: GroupStatus
  readonly displayName: string
  readonly fullName: string
  readonly description: string | undefined
  readonly image: string | undefined
  readonly link: string
  /** base64url. */
  readonly publicGroupId: string | undefined
  readonly groupProfile: GroupProfile
  readonly ownMember: MemberRowId
  readonly role: MemberRole
  /** By own role, at present. */
  readonly mayWrite: boolean
  readonly writers: Writers
  readonly history: boolean
  /** As last known, ourselves included, super-peers not. */
  readonly memberCount: number
  readonly superPeers: { readonly total: number; readonly active: number; readonly connected: number }
  readonly unread: number
  /** Unread messages that name us, oldest first; at most 99. */
  readonly unreadMentions: readonly MessageRowId[]
  readonly readMessage: MessageRowId
  readonly lastMessage: MessageView | undefined
  readonly flags: Flags
  readonly incognito: Profile | undefined
  readonly error: string | undefined
  readonly createdAt: number
  readonly activeAt: number
}

export interface MemberView {
  readonly id: MemberRowId
  readonly group: GroupId
  /** base64url. */
  readonly memberId: string | undefined
  readonly role: MemberRole
  readonly status: MemberStatus
  readonly blocked: boolean
  readonly self: boolean
  readonly displayName: string
  readonly profile: Profile
  /** Who vouches for the key: a super-peer's word alone is `relay`. */
  readonly keyOrigin: KeyOrigin | undefined
  readonly joinedAt: number | undefined
  readonly wroteAt: number | undefined
}

export interface MemberPage {
  /** Row ids above this. */
  readonly after?: MemberRowId
  /** At most 1000, default 200. */
  readonly limit?: number
  /** Only those who wrote, and privileged members. */
  readonly active?: boolean
  /** Only these rows. */
  readonly only?: readonly MemberRowId[]
}

export interface MessageView {
  readonly id: MessageRowId
  readonly group: GroupId
  /** base64url. */
  readonly sharedMsgId: string
  readonly author: MemberRowId | undefined
  readonly authorName: string | undefined
  readonly sent: boolean
  readonly asGroup: boolean
  readonly content: MsgContent
  readonly text: string
  readonly quote:
    | {
        readonly message: MessageRowId | undefined
        readonly content: MsgContent
        /** Of the quoted message, where it is known here. */
        readonly authorName: string | undefined
        readonly sent: boolean
      }
    | undefined
  readonly time: number
  readonly receivedAt: number
  readonly editedAt: number | undefined
  readonly disappears: Expiry | undefined
  readonly deletedAt: number | undefined
  readonly deletedBy: MemberRowId | undefined
  readonly hidden: boolean
  /** `verified`: signed by a known key. */
  readonly signed: 'no' | 'signed' | 'verified'
  /** Copies from different super-peers are not the same. */
  readonly copiesDiffer: boolean
  /** Names us. */
  readonly mentioned: boolean
  readonly reactions: readonly ReactionView[]
  /** Of own messages. */
  readonly delivery: DeliveryView | undefined
}

/** One super-peer's part in a message: the copy that came through it, or, of an own one, the copy that it was given. */
export interface CopyView {
  readonly superPeer: MemberRowId
  readonly name: string
  /** Of an own message: when it was taken; undefined while it waits. */
  readonly receivedAt: number | undefined
  /** Same as the first copy. */
  readonly same: boolean
}

export interface SuperPeerView {
  readonly id: MemberRowId
  readonly group: GroupId
  readonly displayName: string
  readonly image: string | undefined
  readonly status: RelayStatus
  /** Usable at present as far as we know. */
  readonly connected: boolean
  /** The address that the owner invited; unknown to members. */
  readonly address: string | undefined
  /** Its link for this group. */
  readonly link: string | undefined
  readonly error: string | undefined
  readonly attempts: number
  readonly retryAt: number | undefined
  /** When each step was reached. */
  readonly steps: {
    readonly new: number | undefined
    readonly invited: number | undefined
    readonly accepted: number | undefined
    readonly verified: number | undefined
    readonly connected: number | undefined
    readonly acknowledged: number | undefined
    readonly active: number | undefined
    readonly ended: number | undefined
  }
  readonly seenAt: number | undefined
}

export interface SuperPeerTest {
  readonly profile: Profile
  readonly roundTrip: number
}

export interface GroupPreview {
  readonly link: string
  readonly groupProfile: GroupProfile
  readonly publicGroupId: string
  readonly memberCount: number | undefined
  readonly writers: Writers
  readonly superPeerLinks: readonly string[]
  /** base64url ids; their keys are signed by the group's root key. */
  readonly owners: readonly string[]
  /** Already in this host, in use. */
  readonly joined: GroupId | undefined
}

export type GroupEvent =
  | {
      readonly type: 'group'
      readonly group: GroupId
      readonly change: 'created' | 'ready' | 'updated' | 'joined' | 'left' | 'removed' | 'deleted' | 'failed'
      readonly error?: string
    }
  | { readonly type: 'super-peer'; readonly group: GroupId; readonly superPeer: SuperPeerView }
  | { readonly type: 'super-peer-gone'; readonly group: GroupId; readonly superPeer: MemberRowId }
  | {
      readonly type: 'member'
      readonly group: GroupId
      readonly member: MemberRowId
      readonly change: 'added' | 'updated' | 'left' | 'removed'
    }
  | {
      readonly type: 'message'
      readonly group: GroupId
      readonly message: MessageRowId
      readonly change: 'added' | 'updated' | 'deleted'
    }
  | {
      readonly type: 'message-state'
      readonly group: GroupId
      readonly message: MessageRowId
      readonly delivery: DeliveryView
    }
  /** Something was refused: no right, no valid signature, or copies that differ. */
  | {
      readonly type: 'refused'
      readonly group: GroupId
      readonly member: MemberRowId | undefined
      readonly event: string
      readonly reason: string
    }
