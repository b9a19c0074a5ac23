import type { Generated } from 'kysely'

/**
 * Tables of migrations/0006-contacts.ts: conversations of two. Times are milliseconds since 1970; flags are 0 or 1;
 * columns of JSON hold what the codecs of core/chat write.
 */
export interface ContactsSchema {
  contacts: ContactsTable
  contact_requests: ContactRequestsTable
  contact_invitations: ContactInvitationsTable
  contact_messages: ContactMessagesTable
  contact_reactions: ContactReactionsTable
}

/**
 * - `connecting`: the handshake is under way, or waits for the other person
 * - `active`: usable both ways
 * - `ended`: the other person left; history stays
 * - `failed`: the handshake ended without result
 */
export type ContactStatus = 'connecting' | 'active' | 'ended' | 'failed'

export interface ContactsTable {
  contact: Generated<number>
  /** Who we are towards them. */
  profile: number
  /** Profile used towards them alone (incognito). */
  own_profile: Generated<string | null>
  status: ContactStatus
  conn: Generated<number | null>
  /** The link that we came by; null where they came to us. */
  link: Generated<string | null>
  /** Of `x.contact`, sent or received: joins repeated requests (chat §2.2). */
  request_id: Generated<Uint8Array | null>
  /** displayName of `content`; empty while nothing is known. */
  name: string
  /** Profile; null while nothing is known. */
  content: Generated<string | null>
  version_min: Generated<number | null>
  version_max: Generated<number | null>
  /** `profiles.updated_at` of the profile that they know. */
  profile_sent_at: Generated<number>
  /** The security code that was compared (agent §3.2). */
  verified_code: Generated<Uint8Array | null>
  verified_at: Generated<number | null>
  /** The encryption was renewed, and the security code is another since. */
  renewed_at: Generated<number | null>
  muted: Generated<number>
  pinned: Generated<number>
  archived: Generated<number>
  read_message: Generated<number>
  last_message: Generated<number | null>
  error: Generated<string | null>
  created_at: number
  active_at: number
}

/** People who ask through an own address, until somebody answers. */
export interface ContactRequestsTable {
  request: Generated<number>
  profile: number
  /** The agent's number of the request. */
  agent_request: number
  request_id: Uint8Array | null
  name: string
  content: string
  version_min: number
  version_max: number
  /** The attached message: its id and MsgContent. */
  shared_msg_id: Uint8Array | null
  message: string | null
  created_at: number
}

/** Own one-time links that nobody has used yet. */
export interface ContactInvitationsTable {
  invitation: Generated<number>
  profile: number
  own_profile: string | null
  conn: number
  /** Short where the router keeps link data. */
  link: string
  full_link: string
  error: Generated<string | null>
  created_at: number
}

/** How far an own message is: with us, with the router, given up. */
export type SendState = 'waiting' | 'taken' | 'failed'

export interface ContactMessagesTable {
  message: Generated<number>
  contact: number
  shared_msg_id: Uint8Array
  sent: number
  /** MsgContent. */
  content: string
  text: string
  /** What else the container said. */
  container: string | null
  quoted_msg_id: Uint8Array | null
  /** Of own messages. */
  state: SendState | null
  agent_message: number | null
  time: number
  created_at: number
  edited_at: Generated<number | null>
  deleted_at: Generated<number | null>
  /** How long it lives once read or sent, in milliseconds; null: for good. */
  lifetime: Generated<number | null>
  /** Null until that counts down. */
  expires_at: Generated<number | null>
}

export interface ContactReactionsTable {
  message: number
  own: number
  reaction_key: string
  reaction: string
  time: number
}
