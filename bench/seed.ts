import { randomBytes } from 'node:crypto'
import Database from 'better-sqlite3'
import { pathIn } from '../core/host/files.ts'

/**
 * Writes into the database of a host that is stopped: conversations and groups of a size that would take hours to come
 * about. What is written looks to the host as if it had been sent and received.
 */
export interface Seed {
  /** Resolves to the row of the new member. */
  member(group: number, values: SeededMember): number
  message(group: number, values: SeededMessage): number
  react(message: number, member: number, emoji: string): void
  /** For states that nothing else here makes. */
  run(sql: string, ...parameters: readonly unknown[]): void
  get<Row>(sql: string, ...parameters: readonly unknown[]): Row
}

export interface SeededMember {
  readonly name: string
  readonly image?: string
  readonly role?: string
  /** Milliseconds since 1970. */
  readonly joinedAt: number
  readonly wroteAt?: number
}

export interface SeededMessage {
  readonly text: string
  /** Row of a member; none: said by this host, and taken by all super-peers. */
  readonly author?: number
  readonly time: number
  readonly image?: string
  readonly quote?: number
  readonly signed?: boolean
  readonly editedAt?: number
}

/** `work` is one transaction on the database in `folder`. */
export function seed(folder: string, work: (seed: Seed) => void): void {
  const db = new Database(pathIn(folder, 'database'), { fileMustExist: true })
  db.pragma('foreign_keys = ON')
  try {
    db.transaction(() => work(seeding(db)))()
  } finally {
    db.close()
  }
}

function seeding(db: Database.Database): Seed {
  function run(sql: string, ...parameters: readonly unknown[]): number {
    return Number(db.prepare(sql).run(...parameters).lastInsertRowid)
  }

  function get<Row>(sql: string, ...parameters: readonly unknown[]): Row {
    return db.prepare(sql).get(...parameters) as Row
  }

  function quoted(message: number): object {
    const row = get<{ shared_msg_id: Buffer; content: string; time: number; member_id: Buffer | null }>(
      `SELECT c.shared_msg_id, c.content, c.time, m.member_id FROM chat_messages c
       LEFT JOIN group_members m ON m.member = c.author WHERE c.message = ?`,
      message,
    )
    return {
      msgRef: {
        msgId: base64url(row.shared_msg_id),
        sentAt: new Date(row.time).toISOString(),
        sent: false,
        ...(row.member_id === null ? {} : { memberId: base64url(row.member_id) }),
      },
      content: JSON.parse(row.content) as unknown,
    }
  }

  return {
    run,
    get,
    member(group, { name, image, role = 'member', joinedAt, wroteAt }) {
      const profile = { displayName: name, fullName: '', ...(image === undefined ? {} : { image }) }
      return run(
        `INSERT INTO group_members (group_id, member_id, role, category, status, name, content, created_at, joined_at,
           wrote_at) VALUES (?, ?, ?, 'post', 'announced', ?, ?, ?, ?, ?)`,
        group,
        randomBytes(12),
        role,
        name,
        JSON.stringify(profile),
        joinedAt,
        joinedAt,
        wroteAt ?? null,
      )
    },
    message(group, { text, author, time, image, quote, signed = false, editedAt }) {
      const content = image === undefined ? { type: 'text', text } : { type: 'image', text, image }
      const own = get<{ own_member: number }>('SELECT own_member FROM groups WHERE group_id = ?', group).own_member
      const id = randomBytes(16)
      const quoteId = quote === undefined ? undefined : sharedId(quote)
      const message = run(
        `INSERT INTO chat_messages (group_id, shared_msg_id, author, sent, content, text, container, quoted_msg_id,
           version_min, version_max, signed, time, created_at, edited_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 16, ?, ?, ?, ?)`,
        group,
        id,
        author ?? own,
        author === undefined ? 1 : 0,
        JSON.stringify(content),
        text,
        quote === undefined ? null : JSON.stringify({ quote: quoted(quote) }),
        quoteId ?? null,
        signed ? 'verified' : 'no',
        time,
        time,
        editedAt ?? null,
      )
      if (author === undefined) taken(group, message, id, time)
      run(
        `UPDATE groups SET last_message = ?, active_at = max(active_at, ?), read_message = max(read_message, ?)
         WHERE group_id = ?`,
        message,
        time,
        message,
        group,
      )
      return message
    },
    react(message, member, emoji) {
      run(
        'INSERT INTO chat_reactions (message, member, reaction_key, reaction, time) VALUES (?, ?, ?, ?, ?)',
        message,
        member,
        emoji,
        JSON.stringify({ type: 'emoji', emoji }),
        Date.now(),
      )
    },
  }

  function sharedId(message: number): Buffer {
    return get<{ shared_msg_id: Buffer }>('SELECT shared_msg_id FROM chat_messages WHERE message = ?', message)
      .shared_msg_id
  }

  /** Every super-peer has it. */
  function taken(group: number, message: number, id: Buffer, time: number): void {
    const send = run(
      `INSERT INTO chat_sends (group_id, shared_msg_id, message, event, element, notify, created_at)
       VALUES (?, ?, ?, 'x.msg.new', x'', 1, ?)`,
      group,
      id,
      message,
      time,
    )
    run(
      `INSERT INTO chat_deliveries (send, relay, state, at)
       SELECT ?, member, 'taken', ? FROM group_relays WHERE group_id = ?`,
      send,
      time + 400,
      group,
    )
  }
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url')
}
