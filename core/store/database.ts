import Sqlite from 'better-sqlite3'
import { Kysely } from 'kysely'
import { HearthError } from '../codec/error.ts'
import type { Clock } from '../env/env.ts'
import { migrate } from './migrate.ts'
import type { Schema } from './schema/schema.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

/**
 * One database per host (design §7). All access goes through transactions; the interface is asynchronous so that
 * PostgreSQL can stand behind it. Inside a transaction wait for nothing but the transaction itself.
 */
export interface Store {
  /**
   * Runs `work` in a transaction and resolves after its commit; a rejection rolls only this work back. Writes that
   * wait at the same time share one commit. Never call it from inside `work`.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs `work` on committed state. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Writes a consistent copy of what is committed to `path`, while work goes on; what is committed meanwhile is in it.
   * `progress` is told pages. Errors: store `snapshot`.
   */
  snapshot(path: string, progress?: (done: number, total: number) => void): Promise<void>
  close(): Promise<void>
}

export type SqlValue = string | number | bigint | Uint8Array | null

export interface Tx {
  /** Dialect-neutral queries. */
  readonly query: Kysely<Schema>
  /** Hot paths: prepared once for each text, `?` parameters. Resolves to the number of rows changed. */
  run(sql: string, ...parameters: readonly SqlValue[]): Promise<number>
  /** Hot paths: one statement for many rows of parameters. */
  runEach(sql: string, rows: readonly (readonly SqlValue[])[]): Promise<void>
  /** Hot paths: all rows. */
  all<Row>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]>
  /** Hot paths: the first row, if any. */
  get<Row>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined>
  /** Runs `task` once this transaction is committed, in the order of registration; dropped when it rolls back. */
  afterCommit(task: () => void): void
}

/** How many waiting writes share one commit at the most. */
const GROUP_COMMIT = 256

/** Pages of a snapshot copied between two looks at other work: 1 MiB. */
const SNAPSHOT_STEP = 256

/**
 * This build of SQLite (`ENABLE_STAT4`) plans a query anew for each value of a parameter that it could have statistics
 * about, which costs ten times what the query does; the sign hides the parameter from it. No literal may have a `?`.
 */
function planOnce(sql: string): string {
  return sql.replaceAll('?', '+?')
}

interface Pending {
  run(tx: Tx): Promise<void>
  settle(): void
  reject(error: unknown): void
}

/**
 * Opens (and creates) the SQLite database at `path`, `:memory:` for tests, and brings its schema up to date.
 * Errors: store `newer` where a newer program wrote it, store `locked` where another process has it open.
 */
export async function openStore(path: string, clock: Clock): Promise<Store> {
  const database = new Sqlite(path)
  try {
    database.pragma('locking_mode = EXCLUSIVE')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    database.pragma('busy_timeout = 0')
    database.exec('BEGIN IMMEDIATE; COMMIT')
  } catch (error) {
    database.close()
    throw new HearthError('store', 'locked', 'the database is in use by another process', true, { cause: error })
  }
  // SQLite's own knows the letters of ASCII alone.
  database.function('lower', { deterministic: true }, (text) => (typeof text === 'string' ? text.toLowerCase() : text))
  const statements = new Map<string, Sqlite.Statement>()
  function prepared(sql: string): Sqlite.Statement {
    let statement = statements.get(sql)
    if (statement === undefined) {
      statement = database.prepare(planOnce(sql))
      statements.set(sql, statement)
    }
    return statement
  }
  const query = new Kysely<Schema>({ dialect: sqliteDialect(prepared) })

  function transaction(after: (() => void)[]): Tx {
    return {
      query,
      run: async (sql, ...parameters) => prepared(sql).run(...parameters).changes,
      runEach: async (sql, rows) => {
        const statement = prepared(sql)
        for (const row of rows) statement.run(...row)
      },
      all: async <Row>(sql: string, ...parameters: readonly SqlValue[]) => prepared(sql).all(...parameters) as Row[],
      get: async <Row>(sql: string, ...parameters: readonly SqlValue[]) =>
        prepared(sql).get(...parameters) as Row | undefined,
      afterCommit: (task) => void after.push(task),
    }
  }

  await migrate(transaction([]), (text) => void database.exec(text))

  const waiting: Pending[] = []
  let busy: Promise<void> | undefined
  let closed = false
  const snapshots = new Set<Promise<void>>()

  async function commitGroup(group: readonly Pending[]): Promise<void> {
    const settled: Pending[] = []
    const after: (() => void)[] = []
    try {
      prepared('BEGIN IMMEDIATE').run()
      for (const pending of group) {
        const own: (() => void)[] = []
        prepared('SAVEPOINT work').run()
        try {
          await pending.run(transaction(own))
          prepared('RELEASE work').run()
          settled.push(pending)
          after.push(...own)
        } catch (error) {
          prepared('ROLLBACK TO work').run()
          prepared('RELEASE work').run()
          pending.reject(error)
        }
      }
      prepared('COMMIT').run()
    } catch (error) {
      if (database.inTransaction) prepared('ROLLBACK').run()
      const failure = new HearthError('store', 'commit', 'the database did not take a change', true, { cause: error })
      for (const pending of group) pending.reject(failure)
      return
    }
    for (const pending of settled) pending.settle()
    for (const task of after) task()
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      await commitGroup(waiting.splice(0, GROUP_COMMIT))
      if (waiting.length > 0) await new Promise<void>((resolve) => clock.soon(resolve))
    }
    busy = undefined
  }

  function write<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(new HearthError('store', 'closed', 'the database is closed'))
    return new Promise<T>((resolve, reject) => {
      let result: T
      waiting.push({
        run: async (tx) => {
          result = await body(tx)
        },
        settle: () => resolve(result),
        reject,
      })
      busy ??= Promise.resolve().then(work)
    })
  }

  async function snapshot(path: string, progress?: (done: number, total: number) => void): Promise<void> {
    if (closed) throw new HearthError('store', 'closed', 'the database is closed')
    // Transactions end within one turn of the event loop, so a step never meets an open one.
    const copying = database.backup(path, {
      progress: ({ totalPages, remainingPages }) => {
        if (closed) throw new HearthError('store', 'closed', 'the database is closed')
        progress?.(totalPages - remainingPages, totalPages)
        return SNAPSHOT_STEP
      },
    })
    const settled = copying.then(
      () => {},
      () => {},
    )
    snapshots.add(settled)
    try {
      await copying
    } catch (error) {
      if (error instanceof HearthError) throw error
      throw new HearthError('store', 'snapshot', 'the database could not be copied', true, { cause: error })
    } finally {
      snapshots.delete(settled)
    }
  }

  return {
    write,
    snapshot,
    // One connection serves everything: a read between two groups sees committed state only.
    read: write,
    close: async () => {
      closed = true
      while (busy !== undefined) await busy
      await Promise.all(snapshots)
      await query.destroy()
      database.close()
    },
  }
}
