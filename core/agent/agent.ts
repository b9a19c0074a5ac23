import { asHearthError } from '../codec/error.ts'
import { sha256 } from '../crypto/hash.ts'
import type { Env } from '../env/env.ts'
import { wait } from '../env/wait.ts'
import { formatRouterAddress, type RouterAddress } from '../smp/address.ts'
import type { SmpClientEvents } from '../smp/client/api.ts'
import { createSmpClient } from '../smp/client/client.ts'
import type { SmpClientOptions } from '../smp/client/options.ts'
import type { Store, Tx } from '../store/database.ts'
import { createAddress, createInvitation, createPreparedAddress, linksOf, prepareAddress } from './addresses.ts'
import { allow, performAllow, performSecure } from './allow.ts'
import type { Agent, AgentHandler, ConnectionInfo, ConnId } from './api.ts'
import { createBulkCipher } from './bulk/cipher.ts'
import { type Commands, createCommands } from './commands.ts'
import { join, performJoin } from './connect.ts'
import { AGENT_DEFAULTS, type AgentContext, type AgentSettings, emit } from './context.ts'
import { createDeliveries, type Deliveries } from './deliver.ts'
import { joined } from './joined.ts'
import { deleteLink, setLinkData, writeLink } from './link-data.ts'
import { createQueueIndex, type IndexedQueue } from './queue-index.ts'
import { readLink } from './read-link.ts'
import { receive, releaseHeld } from './receive.ts'
import { loadRcvQueue } from './records/queues.ts'
import { loadRatchet } from './records/ratchets.ts'
import { createRouterRecords } from './records/routers.ts'
import { performDelete, performSuspend, remove, suspend } from './remove.ts'
import { accept, reject } from './requests.ts'
import { retire } from './retire.ts'
import { pendingMessages, send, sendMany, storeBody } from './send.ts'
import { createSynchronisation, synchronise } from './synchronise.ts'

export interface AgentDependencies {
  readonly env: Env
  readonly store: Store
  readonly handler: AgentHandler
  /** Where own queues are created, passwords included. */
  readonly routers: readonly RouterAddress[]
  readonly settings?: Partial<AgentSettings>
  readonly client?: Partial<SmpClientOptions>
}

/** How often a message whose handling failed is tried again before it is given up. */
const ATTEMPTS = 10

/** The agent of one host. Nothing happens before `start`. */
export function createAgent(dependencies: AgentDependencies): Agent {
  const { env, store, handler } = dependencies
  const settings = { ...AGENT_DEFAULTS, ...dependencies.settings }
  const index = createQueueIndex()
  const stopping = new AbortController()
  const receiving = new Set<Promise<void>>()

  const events: SmpClientEvents = {
    message(router, recipientId, message) {
      const queue = index.find(router, recipientId)
      if (queue === undefined || stopping.signal.aborted) return
      const work = receiveMessage(queue, message.msgId, message.body).finally(() => receiving.delete(work))
      receiving.add(work)
    },
    end: (router, recipientId) => lost('END', router, recipientId),
    deleted: (router, recipientId) => lost('DELD', router, recipientId),
    up(router, recipientIds) {
      deliveries.reachable(router)
      announce('UP', router, recipientIds)
    },
    down: (router, recipientIds) => announce('DOWN', router, recipientIds),
    refused(router, recipientId, error) {
      const queue = index.find(router, recipientId)
      if (queue === undefined) return
      record((tx) => emit(context, tx, { type: 'ERR', conn: queue.conn, operation: 'subscribe', error }))
    },
  }

  const context: AgentContext = {
    env,
    store,
    settings,
    index,
    handler,
    routers: dependencies.routers,
    client: createSmpClient(env, events, dependencies.client),
    cipher: createBulkCipher({ threads: settings.threads }),
    records: createRouterRecords(),
    full: new Set(),
    leaving: new Set(),
    wakeDelivery: (conn, router) => deliveries.wake(conn, router),
    resumeDelivery: (conn) => deliveries.resume(conn),
    wakeCommands: (conn) => commands.wake(conn),
    wakeSynchronisation: () => synchronisation.wake(),
  }
  const deliveries: Deliveries = createDeliveries(context)
  const commands: Commands = createCommands(context, {
    join: performJoin,
    allow: performAllow,
    secure: performSecure,
    link: writeLink,
    delete: performDelete,
    suspend: performSuspend,
  })

  const synchronisation = createSynchronisation(context)

  async function receiveMessage(queue: IndexedQueue, brokerId: Uint8Array, body: Uint8Array): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        const disposition = await store.write((tx) => receive(context, tx, queue, brokerId, body))
        if (disposition === 'acknowledge') acknowledgeToRouter(queue, brokerId)
        return
      } catch (error) {
        const failure = asHearthError(error, 'protocol', 'internal')
        env.log.error('message not recorded', { conn: queue.conn, attempt, kind: failure.kind, code: failure.code })
        if (attempt >= ATTEMPTS && failure.kind !== 'store') {
          acknowledgeToRouter(queue, brokerId)
          return
        }
        try {
          await wait(env.clock, Math.min(1_000 * 2 ** attempt, 60_000), stopping.signal)
        } catch {
          return
        }
      }
    }
  }

  /** Where this fails, the router delivers the message again, and it is recognised. */
  function acknowledgeToRouter(queue: IndexedQueue, brokerId: Uint8Array): void {
    context.client.acknowledge(queue.router, queue.recipientId, queue.key, brokerId).catch((error: unknown) => {
      env.log.debug('not acknowledged', { conn: queue.conn, code: asHearthError(error, 'network', 'ack').code })
    })
  }

  /** Records what is not tied to a message; the state behind it is found again after a restart. */
  function record(work: (tx: Tx) => Promise<unknown>): void {
    if (stopping.signal.aborted) return
    store.write(work).catch((error: unknown) => {
      env.log.error('event not recorded', { code: asHearthError(error, 'store', 'event').code })
    })
  }

  function lost(type: 'END' | 'DELD', router: RouterAddress, recipientId: Uint8Array): void {
    const queue = index.find(router, recipientId)
    if (queue !== undefined) record((tx) => emit(context, tx, { type, conn: queue.conn }))
  }

  function announce(type: 'UP' | 'DOWN', router: RouterAddress, recipientIds: readonly Uint8Array[]): void {
    const conns = recipientIds.flatMap((recipientId) => index.find(router, recipientId)?.conn ?? [])
    const name = formatRouterAddress({ hosts: router.hosts, port: router.port, keyHash: router.keyHash })
    if (conns.length > 0) record((tx) => emit(context, tx, { type, router: name, conns }))
  }

  async function subscribeAll(): Promise<void> {
    const queues = await store.read(async (tx) => {
      const rows = await tx.all<{ conn: number; router: number; rcv_id: Uint8Array; rcv_key: Uint8Array }>(
        'SELECT q.conn, q.router, q.rcv_id, q.rcv_key FROM rcv_queues q JOIN connections c ON c.conn = q.conn ' +
          'WHERE c.deleted = 0 ORDER BY q.conn',
      )
      const byRouter = new Map<number, { router: RouterAddress; queues: IndexedQueue[] }>()
      for (const row of rows) {
        let group = byRouter.get(row.router)
        if (group === undefined) {
          group = { router: await context.records.get(tx, row.router), queues: [] }
          byRouter.set(row.router, group)
        }
        const key = { algorithm: 'Ed25519', raw: row.rcv_key } as const
        group.queues.push({ conn: row.conn, router: group.router, recipientId: row.rcv_id, key })
      }
      return [...byRouter.values()]
    })
    for (const group of queues) {
      for (const queue of group.queues) index.add(queue)
      context.client.subscribe(group.router, group.queues)
    }
  }

  return {
    async start() {
      await subscribeAll()
      await deliveries.start()
      await commands.start()
      synchronisation.start()
    },
    async stop() {
      stopping.abort()
      const sent = deliveries.stop()
      const done = Promise.all([commands.stop(), synchronisation.stop()])
      await context.client.close()
      await Promise.all([sent, done, ...receiving])
      await context.cipher.close()
    },
    retire,
    resubscribe(conn) {
      const queue = index.of(conn)
      if (queue !== undefined && !stopping.signal.aborted) context.client.subscribe(queue.router, [queue])
    },
    createInvitation: (options) => createInvitation(context, options),
    createAddress: (options) => createAddress(context, options),
    prepareAddress: (options) => prepareAddress(context, options),
    createPreparedAddress: (prepared, data) => createPreparedAddress(context, prepared, data),
    readLink: (link) => readLink(context, link),
    setLinkData: (tx, conn, data) => setLinkData(context, tx, conn, data),
    deleteLink: (tx, conn) => deleteLink(context, tx, conn),
    linksOf: (tx, conn) => linksOf(context, tx, conn),
    linkKeyOf: async (tx, conn) => (await loadRcvQueue(tx, conn))?.link?.rootKey,
    join: (tx, link, info) => join(context, tx, link, info),
    joined: (tx, link) => joined(context, tx, link),
    allow: (tx, conn, confirmation, info) => allow(context, tx, conn, confirmation, info),
    accept: (tx, request, info) => accept(context, tx, request, info),
    reject: (tx, request) => reject(tx, request),
    send: (tx, conn, body, options) => send(context, tx, conn, body, options),
    storeBody,
    sendMany: (tx, sends, options) => sendMany(context, tx, sends, options),
    pending: pendingMessages,
    synchronise: (tx, conn, options) => synchronise(context, tx, conn, options?.force),
    async acknowledge(conn, message) {
      const brokerId = await store.write(async (tx) => {
        const queue = await loadRcvQueue(tx, conn)
        return (await releaseHeld(tx, conn, message)) ? queue?.lastBrokerId : undefined
      })
      const queue = index.of(conn)
      if (brokerId !== undefined && queue !== undefined) acknowledgeToRouter(queue, brokerId)
    },
    remove: (tx, conn, options) => remove(context, tx, conn, options),
    suspend: (tx, conn) => suspend(context, tx, conn),
    connections: (tx) => connections(context, tx),
    async securityCode(tx, conn) {
      const state = await loadRatchet(tx, conn)
      return state && sha256(state.ad)
    },
  }
}

async function connections(context: AgentContext, tx: Tx): Promise<ConnectionInfo[]> {
  const rows = await tx.all<{
    conn: ConnId
    kind: 'invitation' | 'contact'
    agent_version: number
    deleted: number
    rcv_status: string | null
    snd_status: string | null
    quota_since: number | null
    pending: number
  }>(
    'SELECT c.conn, c.kind, c.agent_version, c.deleted, r.status AS rcv_status, s.status AS snd_status, s.quota_since, ' +
      '(SELECT count(*) FROM snd_messages m WHERE m.conn = c.conn) AS pending FROM connections c ' +
      'LEFT JOIN rcv_queues r ON r.conn = c.conn LEFT JOIN snd_queues s ON s.conn = c.conn ORDER BY c.conn',
  )
  return rows.map((row) => {
    const queue = context.index.of(row.conn)
    const both = row.rcv_status !== null && row.snd_status !== null
    const connected = both && row.rcv_status !== 'new' && row.snd_status !== 'new' && row.snd_status !== 'secured'
    return {
      conn: row.conn,
      kind: row.kind,
      state: row.deleted ? 'deleted' : connected ? 'connected' : both ? 'pending' : 'new',
      subscribed: queue !== undefined && context.client.subscriptionState(queue.router, queue.recipientId) === 'active',
      agentVersion: row.agent_version,
      pending: row.pending,
      quotaSince: row.quota_since ?? undefined,
    }
  })
}
