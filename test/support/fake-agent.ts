import { deserialize, serialize } from 'node:v8'
import type {
  Agent,
  AgentEvent,
  AgentHandler,
  BulkSend,
  ConnId,
  Failure,
  LinkContent,
  LinkUserData,
  PreparedAddress,
  SendOptions,
  StoredBody,
} from '../../core/agent/api.ts'
import { base64urlUnpadded } from '../../core/codec/base64url.ts'
import { fromUtf8Lossy, utf8 } from '../../core/codec/bytes.ts'
import { HearthError } from '../../core/codec/error.ts'
import type { PrivateKey, PublicKey } from '../../core/codec/keys.ts'
import { sha256 } from '../../core/crypto/hash.ts'
import { generateKeyPair, publicKeyOf } from '../../core/crypto/keypair.ts'
import type { Env } from '../../core/env/env.ts'
import type { Store, Tx } from '../../core/store/database.ts'

/**
 * An agent without a network, for tests of what stands on it. It keeps the promises of core/agent/api.ts: what it is
 * told to do is part of the caller's transaction (its state lies in the host's own database), happens after the commit
 * and after a restart; events come in order for each connection, inside the transaction that records them, until they
 * are committed once. The network below is a table of inboxes and links that outlives every host.
 */
export interface FakeNetwork {
  /** The agent of one life of a host. */
  agent(host: string, env: Env, store: Store): FakeAgent
  /** The next `count` reads of this link (any link without it) fail. */
  failReads(count: number, error: HearthError, link?: string): void
  /** Reads of links so far, by link. */
  readonly reads: ReadonlyMap<string, number>
  /** A router holds so many messages for one connection. Default 128. */
  quota: number
  /** What handlers threw; empty in a test that went well. */
  readonly errors: unknown[]
  /** The link's data as anybody reads it. */
  link(link: string): LinkContent | undefined
  /** Every message that reached an inbox: for looking at what crossed the wire. */
  readonly wire: readonly { readonly from: string; readonly to: string; readonly body: Uint8Array }[]
  /** The queue of `host/conn` is gone from its router: whoever sends to it gets AUTH. */
  sever(connection: string): void
  /** What each inbox holds: `host/conn` and the kind of event, oldest first. */
  waiting(host: string): readonly string[]
}

export interface FakeAgent extends Agent {
  setHandler(handler: AgentHandler): void
  /** The host is gone: nothing of this life has an effect any more. */
  kill(): void
}

interface Item {
  readonly id: string
  readonly conn: ConnId
  readonly event: ItemEvent
  held: boolean
}

type ItemEvent =
  | { readonly type: 'REQ'; readonly from: string; readonly info: Uint8Array }
  | { readonly type: 'CONF'; readonly from: string; readonly info: Uint8Array }
  | { readonly type: 'INFO'; readonly info: Uint8Array }
  | { readonly type: 'CON' | 'DELETED' | 'QCONT' }
  /** Only the agent's: its connection has its peer. */
  | { readonly type: 'JOINED'; readonly from: string }
  | { readonly type: 'MSG'; readonly body: Uint8Array; readonly brokerTime: number }
  | { readonly type: 'SENT'; readonly message: number }
  | { readonly type: 'MERR' | 'MWARN'; readonly message: number; readonly code: 'AUTH' | 'QUOTA' }
  | { readonly type: 'LINK'; readonly data: LinkUserData }
  | { readonly type: 'ERR'; readonly code: string }

type Action =
  | { readonly type: 'join'; readonly link: string; readonly info: Uint8Array }
  | { readonly type: 'conf'; readonly info: Uint8Array }
  | { readonly type: 'info'; readonly info: Uint8Array }
  | { readonly type: 'msg'; readonly message: number; readonly body: Uint8Array; readonly report: boolean }
  | { readonly type: 'remove'; readonly address: string | null }
  | { readonly type: 'lset'; readonly data: LinkUserData }
  | { readonly type: 'ldel' }

interface LinkRecord {
  readonly owner: string
  content: LinkContent | undefined
  /** A one-time link: whoever comes first has it. */
  readonly once?: boolean
}

interface ConnRow {
  readonly conn: number
  readonly kind: 'invitation' | 'contact'
  readonly peer: string | null
  readonly state: 'pending' | 'connected' | 'deleted'
  readonly link: string | null
  readonly root_key: Uint8Array | null
  readonly messages: number
  readonly quota: number
}

const TABLES = [
  `CREATE TABLE IF NOT EXISTS fake_conns (conn INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT, peer TEXT, state TEXT,
    link TEXT, root_key BLOB, messages INTEGER DEFAULT 0, quota INTEGER DEFAULT 0)`,
  'CREATE TABLE IF NOT EXISTS fake_out (seq INTEGER PRIMARY KEY AUTOINCREMENT, conn INTEGER, type TEXT, action BLOB)',
  'CREATE TABLE IF NOT EXISTS fake_in (id TEXT PRIMARY KEY)',
  'CREATE TABLE IF NOT EXISTS fake_requests (request INTEGER PRIMARY KEY AUTOINCREMENT, peer TEXT, used INTEGER)',
  'CREATE TABLE IF NOT EXISTS fake_confirmations (confirmation INTEGER PRIMARY KEY AUTOINCREMENT, conn INTEGER, peer TEXT)',
  'CREATE TABLE IF NOT EXISTS fake_bodies (body INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB)',
]

export function createFakeNetwork(): FakeNetwork {
  const inboxes = new Map<string, Item[]>()
  const links = new Map<string, LinkRecord>()
  const gone = new Set<string>()
  const living = new Map<string, { wake(): void }>()
  const stalled = new Map<string, string>()
  const done = new Set<string>()
  const failures: { left: number; readonly error: HearthError; readonly link: string | undefined }[] = []
  const reads = new Map<string, number>()
  const wire: { from: string; to: string; body: Uint8Array }[] = []
  let serial = 0

  function inbox(host: string): Item[] {
    let items = inboxes.get(host)
    if (items === undefined) {
      items = []
      inboxes.set(host, items)
    }
    return items
  }

  function put(to: string, event: ItemEvent): void {
    const at = to.lastIndexOf('/')
    const host = to.slice(0, at)
    inbox(host).push({ id: `${++serial}`, conn: Number(to.slice(at + 1)), event, held: false })
    living.get(host)?.wake()
  }

  function readNow(link: string): LinkContent {
    reads.set(link, (reads.get(link) ?? 0) + 1)
    const failure = failures.find(({ left, link: only }) => left > 0 && (only === undefined || only === link))
    if (failure !== undefined) {
      failure.left--
      throw failure.error
    }
    const content = links.get(link)?.content
    if (content === undefined) throw new HearthError('router', 'AUTH', 'the link is gone')
    return content
  }

  const network: FakeNetwork = {
    reads,
    quota: 128,
    errors: [],
    wire,
    failReads: (count, error, link) => void failures.push({ left: count, error, link }),
    link: (link) => links.get(link)?.content,
    sever: (connection) => void gone.add(connection),
    waiting: (host) => inbox(host).map(({ conn, event }) => `${host}/${conn} ${event.type}`),
    agent: createAgent,
  }

  function createAgent(host: string, env: Env, store: Store): FakeAgent {
    let handler: AgentHandler = { handle: async () => undefined }
    let started = false
    let dead = false
    let busy = false
    let scheduled = false
    const seen = new Set<string>()

    function wake(): void {
      if (!started || dead || scheduled) return
      scheduled = true
      env.clock.soon(() => {
        scheduled = false
        void turn()
      })
    }

    async function turn(): Promise<void> {
      if (dead || !started) return
      if (busy) {
        wake()
        return
      }
      busy = true
      try {
        const sent = await pump()
        const received = await deliver()
        if (sent || received) wake()
      } catch (error) {
        network.errors.push(error)
        env.clock.timer(1000, wake)
      } finally {
        busy = false
      }
    }

    /** Does what was committed, in order; a full inbox stops its connection. */
    async function pump(): Promise<boolean> {
      const rows = await store.read((tx) =>
        tx.all<{ seq: number; conn: number; action: Uint8Array; peer: string | null; quota: number }>(
          `SELECT seq, fake_out.conn, action, peer, quota FROM fake_out JOIN fake_conns ON fake_conns.conn = fake_out.conn
           ORDER BY seq`,
        ),
      )
      const blocked = new Set<number>()
      const finished: number[] = []
      const full: number[] = []
      for (const row of rows) {
        if (dead) return false
        if (blocked.has(row.conn)) continue
        const action = deserialize(row.action) as Action
        const key = `${host}#${row.seq}`
        if (!done.has(key)) {
          if (action.type === 'msg' && row.peer === null) {
            blocked.add(row.conn)
            continue
          }
          if (action.type === 'msg' && isFull(row.peer!)) {
            blocked.add(row.conn)
            stalled.set(row.peer!, `${host}/${row.conn}`)
            if (row.quota === 0) {
              full.push(row.conn)
              put(`${host}/${row.conn}`, { type: 'MWARN', message: action.message, code: 'QUOTA' })
            }
            continue
          }
          perform(`${host}/${row.conn}`, row.peer, action)
          done.add(key)
        }
        finished.push(row.seq)
      }
      if (finished.length === 0 && full.length === 0) return false
      await store.write(async (tx) => {
        for (const seq of finished) await tx.run('DELETE FROM fake_out WHERE seq = ?', seq)
        for (const conn of full) await tx.run('UPDATE fake_conns SET quota = 1 WHERE conn = ?', conn)
      })
      return true
    }

    function isFull(peer: string): boolean {
      const at = peer.lastIndexOf('/')
      const conn = Number(peer.slice(at + 1))
      const held = inbox(peer.slice(0, at)).filter((item) => item.conn === conn && item.event.type === 'MSG')
      return held.length >= network.quota
    }

    function perform(self: string, peer: string | null, action: Action): void {
      switch (action.type) {
        case 'join': {
          const record = links.get(action.link.replace(/^full:/, ''))
          if (record === undefined || gone.has(record.owner)) {
            put(self, { type: 'ERR', code: 'AUTH' })
          } else if (record.once) {
            links.delete(action.link.replace(/^full:/, ''))
            put(self, { type: 'JOINED', from: record.owner })
            put(record.owner, { type: 'CONF', from: self, info: action.info })
          } else {
            put(record.owner, { type: 'REQ', from: self, info: action.info })
          }
          return
        }
        case 'conf':
          put(peer!, { type: 'CONF', from: self, info: action.info })
          return
        case 'info':
          put(peer!, { type: 'INFO', info: action.info })
          put(peer!, { type: 'CON' })
          put(self, { type: 'CON' })
          return
        case 'msg': {
          if (gone.has(peer!)) {
            put(self, { type: 'MERR', message: action.message, code: 'AUTH' })
            return
          }
          wire.push({ from: self, to: peer!, body: action.body })
          put(peer!, { type: 'MSG', body: action.body, brokerTime: Math.floor(env.clock.now() / 1000) * 1000 })
          if (action.report) put(self, { type: 'SENT', message: action.message })
          return
        }
        case 'remove':
          gone.add(self)
          if (action.address !== null) links.delete(action.address)
          put(self, { type: 'DELETED' })
          return
        case 'lset': {
          // An attempt that was rolled back left a link of the same name.
          const record = [...links.values()].findLast(({ owner }) => owner === self)
          if (record?.content !== undefined) record.content = { ...record.content, ...action.data }
          put(self, { type: 'LINK', data: action.data })
          return
        }
        case 'ldel':
          for (const record of links.values()) if (record.owner === self) record.content = undefined
      }
    }

    /** Hands over the first event that may go now. */
    async function deliver(): Promise<boolean> {
      const items = inbox(host)
      const waitingConns = new Set<number>()
      for (const item of items) {
        if (item.event.type === 'MSG' && waitingConns.has(item.conn)) continue
        if (item.held) {
          waitingConns.add(item.conn)
          continue
        }
        const verdict = await handOver(item)
        if (dead) return false
        if (verdict === 'later') {
          waitingConns.add(item.conn)
          continue
        }
        if (verdict === 'held') item.held = true
        else take(item)
        return true
      }
      return false
    }

    function take(item: Item): void {
      const items = inbox(host)
      const index = items.indexOf(item)
      if (index >= 0) items.splice(index, 1)
      const self = `${host}/${item.conn}`
      const sender = stalled.get(self)
      const left = items.filter(({ conn, event }) => conn === item.conn && event.type === 'MSG').length
      if (sender !== undefined && left === 0) {
        stalled.delete(self)
        put(sender, { type: 'QCONT' })
      }
    }

    async function handOver(item: Item): Promise<'done' | 'later' | 'held'> {
      return store.write(async (tx) => {
        if ((await tx.get('SELECT id FROM fake_in WHERE id = ?', item.id)) !== undefined) return 'done'
        const conn = await tx.get<ConnRow>('SELECT * FROM fake_conns WHERE conn = ?', item.conn)
        const over = conn === undefined || conn.state === 'deleted'
        if (item.event.type === 'MSG' && !over && conn.state !== 'connected') return 'later'
        if (item.event.type === 'JOINED') {
          await tx.run('UPDATE fake_conns SET peer = ? WHERE conn = ?', item.event.from, item.conn)
        } else if (!over || item.event.type === 'DELETED') {
          const event = await prepare(tx, item, item.event)
          if ((await handler.handle(tx, event)) === 'hold') return 'held'
        }
        await tx.run('INSERT INTO fake_in (id) VALUES (?)', item.id)
        return 'done'
      })
    }

    async function prepare(tx: Tx, item: Item, event: Exclude<ItemEvent, { type: 'JOINED' }>): Promise<AgentEvent> {
      const { conn } = item
      switch (event.type) {
        case 'REQ': {
          const row = await tx.get<{ request: number }>(
            'INSERT INTO fake_requests (peer, used) VALUES (?, 0) RETURNING request',
            event.from,
          )
          return { type: 'REQ', conn, request: row!.request, info: event.info }
        }
        case 'CONF': {
          await tx.run('UPDATE fake_conns SET peer = ? WHERE conn = ?', event.from, conn)
          const row = await tx.get<{ confirmation: number }>(
            'INSERT INTO fake_confirmations (conn, peer) VALUES (?, ?) RETURNING confirmation',
            conn,
            event.from,
          )
          return { type: 'CONF', conn, confirmation: row!.confirmation, info: event.info }
        }
        case 'CON':
          await tx.run("UPDATE fake_conns SET state = 'connected' WHERE conn = ?", conn)
          return { type: 'CON', conn }
        case 'QCONT':
          await tx.run('UPDATE fake_conns SET quota = 0 WHERE conn = ?', conn)
          return { type: 'QCONT', conn }
        case 'MSG': {
          const row = await tx.get<{ messages: number }>(
            'UPDATE fake_conns SET messages = messages + 1 WHERE conn = ? RETURNING messages',
            conn,
          )
          const repeated = seen.has(item.id)
          seen.add(item.id)
          const { body, brokerTime } = event
          return { type: 'MSG', conn, message: row!.messages, brokerTime, integrity: { type: 'ok' }, body, repeated }
        }
        case 'MERR':
        case 'MWARN': {
          const error = new HearthError('router', event.code, event.code, event.type === 'MWARN')
          return { type: event.type, conn, message: event.message, error }
        }
        case 'ERR':
          return { type: 'ERR', conn, operation: 'join', error: new HearthError('router', event.code) }
        case 'LINK':
          return { ...event, conn, write: 0 }
        case 'DELETED':
          await tx.run('DELETE FROM fake_conns WHERE conn = ?', conn)
          return { type: 'DELETED', conn }
        default:
          return { ...event, conn }
      }
    }

    async function act(tx: Tx, conn: ConnId, action: Action): Promise<void> {
      await tx.run('INSERT INTO fake_out (conn, type, action) VALUES (?, ?, ?)', conn, action.type, serialize(action))
      tx.afterCommit(wake)
    }

    async function newConn(tx: Tx, kind: ConnRow['kind'], peer: string | null): Promise<ConnId> {
      const row = await tx.get<{ conn: number }>(
        "INSERT INTO fake_conns (kind, peer, state) VALUES (?, ?, 'pending') RETURNING conn",
        kind,
        peer,
      )
      return row!.conn
    }

    async function rowOf(tx: Tx, conn: ConnId): Promise<ConnRow | undefined> {
      return tx.get<ConnRow>('SELECT * FROM fake_conns WHERE conn = ?', conn)
    }

    function newLink(type: string): string {
      const id = type === 'i' ? `${base64urlUnpadded(env.random(24))}/` : ''
      return `https://router.example/${type}#${id}${base64urlUnpadded(env.random(32))}`
    }

    async function register(
      link: string,
      rootKey: PrivateKey<'Ed25519'>,
      data: LinkUserData,
      rest: { entityId: Uint8Array | undefined; clientData: string | undefined },
      once = false,
    ): Promise<ConnId> {
      const publicKey: PublicKey<'Ed25519'> = publicKeyOf(rootKey)
      const content = { ...data, link, fullLink: `full:${link}`, rootKey: publicKey, ...rest }
      return store.write(async (tx) => {
        const id = await newConn(tx, once ? 'invitation' : 'contact', null)
        await tx.run('UPDATE fake_conns SET link = ?, root_key = ? WHERE conn = ?', link, rootKey.raw, id)
        // The router has it before the host has committed that it does.
        links.set(link, { owner: `${host}/${id}`, content, once })
        return id
      })
    }

    async function send(
      tx: Tx,
      conn: ConnId,
      body: Uint8Array | StoredBody,
      options: SendOptions = {},
    ): Promise<number> {
      const row = await rowOf(tx, conn)
      if (row === undefined || row.state === 'deleted' || row.peer === null) {
        throw new HearthError('usage', 'not-connected', 'the connection cannot be sent to')
      }
      const bytes =
        typeof body === 'number'
          ? (await tx.get<{ bytes: Uint8Array }>('SELECT bytes FROM fake_bodies WHERE body = ?', body))!.bytes
          : body
      const message = row.messages + 1
      await tx.run('UPDATE fake_conns SET messages = ? WHERE conn = ?', message, conn)
      await act(tx, conn, { type: 'msg', message, body: new Uint8Array(bytes), report: options.report === true })
      return message
    }

    return {
      setHandler(value) {
        handler = value
      },
      kill() {
        dead = true
        started = false
        if (living.get(host)?.wake === wake) living.delete(host)
      },
      async start() {
        await store.write(async (tx) => {
          for (const table of TABLES) await tx.run(table)
        })
        for (const item of inbox(host)) item.held = false
        started = true
        living.set(host, { wake })
        wake()
      },
      async stop() {
        started = false
        if (living.get(host)?.wake === wake) living.delete(host)
      },
      async createInvitation(options = {}) {
        const link = newLink('i')
        const { privateKey } = generateKeyPair('Ed25519', (size) => env.random(size))
        const data: LinkUserData = { direct: true, owners: [], relays: [], userData: options.userData ?? utf8('') }
        const rest = { entityId: undefined, clientData: options.clientData }
        return { conn: await register(link, privateKey, data, rest, true), full: `full:${link}`, short: link }
      },
      async createAddress(options) {
        const link = newLink(options.type)
        const rootKey = options.rootKey ?? generateKeyPair('Ed25519', (size) => env.random(size)).privateKey
        const data: LinkUserData = { direct: true, owners: [], relays: [], userData: options.userData }
        const rest = { entityId: options.entityId, clientData: options.clientData }
        return { conn: await register(link, rootKey, data, rest), full: `full:${link}`, short: link }
      },
      prepareAddress(options) {
        const short = newLink(options.type)
        const secret = utf8(Buffer.from(serialize({ ...options, short })).toString('base64'))
        return { short, full: `full:${short}`, secret } satisfies PreparedAddress
      },
      async createPreparedAddress(prepared, data) {
        const failure = failures.find(({ left, link }) => left > 0 && link === 'create')
        if (failure !== undefined) {
          failure.left--
          throw failure.error
        }
        const options = deserialize(Buffer.from(fromUtf8Lossy(prepared.secret), 'base64')) as {
          short: string
          rootKey: PrivateKey<'Ed25519'>
          entityId: Uint8Array | undefined
          clientData: string | undefined
        }
        const { entityId, clientData } = options
        return register(options.short, options.rootKey, data, { entityId, clientData })
      },
      async readLink(link) {
        await new Promise<void>((resolve) => env.clock.timer(5, resolve))
        return readNow(link)
      },
      async setLinkData(tx, conn, data) {
        await act(tx, conn, { type: 'lset', data })
        return 0
      },
      async deleteLink(tx, conn) {
        await act(tx, conn, { type: 'ldel' })
      },
      async linksOf(tx, conn) {
        const link = (await rowOf(tx, conn))?.link
        return link ? { full: `full:${link}`, short: link } : undefined
      },
      async linkKeyOf(tx, conn) {
        const raw = (await rowOf(tx, conn))?.root_key
        return raw ? { algorithm: 'Ed25519', raw } : undefined
      },
      async join(tx, link, info) {
        const conn = await newConn(tx, 'invitation', null)
        await act(tx, conn, { type: 'join', link, info })
        return conn
      },
      async joined() {
        return undefined
      },
      async allow(tx, conn, _confirmation, info) {
        await act(tx, conn, { type: 'info', info })
      },
      async accept(tx, request, info) {
        const row = await tx.get<{ peer: string; used: number }>(
          'SELECT peer, used FROM fake_requests WHERE request = ?',
          request,
        )
        if (row === undefined || row.used === 1) throw new HearthError('usage', 'no-request')
        await tx.run('UPDATE fake_requests SET used = 1 WHERE request = ?', request)
        const conn = await newConn(tx, 'invitation', row.peer)
        await act(tx, conn, { type: 'conf', info })
        return conn
      },
      async reject(tx, request) {
        await tx.run('UPDATE fake_requests SET used = 1 WHERE request = ?', request)
      },
      send,
      async storeBody(tx, bytes) {
        const row = await tx.get<{ body: number }>('INSERT INTO fake_bodies (bytes) VALUES (?) RETURNING body', bytes)
        return row!.body
      },
      async sendMany(tx, sends: readonly BulkSend[], options) {
        const failed: Failure[] = []
        for (const { conn, bodies } of sends) {
          try {
            for (const body of bodies) await send(tx, conn, body, options)
          } catch (error) {
            failed.push({ conn, error: error as HearthError })
          }
        }
        return failed
      },
      async pending(tx, conn) {
        const row = await tx.get<{ n: number }>(
          "SELECT count(*) AS n FROM fake_out WHERE conn = ? AND type = 'msg'",
          conn,
        )
        return row!.n
      },
      async acknowledge(conn) {
        const item = inbox(host).find((candidate) => candidate.held && candidate.conn === conn)
        if (item === undefined) return
        await store.write((tx) => tx.run('INSERT INTO fake_in (id) VALUES (?) ON CONFLICT DO NOTHING', item.id))
        take(item)
        wake()
      },
      async remove(tx, conn, options) {
        const row = await rowOf(tx, conn)
        if (row === undefined || row.state === 'deleted') return
        if (options?.afterDelivery !== true) {
          await tx.run("DELETE FROM fake_out WHERE conn = ? AND type = 'msg'", conn)
        }
        await tx.run("UPDATE fake_conns SET state = 'deleted' WHERE conn = ?", conn)
        await act(tx, conn, { type: 'remove', address: row.link })
      },
      async retire(tx) {
        await tx.run("DELETE FROM fake_out WHERE type = 'msg'")
      },
      resubscribe() {},
      async synchronise() {},
      async suspend(tx, conn) {
        await this.remove(tx, conn)
      },
      async connections(tx) {
        const rows = await tx.all<ConnRow>('SELECT * FROM fake_conns ORDER BY conn')
        return rows.map((row) => ({
          conn: row.conn,
          kind: row.kind,
          state: row.state,
          subscribed: true,
          agentVersion: 7,
          pending: 0,
          quotaSince: undefined,
        }))
      },
      /** The same at both ends. */
      async securityCode(tx, conn) {
        const peer = (await rowOf(tx, conn))?.peer
        return peer ? sha256(utf8([peer, `${host}/${conn}`].sort().join(' '))) : undefined
      },
    }
  }

  return network
}
