import { asHearthError } from '../codec/error.ts'
import { encodePublicKey } from '../codec/keys.ts'
import { decode } from '../codec/reader.ts'
import { encode } from '../codec/writer.ts'
import { boxKey } from '../crypto/box.ts'
import { type AuthKey, type LinkData, type QueueMode, readAuthKey } from '../smp/commands.ts'
import { openDatabase, planOnce } from './database.ts'
import type { MessageHead, Queue, QueueMessage } from './queue.ts'
import { type QueueRecord, queueCache } from './queue-cache.ts'

/**
 * Queues and undelivered messages on disk. Calls are synchronous and belong to the transaction that the first change
 * opens; `commit` makes everything since then durable at once. A Queue may be used until the next `rollback` or `trim`.
 */
export interface RouterStore {
  readonly queues: number
  readonly messages: number
  byRecipient(id: Uint8Array): Queue | undefined
  bySender(id: Uint8Array): Queue | undefined
  byLink(id: Uint8Array): Queue | undefined
  create(queue: NewQueue): Queue
  secure(queue: Queue, key: AuthKey): void
  setRecipientKeys(queue: Queue, keys: readonly AuthKey[]): void
  suspend(queue: Queue): void
  remove(queue: Queue): void
  touch(queue: Queue, day: number): void
  linkData(queue: Queue): LinkData | undefined
  setLink(queue: Queue, linkId: Uint8Array, data: LinkData): void
  removeLink(queue: Queue): void
  /** Appends a message, or a quota marker where there is no content. */
  append(queue: Queue, message: Omit<QueueMessage, 'seq'>): QueueMessage
  /** The first message without its content. */
  head(queue: Queue): MessageHead | undefined
  /** The first message. */
  first(queue: Queue): QueueMessage | undefined
  removeHead(queue: Queue): void
  /** Deletes messages received before `time` from the front of the queue, up to a marker. */
  expire(queue: Queue, time: number): void
  /**
   * One step of the same over all queues, from `from` on. Returns where to go on, or undefined at the end.
   */
  expireSome(from: number, time: number): number | undefined
  readonly changed: boolean
  commit(): void
  rollback(): void
  /** Forgets records that were not used lately, down to `limit`. */
  trim(limit: number): void
  /** Writes a consistent copy to `path`, while work goes on. */
  snapshot(path: string): Promise<void>
  close(): void
}

interface NewQueue {
  readonly recipientId: Uint8Array
  readonly senderId: Uint8Array
  readonly recipientKey: AuthKey
  /** The agreement with the recipient, 32 bytes. */
  readonly secret: Uint8Array
  readonly mode: QueueMode | undefined
  readonly link: { readonly linkId: Uint8Array; readonly data: LinkData } | undefined
  readonly day: number
}

interface QueueRow {
  readonly id: number
  readonly recipient_id: Buffer
  readonly sender_id: Buffer
  readonly recipient_keys: Buffer
  readonly secret: Buffer
  readonly sender_key: Buffer | null
  readonly mode: 'M' | 'C' | null
  readonly off: number
  readonly used_day: number
  readonly link_id: Buffer | null
}

interface HeadRow {
  readonly seq: number
  readonly msg_id: Buffer
  readonly time: number
  readonly marker: number
}

interface MessageRow extends HeadRow {
  readonly notification: number
  readonly body: Buffer | null
}

const EXPIRE_STEP = 500

/** Errors: store `locked`, `newer`, `open`. */
export function openRouterStore(path: string): RouterStore {
  const db = openDatabase(path)
  const get = <Row>(sql: string) => db.prepare<unknown[], Row>(planOnce(sql))
  const QUEUE = `SELECT q.id, recipient_id, sender_id, recipient_keys, secret, sender_key, mode, off, used_day, link_id
    FROM queue q LEFT JOIN link l ON l.queue = q.id`
  const HEAD = 'SELECT seq, msg_id, time, body IS NULL AS marker FROM message'
  const sql = {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    byRecipient: get<QueueRow>(`${QUEUE} WHERE recipient_id = ?`),
    bySender: get<QueueRow>(`${QUEUE} WHERE sender_id = ?`),
    byLink: get<QueueRow>(`${QUEUE} WHERE q.id = (SELECT queue FROM link WHERE link_id = ?)`),
    create: db.prepare(`INSERT INTO queue (id, recipient_id, sender_id, recipient_keys, secret, mode, off, used_day)
      VALUES (?, ?, ?, ?, ?, ?, 0, ?)`),
    secure: db.prepare('UPDATE queue SET sender_key = ? WHERE id = ?'),
    setKeys: db.prepare('UPDATE queue SET recipient_keys = ? WHERE id = ?'),
    suspend: db.prepare('UPDATE queue SET off = 1 WHERE id = ?'),
    remove: db.prepare('DELETE FROM queue WHERE id = ?'),
    touch: db.prepare('UPDATE queue SET used_day = ? WHERE id = ?'),
    linkData: get<{ fixed: Buffer; user: Buffer }>('SELECT fixed, user FROM link WHERE queue = ?'),
    setLink: db.prepare('INSERT OR REPLACE INTO link (queue, link_id, fixed, user) VALUES (?, ?, ?, ?)'),
    removeLink: db.prepare('DELETE FROM link WHERE queue = ?'),
    append: db.prepare('INSERT INTO message (seq, queue, msg_id, time, notification, body) VALUES (?, ?, ?, ?, ?, ?)'),
    head: get<HeadRow>(`${HEAD} WHERE queue = ? ORDER BY seq LIMIT 1`),
    last: get<HeadRow>(`${HEAD} WHERE queue = ? ORDER BY seq DESC LIMIT 1`),
    first: get<MessageRow>(
      'SELECT seq, msg_id, time, body IS NULL AS marker, notification, body FROM message WHERE queue = ? ORDER BY seq LIMIT 1',
    ),
    size: get<{ n: number }>('SELECT count(*) AS n FROM message WHERE queue = ?'),
    removeMessage: db.prepare('DELETE FROM message WHERE seq = ?'),
    removeMessages: db.prepare('DELETE FROM message WHERE queue = ?'),
    oldest: get<{ seq: number; queue: number; time: number; marker: number }>(
      `SELECT seq, queue, time, body IS NULL AS marker FROM message WHERE seq >= ? ORDER BY seq LIMIT ${EXPIRE_STEP}`,
    ),
    queues: get<{ n: number; last: number | null }>('SELECT count(*) AS n, max(id) AS last FROM queue'),
    messages: get<{ n: number; last: number | null }>('SELECT count(*) AS n, max(seq) AS last FROM message'),
  }

  const made = sql.queues.get()!
  let queues = made.n
  /** Never used twice while we run, so that nothing held for a deleted queue meets a new one. */
  let nextId = (made.last ?? 0) + 1
  const stored = sql.messages.get()!
  let messages = stored.n
  let nextSeq = (stored.last ?? 0) + 1
  let before = { queues, messages, nextSeq }
  let changed = false

  const cache = queueCache()

  function change(): void {
    if (changed) return
    sql.begin.run()
    before = { queues, messages, nextSeq }
    changed = true
  }

  function load(row: QueueRow | undefined): QueueRecord | undefined {
    if (row === undefined) return undefined
    const known = cache.byId(row.id)
    if (known !== undefined) return known
    const last = sql.last.get(row.id)
    return cache.keep({
      id: row.id,
      recipientId: row.recipient_id,
      senderId: row.sender_id,
      recipientKeys: decode(row.recipient_keys, (reader) => reader.list1(readAuthKey)),
      secret: boxKey(row.secret),
      senderKey: row.sender_key === null ? undefined : decode(row.sender_key, readAuthKey),
      mode: row.mode === null ? undefined : row.mode === 'M' ? 'messaging' : 'contact',
      linkId: row.link_id ?? undefined,
      off: row.off !== 0,
      usedDay: row.used_day,
      size: last === undefined ? 0 : sql.size.get(row.id)!.n,
      full: last?.marker === 1,
      head: undefined,
    })
  }

  /** The head after a change at the front is found out when somebody asks. */
  function dropHead(record: QueueRecord, seq: number): void {
    sql.removeMessage.run(seq)
    messages--
    record.size--
    record.head = undefined
    if (record.size === 0) record.full = false
  }

  function toHead(row: HeadRow): MessageHead {
    return { seq: row.seq, msgId: row.msg_id, time: row.time }
  }

  const store: RouterStore = {
    get queues() {
      return queues
    },
    get messages() {
      return messages
    },
    byRecipient: (id) => cache.byRecipient(id) ?? load(sql.byRecipient.get(id)),
    bySender: (id) => cache.bySender(id) ?? load(sql.bySender.get(id)),
    byLink: (id) => cache.byLink(id) ?? load(sql.byLink.get(id)),
    create({ recipientId, senderId, recipientKey, secret, mode, link, day }) {
      change()
      const keys = encode((writer) => writer.list1([recipientKey], (w, key) => w.short(encodePublicKey(key))))
      const modeText = mode === undefined ? null : mode === 'messaging' ? 'M' : 'C'
      const id = nextId++
      sql.create.run(id, recipientId, senderId, keys, secret, modeText, day)
      queues++
      const record = cache.keep({
        id,
        recipientId: recipientId.slice(),
        senderId: senderId.slice(),
        recipientKeys: [recipientKey],
        secret: boxKey(secret),
        senderKey: undefined,
        mode,
        linkId: undefined,
        off: false,
        usedDay: day,
        size: 0,
        full: false,
        head: undefined,
      })
      if (link !== undefined) store.setLink(record, link.linkId, link.data)
      return record
    },
    secure(queue, key) {
      change()
      sql.secure.run(
        encode((writer) => writer.short(encodePublicKey(key))),
        queue.id,
      )
      ;(queue as QueueRecord).senderKey = key
    },
    setRecipientKeys(queue, keys) {
      change()
      sql.setKeys.run(
        encode((writer) => writer.list1(keys, (w, key) => w.short(encodePublicKey(key)))),
        queue.id,
      )
      ;(queue as QueueRecord).recipientKeys = keys
    },
    suspend(queue) {
      change()
      sql.suspend.run(queue.id)
      ;(queue as QueueRecord).off = true
    },
    remove(queue) {
      change()
      sql.removeMessages.run(queue.id)
      sql.removeLink.run(queue.id)
      sql.remove.run(queue.id)
      queues--
      messages -= queue.size
      cache.forget(queue as QueueRecord)
    },
    touch(queue, day) {
      change()
      sql.touch.run(day, queue.id)
      ;(queue as QueueRecord).usedDay = day
    },
    linkData(queue) {
      if (queue.linkId === undefined) return undefined
      return sql.linkData.get(queue.id)
    },
    setLink(queue, linkId, { fixed, user }) {
      change()
      sql.setLink.run(queue.id, linkId, fixed, user)
      cache.setLink(queue as QueueRecord, linkId.slice())
    },
    removeLink(queue) {
      if (queue.linkId === undefined) return
      change()
      sql.removeLink.run(queue.id)
      cache.setLink(queue as QueueRecord, undefined)
    },
    append(queue, { msgId, time, content }) {
      change()
      const seq = nextSeq++
      sql.append.run(seq, queue.id, msgId, time, content?.notification === true ? 1 : 0, content?.body ?? null)
      messages++
      const record = queue as QueueRecord
      if (record.size === 0) record.head = { seq, msgId, time }
      record.size++
      if (content === undefined) record.full = true
      return { seq, msgId, time, content }
    },
    head(queue) {
      if (queue.size === 0) return undefined
      if (queue.head !== undefined) return queue.head
      const row = sql.head.get(queue.id)
      if (row !== undefined) (queue as QueueRecord).head = toHead(row)
      return queue.head
    },
    first(queue) {
      if (queue.size === 0) return undefined
      const row = sql.first.get(queue.id)
      if (row === undefined) return undefined
      const head = toHead(row)
      ;(queue as QueueRecord).head = head
      return {
        ...head,
        content: row.body === null ? undefined : { notification: row.notification !== 0, body: row.body },
      }
    },
    removeHead(queue) {
      const head = store.head(queue)
      if (head === undefined) return
      change()
      dropHead(queue as QueueRecord, head.seq)
    },
    expire(queue, time) {
      for (let head = store.head(queue); head !== undefined && head.time < time; head = store.head(queue)) {
        if (queue.full && queue.size === 1) return
        change()
        dropHead(queue as QueueRecord, head.seq)
      }
    },
    expireSome(from, time) {
      const rows = sql.oldest.all(from)
      for (const { seq, queue, time: received, marker } of rows) {
        if (received >= time) return undefined
        if (marker === 1) continue
        change()
        const record = cache.byId(queue)
        if (record !== undefined) {
          dropHead(record, seq)
        } else {
          sql.removeMessage.run(seq)
          messages--
        }
      }
      return rows.length < EXPIRE_STEP ? undefined : rows.at(-1)!.seq + 1
    },
    get changed() {
      return changed
    },
    commit() {
      if (!changed) return
      try {
        sql.commit.run()
      } catch (error) {
        throw asHearthError(error, 'store', 'commit')
      }
      changed = false
    },
    rollback() {
      if (db.inTransaction) sql.rollback.run()
      if (changed) ({ queues, messages, nextSeq } = before)
      changed = false
      cache.clear()
    },
    trim: (limit) => cache.trim(limit),
    snapshot: async (path) => {
      await db.backup(path)
    },
    close() {
      db.pragma('wal_checkpoint(TRUNCATE)')
      db.close()
    },
  }
  return store
}
