import type { Statement } from 'better-sqlite3'
import {
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { HearthError } from '../codec/error.ts'

/** Kysely over the statements that the store keeps prepared; transactions are the store's business, not Kysely's. */
export function sqliteDialect(prepared: (sql: string) => Statement): Dialect {
  const connection: DatabaseConnection = {
    executeQuery: async (compiled) => {
      const statement = prepared(compiled.sql)
      if (statement.reader) return { rows: statement.all(...compiled.parameters) as never[] }
      const { changes, lastInsertRowid } = statement.run(...compiled.parameters)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    },
    streamQuery: () => {
      throw new HearthError('usage', 'stream', 'page through rows instead of streaming them')
    },
  }
  async function refuse(): Promise<never> {
    throw new HearthError('usage', 'transaction', 'use the transaction that the store hands out')
  }
  const driver: Driver = {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: async () => {},
  }
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driver,
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}
