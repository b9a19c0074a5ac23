import { join } from 'node:path'
import type { VersionRange } from '../codec/version.ts'
import type { SigningAlgorithm } from '../crypto/sign.ts'
import type { Connection, Env } from '../env/env.ts'
import { checkedBasicAuth, type RouterAddress } from '../smp/address.ts'
import { SMP_VERSIONS } from '../transport/hello.ts'
import { acceptSession } from '../transport/session.ts'
import { openConnections } from './connections.ts'
import { type RouterStatistics, startEngine } from './engine.ts'
import { loadIdentity, makeFolder, ROUTER_DATABASE } from './identity.ts'
import { DEFAULT_LIMITS, type RouterLimits } from './limits.ts'
import { openRouterStore } from './store.ts'

export interface RouterOptions {
  /** Keys, certificates and database; made on first start. */
  readonly dir: string
  /** 0: any free port. */
  readonly port: number
  /** Where to listen; empty, the default: everywhere. */
  readonly listen?: string
  /** The name that clients find the router by, for the address and the certificate. */
  readonly host?: string
  /** Of the keys made on first start. */
  readonly algorithm?: SigningAlgorithm
  /** Who wants to create queues must know it. */
  readonly basicAuth?: string
  /** False: existing queues are served, new ones refused. */
  readonly newQueues?: boolean
  readonly versions?: VersionRange
  readonly limits?: Partial<RouterLimits>
}

export interface RunningRouter {
  /** Without the password, as it may be given to anybody. */
  readonly address: RouterAddress
  readonly port: number
  statistics(): RouterStatistics
  /** Writes a consistent copy of the database to `path`, while work goes on. */
  snapshot(path: string): Promise<void>
  /** Stops listening, ends the connections, closes the database. */
  stop(): Promise<void>
}

const LOCAL = '127.0.0.1'
/** Clients that do not close in this time are cut off. */
const PATIENCE = 2000

/** Starts an SMP router. Errors: usage `folder`, `identity`, `listen`; store `locked`, `newer`. */
export async function startRouter(env: Env, options: RouterOptions): Promise<RunningRouter> {
  const limits: RouterLimits = { ...DEFAULT_LIMITS, ...options.limits }
  const host = options.host ?? LOCAL
  const password = options.basicAuth === undefined ? undefined : checkedBasicAuth(options.basicAuth)
  makeFolder(options.dir)
  const identity = loadIdentity(env, options.dir, options.algorithm ?? 'Ed448', host)
  const store = openRouterStore(join(options.dir, ROUTER_DATABASE))
  const engine = startEngine(env, store, {
    limits,
    newQueues: { allowed: options.newQueues ?? true, password },
  })
  const connections = openConnections(limits)

  function accept(connection: Connection): void {
    if (!connections.admit(connection)) {
      connection.destroy()
      return
    }
    acceptSession(env, connection, identity, {
      timeout: limits.handshakeTimeout,
      versions: options.versions ?? SMP_VERSIONS,
    }).then(
      (session) => engine.add(connections.tracked(session, connection)),
      () => connections.gone(connection),
    )
  }

  try {
    const listener = await env.network.listen(
      {
        host: options.listen ?? '',
        port: options.port,
        certificateChain: identity.certificateChain,
        privateKey: identity.privateKey,
        maxConnections: limits.connections,
      },
      accept,
    )
    const { port } = listener
    const address: RouterAddress = { hosts: [host], port: String(port), keyHash: identity.keyHash }
    env.log.info('router started', { port, queues: store.queues, messages: store.messages })
    return {
      address,
      port,
      statistics: () => engine.statistics(),
      snapshot: (path) => store.snapshot(path),
      async stop() {
        await listener.close()
        engine.stop()
        await connections.close(env, PATIENCE)
        store.close()
        env.log.info('router stopped')
      },
    }
  } catch (error) {
    engine.stop()
    store.close()
    throw error
  }
}
