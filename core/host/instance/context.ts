import type { Updateable } from 'kysely'
import { asHearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import type { SmpClient, SmpClientEvents } from '../../smp/client/api.ts'
import { createSmpClient } from '../../smp/client/client.ts'
import type { Store, Tx } from '../../store/database.ts'
import type { InstanceTable } from '../../store/schema/instance.ts'
import { formatMark, type Mark, type MarkContent, parseMark, readMark } from './mark.ts'
import { type InstanceRow, setInstance } from './records.ts'

/** Milliseconds. */
export interface GuardSettings {
  /** How long a start waits for the router with the mark. */
  readonly startPatience: number
  /** How long another copy gets to show that it runs, and how often is looked whether it did. */
  readonly answerPatience: number
  readonly answerInterval: number
  /** When a mark that was just written is read again. */
  readonly verifyDelay: number
  /** How often a held copy looks again. */
  readonly probeInterval: number
  /** First and longest delay before the mark is read again after a failure. */
  readonly retryFirst: number
  readonly retryLongest: number
  /** How often is looked whether there is something to lose, while there is no mark. */
  readonly markInterval: number
}

export const GUARD_DEFAULTS: GuardSettings = {
  startPatience: 3_000,
  answerPatience: 8_000,
  answerInterval: 500,
  verifyDelay: 2_000,
  probeInterval: 60_000,
  retryFirst: 1_000,
  retryLongest: 60_000,
  markInterval: 10_000,
}

/** What the parts of the guard share: the row, the mark, and a session with the router that has it. */
export interface InstanceContext {
  readonly env: Env
  readonly store: Store
  readonly client: SmpClient
  readonly settings: GuardSettings
  readonly row: InstanceRow
  readonly mark: Mark | undefined
  /** When the mark was read last. */
  readonly checkedAt: number | undefined
  /** Takes the row that a transaction left. */
  take(row: InstanceRow): void
  update(values: Updateable<InstanceTable>): Promise<void>
  /** With `values`, in one transaction. */
  setMark(mark: Mark | undefined, values?: Updateable<InstanceTable>): Promise<void>
  /** Undefined where the router cannot be asked now, null where it knows no mark any more. */
  read(mark: Mark): Promise<MarkContent | null | undefined>
  /** Who hears what the router says of the mark. */
  listener: MarkListener
  /** Are there connections that a second copy could spoil? */
  hasConnections(): Promise<boolean>
}

export interface MarkListener {
  /** Another client subscribed to it. */
  taken(): void
  /** Somebody with a copy of this database asks who uses it. */
  called(): void
  /** The router has no such queue any more. */
  gone(): void
  /** We are subscribed, for the first time or again. */
  subscribed(): void
}

const DEAF: MarkListener = { taken() {}, called() {}, gone() {}, subscribed() {} }

export function createInstanceContext(
  env: Env,
  store: Store,
  settings: GuardSettings,
  loaded: InstanceRow,
): InstanceContext {
  let row = loaded
  let mark = row.mark === null ? undefined : parseMark(row.mark)
  let checkedAt: number | undefined
  const events: SmpClientEvents = {
    message(router, recipientId, { msgId }) {
      context.listener.called()
      if (mark === undefined) return
      client.acknowledge(router, recipientId, mark.queue.key, msgId).catch(() => {})
    },
    end: () => context.listener.taken(),
    deleted: () => context.listener.gone(),
    refused: () => context.listener.gone(),
    up: () => context.listener.subscribed(),
    down() {},
  }
  // The router may be our own, which comes up a moment after it was missed.
  const client = createSmpClient(env, events, { failureKept: 0 })

  async function update(values: Updateable<InstanceTable>): Promise<void> {
    row = await store.write((tx) => setInstance(tx, values))
  }

  const context: InstanceContext = {
    env,
    store,
    client,
    settings,
    get row() {
      return row
    },
    get mark() {
      return mark
    },
    get checkedAt() {
      return checkedAt
    },
    listener: DEAF,
    take(next) {
      row = next
    },
    update,
    async setMark(next, values = {}) {
      await update({ ...values, mark: next === undefined ? null : formatMark(next) })
      mark = next
    },
    async read(at) {
      try {
        const found = await readMark({ env, client }, at)
        checkedAt = env.clock.now()
        return found ?? null
      } catch (error) {
        const failure = asHearthError(error, 'network', 'mark')
        env.log.info('instance.mark', { kind: failure.kind, code: failure.code })
        return undefined
      }
    },
    hasConnections: () => store.read(hasConnections),
  }
  return context
}

async function hasConnections(tx: Tx): Promise<boolean> {
  return (await tx.get('SELECT 1 FROM connections LIMIT 1')) !== undefined
}
