import type { Generated } from 'kysely'

/** Tables of migrations/0003-superpeer.ts, 0007-blocks.ts and 0013-job-expiry.ts. Times are milliseconds since 1970; flags are 0 or 1. */
export interface SuperPeerSchema {
  superpeer_profiles: SuperPeerProfilesTable
  serving_requests: ServingRequestsTable
  serving_blocks: ServingBlocksTable
  served_groups: ServedGroupsTable
  served_members: ServedMembersTable
  member_records: MemberRecordsTable
  known_records: { sender: number; recipient: number }
  delivery_tasks: DeliveryTasksTable
  delivery_jobs: DeliveryJobsTable
  served_counters: ServedCountersTable
}

export interface SuperPeerProfilesTable {
  profile: number
  enabled: number
  /** Invitations are accepted without a person. */
  auto_accept: number
}

/**
 * - `waiting`: for a person's yes
 * - `accepted`: the worker makes the link and answers
 * - `failed`: given up
 */
export type ServingRequestState = 'waiting' | 'accepted' | 'failed'

/** Owners' invitations to serve that are not answered yet (chat §4.4). */
export interface ServingRequestsTable {
  serving_request: Generated<number>
  profile: number
  /** The agent's contact request. */
  request: number
  state: ServingRequestState
  /** The group's short link. */
  link: string
  relay_member_id: Uint8Array
  owner_id: Uint8Array
  /** Profile. */
  owner_profile: string
  owner_version_min: number
  owner_version_max: number
  /** Extensions. */
  owner_ext: string | null
  /** GroupProfile, once the link was read. */
  group_profile: Generated<string | null>
  /** The group that was made for it. */
  group_id: Generated<number | null>
  attempts: Generated<number>
  retry_at: Generated<number | null>
  retry_delay: Generated<number | null>
  error: Generated<string | null>
  created_at: number
}

/** Groups whose invitations are refused without a word. */
export interface ServingBlocksTable {
  serving_block: Generated<number>
  /** Of the group's short link, whatever its text looks like. */
  link_key: Uint8Array
  link: string
  /** As its link said at the time of blocking, if it could be read. */
  name: string | null
  image: string | null
  /** The display name of whoever asked. */
  owner: string
  /** Invitations refused since then, and when the last one was. */
  refused: Generated<number>
  last_at: Generated<number | null>
  created_at: number
}

/** chat §4.5, relay side. */
export type ServedStatus = 'invited' | 'accepted' | 'acknowledged_roster' | 'active' | 'inactive' | 'rejected'

export interface ServedGroupsTable {
  group_id: number
  status: ServedStatus
  /** Our short link for this group. */
  link: string | null
  /** Counts joins and promotions, so that they can be ordered. */
  seq: Generated<number>
  /** The newest job of the group. */
  last_job: Generated<number>
  /** The newest job that retention has dropped. */
  dropped_job: Generated<number>
  /** When our link is looked for in the group's link data next, and after which delay. */
  check_at: number | null
  check_delay: Generated<number>
  checked_at: Generated<number | null>
  inactive_at: Generated<number | null>
  /** All connections of the group were deleted. */
  ended_at: Generated<number | null>
  owner_ext: string | null
  received: Generated<number>
  forwarded: Generated<number>
  refused: Generated<number>
  created_at: number
  active_at: Generated<number | null>
}

/**
 * - `connecting`: accepted, not usable yet
 * - `live`: gets every job when its page comes
 * - `paused`: skipped by jobs, holds its own position
 * - `catching-up`: gets what it missed next
 * - `disabled`: its queue is gone
 * - `gone`: left or removed; kept for what it sent before
 */
export type RecipientState = 'connecting' | 'live' | 'paused' | 'catching-up' | 'disabled' | 'gone'

/** Why a recipient is paused: its queue is full, too much waits for it here, or its catching up is under way. */
export type PauseReason = 'quota' | 'backlog' | 'window'

/** A member connected to this super-peer, as sender and recipient. */
export interface ServedMembersTable {
  member: number
  group_id: number
  conn: number
  state: RecipientState
  reason: PauseReason | null
  /** Jobs up to this one were enqueued to this member or are not for it. */
  position: Generated<number>
  /** Where to begin again if what the agent holds for it at the time of the pause expires. */
  rewind: Generated<number | null>
  /** It has the records of everyone who sent in a later job up to now. */
  known_from: Generated<number>
  joined_seq: Generated<number>
  /** Since when it is moderator or higher, in the group's `seq`. */
  privileged_seq: Generated<number | null>
  /** The newest job to the whole group with a message of this member. */
  last_job: Generated<number>
  /** Its newest record. */
  record: Generated<number | null>
  auth_errors: Generated<number>
  paused_at: Generated<number | null>
  check_at: Generated<number | null>
  roster_served: Generated<number | null>
  /** When the present connection was let in. */
  accepted_at: Generated<number | null>
  connected_at: Generated<number | null>
}

/** Member records as they were sent ahead of messages (chat §7.5). */
export interface MemberRecordsTable {
  record: Generated<number>
  member: number
  element: Uint8Array
  has_image: number
  superseded_at: Generated<number | null>
}

/**
 * - `group`: all recipients
 * - `support`: one member's support conversation
 * - `privileged`: moderators and higher
 * - `ending`: all recipients, paused ones too; then every connection of the group ends (chat §7.8)
 */
export type DeliveryScopeName = 'group' | 'support' | 'privileged' | 'ending'

export interface DeliveryTasksTable {
  task: Generated<number>
  group_id: number
  scope: DeliveryScopeName
  support_member: number | null
  /** Member that must not get it back. */
  sender: number | null
  /** Recipients that lack the sender's record get it ahead of this element. */
  with_record: number
  shared_msg_id: Uint8Array | null
  element: Uint8Array
  created_at: number
  /** Of a message that disappears. */
  expires_at: Generated<number | null>
}

export interface DeliveryJobsTable {
  job: Generated<number>
  group_id: number
  scope: DeliveryScopeName
  support_member: number | null
  /** Binary batch of the elements. */
  body: Uint8Array
  /** JSON: the sender of each element, 0 where there is none. */
  senders: string
  /** JSON: SenderRecord[] of those whose record some recipients may lack. */
  records: string
  /** The last recipient of the last page. */
  cursor: Generated<number>
  done: Generated<number>
  deliveries: Generated<number>
  size: number
  created_at: number
  done_at: Generated<number | null>
  /** JSON: when each element is due to disappear, null where it stays; null where all stay. */
  expiries: Generated<string | null>
  /** The earliest of them. */
  expires_at: Generated<number | null>
}

/** Figures for each hour since 1970. */
export interface ServedCountersTable {
  group_id: number
  hour: number
  received: Generated<number>
  forwarded: Generated<number>
  bytes: Generated<number>
  refused: Generated<number>
  joined: Generated<number>
  gone: Generated<number>
  /** Jobs that a paused member can no longer get. */
  missed: Generated<number>
}
