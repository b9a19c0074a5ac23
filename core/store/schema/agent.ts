import type { Generated } from 'kysely'

/** Tables of migrations/0001-agent.ts and 0011-ratchet-sync.ts. Times are milliseconds since 1970; keys are raw bytes. */
export interface AgentSchema {
  routers: { router: Generated<number>; hosts: string; port: string; key_hash: Uint8Array }
  connections: {
    conn: Generated<number>
    kind: 'invitation' | 'contact'
    agent_version: number
    last_rcv_id: Generated<number>
    last_external_id: Generated<number>
    last_rcv_hash: Generated<Uint8Array>
    deleted: Generated<number>
    created_at: number
    /** Whether both ends have the same ratchet (agent §9.2). */
    sync: Generated<'ok' | 'allowed' | 'required' | 'started' | 'agreed'>
  }
  rcv_queues: {
    queue: Generated<number>
    conn: number
    router: number
    rcv_id: Uint8Array
    snd_id: Uint8Array
    rcv_key: Uint8Array
    dh_secret: Uint8Array
    e2e_key: Uint8Array
    e2e_secret: Uint8Array | null
    mode: 'messaging' | 'contact' | null
    status: 'new' | 'confirmed' | 'secured' | 'active'
    client_version: number
    link_type: 'i' | 'a' | 'c' | 'g' | 'r' | null
    link_id: Uint8Array | null
    link_key: Uint8Array | null
    link_root_key: Uint8Array | null
    link_fixed: Uint8Array | null
    client_data: string | null
    last_broker_id: Uint8Array | null
    held_id: number | null
  }
  snd_queues: {
    queue: Generated<number>
    conn: number
    router: number
    snd_id: Uint8Array
    key_algorithm: 'Ed25519' | 'X25519'
    snd_key: Uint8Array
    e2e_public: Uint8Array
    e2e_secret: Uint8Array
    mode: 'messaging' | 'contact' | null
    status: 'new' | 'secured' | 'confirmed' | 'active'
    client_version: number
    quota_since: number | null
  }
  x3dh_keys: { conn: number; private1: Uint8Array; private2: Uint8Array }
  ratchets: {
    conn: number
    state: Uint8Array
    can_send: number
    e2e_params: Uint8Array | null
    last_snd_id: Generated<number>
    last_snd_hash: Generated<Uint8Array>
    /** It took the place of another: 1. */
    renewed: Generated<number>
  }
  ratchet_syncs: {
    conn: number
    /** Our keys while `started`. */
    private1: Uint8Array | null
    private2: Uint8Array | null
    started_at: number | null
    /** When the next start is due by itself. */
    due: number | null
  }
  /** Of keys that peers sent and that were used. */
  ratchet_key_hashes: { seen: Generated<number>; conn: number; hash: Uint8Array }
  skipped_keys: { conn: number; header_key: Uint8Array; number: number; message_key: Uint8Array; iv: Uint8Array }
  rcv_hashes: { conn: number; slot: number; hash: Uint8Array }
  confirmations: {
    confirmation: Generated<number>
    conn: number
    sender_key: Uint8Array | null
    reply_queue: Uint8Array
    client_version: number
    accepted: Generated<number>
  }
  requests: {
    request: Generated<number>
    address: number | null
    agent_version: number
    link: string
    /** Of the queue in the link. */
    snd_id: Uint8Array
    /** Accepted as this connection, whose sending queue is not made yet. */
    conn: number | null
    created_at: number
  }
  invitation_links: {
    router: number
    link_id: Uint8Array
    link_key: Uint8Array
    snd_key: Uint8Array
    snd_id: Uint8Array | null
    created_at: number
  }
  rcv_messages: { conn: number; rcv_id: number; broker_ts: number; integrity: string; body: Uint8Array }
  snd_bodies: { body: Generated<number>; bytes: Uint8Array }
  snd_messages: {
    conn: number
    snd_id: number
    kind: 'message' | 'confirmation' | 'hello' | 'control' | 'ratchetKey'
    notify: number
    report: number
    sealing: Uint8Array
    body: number | null
    bytes: Uint8Array | null
    created_at: number
    /** 1: waits for a ratchet and has no keys; such rows come after all others of their connection. */
    deferred: Generated<number>
    /** The number that the application knows, where it is another. */
    message: Generated<number | null>
    /** Associated data, where the ratchet of the connection is or was another. */
    ad: Generated<Uint8Array | null>
  }
  commands: { command: Generated<number>; conn: number; kind: string; arguments: Uint8Array }
}
