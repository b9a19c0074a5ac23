import type { Generated } from 'kysely'

/** Tables of migrations/0001-agent.ts. Times are milliseconds since 1970; keys are raw bytes. */
export interface AgentSchema {
  routers: { router: Generated<number>; hosts: string; port: string; key_hash: Uint8Array }
  connections: {
    conn: Generated<number>
    kind: 'invitation' | 'contact'
    agent_version: number
    last_internal_id: Generated<number>
    last_rcv_snd_id: Generated<number>
    last_rcv_hash: Generated<Uint8Array>
    deleted: Generated<number>
    created_at: number
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
    link_id: Uint8Array | null
    link_key: Uint8Array | null
    link_root_key: Uint8Array | null
    link_fixed: Uint8Array | null
    last_broker_id: Uint8Array | null
    held_id: number | null
  }
  snd_queues: {
    queue: Generated<number>
    conn: number
    router: number
    snd_id: Uint8Array
    snd_key: Uint8Array
    e2e_public: Uint8Array
    e2e_secret: Uint8Array
    mode: 'messaging' | 'contact' | null
    status: 'new' | 'secured' | 'confirmed' | 'active'
    client_version: number
    quota_since: number | null
  }
  ratchets: {
    conn: number
    x3dh_key1: Uint8Array | null
    x3dh_key2: Uint8Array | null
    current_version: number | null
    max_version: number | null
    ad: Uint8Array | null
    dhs: Uint8Array | null
    rk: Uint8Array | null
    cks: Uint8Array | null
    hks: Uint8Array | null
    dhr: Uint8Array | null
    ckr: Uint8Array | null
    hkr: Uint8Array | null
    nhks: Uint8Array | null
    nhkr: Uint8Array | null
    ns: Generated<number>
    nr: Generated<number>
    pn: Generated<number>
    x3dh_params: Uint8Array | null
    last_snd_id: Generated<number>
    last_snd_hash: Generated<Uint8Array>
  }
  skipped_keys: { conn: number; header_key: Uint8Array; number: number; message_key: Uint8Array; iv: Uint8Array }
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
  rcv_messages: {
    conn: number
    internal_id: number
    broker_ts: number
    snd_id: number
    integrity: string
    body: Uint8Array
  }
  snd_bodies: { body: Generated<number>; bytes: Uint8Array }
  snd_messages: {
    conn: number
    internal_id: number
    kind: 'message' | 'confirmation' | 'hello' | 'control'
    notify: number
    report: number
    snd_id: number
    previous_hash: Uint8Array
    version: number
    message_key: Uint8Array
    iv: Uint8Array
    ad: Uint8Array | null
    header: Uint8Array
    body: number | null
    bytes: Uint8Array | null
    created_at: number
  }
  commands: { command: Generated<number>; conn: number; kind: string; arguments: Uint8Array }
}
