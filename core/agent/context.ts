import type { Env } from '../env/env.ts'
import type { RouterAddress } from '../smp/address.ts'
import type { SmpClient } from '../smp/client/api.ts'
import type { Store, Tx } from '../store/database.ts'
import type { AgentEvent, AgentHandler, ConnId } from './api.ts'
import type { BulkCipher } from './bulk/cipher.ts'
import type { QueueIndex } from './queue-index.ts'
import type { SenderKeyAlgorithm } from './records/queues.ts'
import type { RouterRecords } from './records/routers.ts'

/** What every part of the agent works with; made once in agent.ts. */
export interface AgentContext {
  readonly env: Env
  readonly store: Store
  readonly settings: AgentSettings
  /** Where own queues are created. */
  readonly routers: readonly RouterAddress[]
  readonly client: SmpClient
  readonly cipher: BulkCipher
  readonly records: RouterRecords
  readonly index: QueueIndex
  readonly handler: AgentHandler
  /** Connections whose peer has a full queue, as the database has it. */
  readonly full: Set<ConnId>
  /** Connections whose deletion waits for what is still being sent. */
  readonly leaving: Set<ConnId>
  /** Something waits for this router: continue sending. */
  wakeDelivery(conn: ConnId, router: number): void
  /** The peer drained its queue. */
  resumeDelivery(conn: ConnId): void
  wakeCommands(conn: ConnId): void
  /** A connection is to renew its ratchet later. */
  wakeSynchronisation(): void
}

export interface AgentSettings {
  /** Routers that short links may leave out details of. */
  readonly presets: readonly RouterAddress[]
  /** Milliseconds after which a message that no router took is given up (agent §7.6). */
  readonly expireNetwork: number
  readonly expireQuota: number
  /** Milliseconds between two renewals of a ratchet that we begin by ourselves (agent §9.2). */
  readonly syncInterval: number
  /** Persisted operations under way at the same time. */
  readonly parallelCommands: number
  /** Messages encrypted together. */
  readonly deliveryBatch: number
  /**
   * Kind of the keys that authorise sending. Signatures are what the reference's agent makes; authenticators cost a
   * third of their time on both sides, and prove nothing to third parties (smp §2.7).
   */
  readonly senderKeys: SenderKeyAlgorithm
  /** Threads for encryption; 0 encrypts in line. */
  readonly threads: number
}

const DAY = 86_400_000

export const AGENT_DEFAULTS: AgentSettings = {
  presets: [],
  expireNetwork: 2 * DAY,
  expireQuota: 7 * DAY,
  syncInterval: 600_000,
  parallelCommands: 64,
  deliveryBatch: 64,
  senderKeys: 'Ed25519',
  threads: 1,
}

/** Hands an event to the layer above, inside the transaction that records it. */
export function emit(context: AgentContext, tx: Tx, event: AgentEvent): Promise<'hold' | undefined> {
  return context.handler.handle(tx, event)
}
