import type { Generated } from 'kysely'

/**
 * Tables of migrations/0002-chat.ts. Times are milliseconds since 1970; keys are raw bytes; flags are 0 or 1; columns
 * of JSON hold what the codecs of core/chat write.
 */
export interface ChatSchema {
  profiles: ProfilesTable
  conn_bindings: ConnBindingsTable
  groups: GroupsTable
  group_members: GroupMembersTable
  group_relays: GroupRelaysTable
  chat_events: ChatEventsTable
  chat_copies: ChatCopiesTable
  chat_messages: ChatMessagesTable
  chat_reactions: ChatReactionsTable
  chat_moderations: ChatModerationsTable
  chat_sends: ChatSendsTable
  chat_deliveries: ChatDeliveriesTable
  roster_transfers: RosterTransfersTable
}

/** The identities of this host. */
export interface ProfilesTable {
  profile: Generated<number>
  /** Profile (chat §3.1). */
  content: string
  /** Serves groups (design §2). */
  super_peer: Generated<number>
  /** Left out of the ordinary list. */
  hidden: Generated<number>
  address_conn: Generated<number | null>
  address_link: Generated<string | null>
  created_at: number
  /** When `content` changed last: members hear of it before the next message. */
  updated_at: number
}

/** How an agent event finds its owner. `reference` is the row that `kind` speaks of. */
export interface ConnBindingsTable {
  conn: number
  kind: ConnKind
  reference: number
}

/**
 * - `relay`: a super-peer as an owner or member sees it → group_members
 * - `group-link`: the group's own link, at its owner → groups
 * - `relay-test`: a super-peer being tested (chat §4.7) → nothing
 * - `super-peer-address`: where a super-peer profile is asked to serve → profiles
 * - `super-peer-link`: the link that a super-peer made for one group → groups
 * - `served-owner`, `served-member`: a super-peer's connection to someone in a group → group_members
 * - `super-peer-reply`: answers to tests and refused invitations, without a group → nothing
 * - `contact`: a conversation of two → contacts
 * - `contact-invitation`: an own one-time link → contact_invitations
 * - `contact-address`: where people ask to talk → profiles
 */
export type ConnKind =
  | 'relay'
  | 'group-link'
  | 'relay-test'
  | 'super-peer-address'
  | 'super-peer-link'
  | 'served-owner'
  | 'served-member'
  | 'super-peer-reply'
  | 'contact'
  | 'contact-invitation'
  | 'contact-address'

/** What we are in a group. */
export type GroupPart = 'owner' | 'member' | 'super-peer'

/**
 * - `creating`: own group, link data not stored yet
 * - `ready`: own group, waits for the owner's confirmation
 * - `joining`: no super-peer connected yet
 * - `active`: in use
 * - `left`, `removed`, `deleted`: over; history stays
 * - `failed`: creating or joining ended without result
 */
export type GroupStatus = 'creating' | 'ready' | 'joining' | 'active' | 'left' | 'removed' | 'deleted' | 'failed'

export interface GroupsTable {
  group_id: Generated<number>
  profile: number
  part: GroupPart
  status: GroupStatus
  link: string
  /** Null at a super-peer until it has read the link. */
  public_group_id: Uint8Array | null
  /** GroupProfile (chat §3.2). */
  group_profile: string
  root_public: Uint8Array | null
  /** Owners only. */
  root_private: Uint8Array | null
  /** Our own row of group_members. */
  own_member: Generated<number | null>
  own_member_id: Uint8Array
  /** Private Ed25519 key of our membership. */
  own_key: Uint8Array
  /** Profile used in this group alone (incognito). */
  own_profile: Generated<string | null>
  address_conn: Generated<number | null>
  /** PreparedAddress while the link's queue does not exist. */
  prepared_link: Generated<string | null>
  /** When link data are to be rewritten for the member count. */
  link_due_at: Generated<number | null>
  published_count: Generated<number | null>
  /** Who may write, as the owner chose. */
  writers: Generated<'everyone' | 'owners'>
  member_count: Generated<number>
  /** `profiles.updated_at` of the profile that the group knows. */
  profile_sent_at: Generated<number>
  /** The highest roster version seen or issued (chat §6.6). */
  roster_version: Generated<number | null>
  /** The last version that was received as a whole. */
  roster_complete_version: Generated<number | null>
  /** The header as its owner signed it, to serve it again. */
  roster_header: Generated<Uint8Array | null>
  roster_signature: Generated<Uint8Array | null>
  roster_msg_id: Generated<Uint8Array | null>
  roster_owner: Generated<number | null>
  roster_time: Generated<number | null>
  roster_blob: Generated<Uint8Array | null>
  muted: Generated<number>
  pinned: Generated<number>
  archived: Generated<number>
  /** The last message that was read. */
  read_message: Generated<number>
  last_message: Generated<number | null>
  error: Generated<string | null>
  created_at: number
  active_at: number
}

export type MemberCategory = 'user' | 'invitee' | 'host' | 'pre' | 'post'

/** chat §3.4. */
export type MemberStatus =
  | 'rejected'
  | 'removed'
  | 'left'
  | 'deleted'
  | 'unknown'
  | 'invited'
  | 'introduced'
  | 'accepted'
  | 'announced'
  | 'connected'
  | 'creator'

/** Who vouches for a member's key: itself, link data, the owner-signed roster, a signed event, or a super-peer. */
export type KeyOrigin = 'self' | 'link' | 'roster' | 'signed' | 'relay'

export interface GroupMembersTable {
  member: Generated<number>
  group_id: number
  /** Null for a super-peer whose link was not read yet. */
  member_id: Uint8Array | null
  role: string
  /** The role comes from a signed event or the roster and not from a super-peer's word. */
  role_signed: Generated<number>
  category: MemberCategory
  status: MemberStatus
  /** Blocked for all. */
  blocked: Generated<number>
  name: string
  /** Profile (chat §3.1). */
  content: string
  /** 0 where only the short name of a forward is known, 1 as a super-peer tells it, 2 as the member signed it. */
  profile_known: Generated<number>
  key: Generated<Uint8Array | null>
  key_origin: Generated<KeyOrigin | null>
  version_min: Generated<number | null>
  version_max: Generated<number | null>
  conn: Generated<number | null>
  relay_link: Generated<string | null>
  created_at: number
  joined_at: Generated<number | null>
  /** Last message of this member. */
  wrote_at: Generated<number | null>
  removed_at: Generated<number | null>
}

/**
 * At an owner, chat §4.5: `new` → `invited` → `accepted` → `acknowledged_roster` → `active` ⇄ `inactive`, or `rejected`.
 * At a member: `new` → `invited` (asked to join) → `active` (connected), or `rejected`, `inactive` (left).
 * `failed` is ours: given up, a person may try again.
 */
export type RelayStatus =
  | 'new'
  | 'invited'
  | 'accepted'
  | 'acknowledged_roster'
  | 'active'
  | 'inactive'
  | 'rejected'
  | 'failed'

/** What an owner or member knows of a super-peer beside its row of group_members. */
export interface GroupRelaysTable {
  member: number
  group_id: number
  status: RelayStatus
  /** The address that the owner was given. */
  address: Generated<string | null>
  /** The agent's confirmation that waits for `allow`. */
  confirmation: Generated<number | null>
  /** The connection is usable both ways. */
  ready: Generated<number>
  /** Roster version sent during the agreement. */
  roster_sent: Generated<number | null>
  /** x.grp.relay.new was sent to the others. */
  announced: Generated<number>
  /** RelayCapabilities. */
  capabilities: Generated<string | null>
  /** Role that this super-peer gave us. */
  published_role: Generated<string | null>
  attempts: Generated<number>
  retry_at: Generated<number | null>
  error: Generated<string | null>
  new_at: Generated<number | null>
  invited_at: Generated<number | null>
  accepted_at: Generated<number | null>
  verified_at: Generated<number | null>
  connected_at: Generated<number | null>
  acknowledged_at: Generated<number | null>
  active_at: Generated<number | null>
  ended_at: Generated<number | null>
  /** Last sign of life. */
  seen_at: Generated<number | null>
}

/** Every event with an id, sent or received: the first copy wins (chat §5.7). Kept 30 days. */
export interface ChatEventsTable {
  group_id: number
  shared_msg_id: Uint8Array
  event: string
  sender: number | null
  message: number | null
  signed: Generated<number>
  /** Digest of the first copy (chat §9.5). */
  digest: Uint8Array | null
  copies_differ: Generated<number>
  received_at: number
}

/** Which super-peer delivered which event. */
export interface ChatCopiesTable {
  group_id: number
  shared_msg_id: Uint8Array
  relay: number
  digest: Uint8Array
  received_at: number
}

export interface ChatMessagesTable {
  message: Generated<number>
  group_id: number
  shared_msg_id: Uint8Array
  /** Row of group_members; null for the group itself. */
  author: number | null
  sent: Generated<number>
  as_group: Generated<number>
  /** Member whose support conversation this belongs to; null for the main one. */
  scope: Generated<number | null>
  kind: Generated<'content' | 'rejected'>
  /** MsgContent. */
  content: string
  /** For search and lists. */
  text: string
  /** MsgContainer without its content. */
  container: Generated<string | null>
  quoted_msg_id: Generated<Uint8Array | null>
  version_min: number
  version_max: number
  /** The signed body as it came, for history and forwarding; the last edit's body is not kept here. */
  body: Generated<Uint8Array | null>
  signature: Generated<Uint8Array | null>
  signed: Generated<'no' | 'signed' | 'verified'>
  /** When the super-peer's or our router took it; own messages: when written. */
  time: number
  created_at: number
  edited_at: Generated<number | null>
  deleted_at: Generated<number | null>
  deleted_by: Generated<number | null>
  /** Of a blocked member. */
  hidden: Generated<number>
  in_history: Generated<number>
  /** How long it lives once read or sent, in milliseconds; null: for good. */
  lifetime: Generated<number | null>
  /** Null until that counts down. */
  expires_at: Generated<number | null>
}

export interface ChatReactionsTable {
  message: number
  member: number
  reaction_key: string
  /** Reaction. */
  reaction: string
  time: number
}

/** Verified moderations that came before the message (chat §2.3). */
export interface ChatModerationsTable {
  group_id: number
  shared_msg_id: Uint8Array
  author_id: Uint8Array
  moderator: number
  time: number
}

/** Own events on their way to super-peers; gone when every super-peer has them and no message row refers to them. */
export interface ChatSendsTable {
  send: Generated<number>
  group_id: number
  shared_msg_id: Uint8Array
  message: Generated<number | null>
  event: string
  /** The body as every super-peer gets it. */
  element: Uint8Array
  notify: number
  created_at: number
}

/** `waiting` for a connection, `queued` in the agent, `taken` by the super-peer's router, `failed` for good. */
export type DeliveryState = 'waiting' | 'queued' | 'taken' | 'failed'

export interface ChatDeliveriesTable {
  send: number
  relay: number
  state: DeliveryState
  agent_message: Generated<number | null>
  at: number
}

/** Rosters of which some chunks are missing, one for each source. */
export interface RosterTransfersTable {
  group_id: number
  source: number
  shared_msg_id: Uint8Array
  version: number
  size: number
  digest: Uint8Array
  owner: number
  header: Uint8Array
  signature: Uint8Array
  time: number
  next_chunk: Generated<number>
  received: Generated<Uint8Array>
}
