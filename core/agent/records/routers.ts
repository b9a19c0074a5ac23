import type { RouterAddress } from '../../smp/address.ts'
import type { Tx } from '../../store/database.ts'

/** Routers by row id. Addresses never change once stored, so they are kept for the life of the process. */
export interface RouterRecords {
  idOf(tx: Tx, address: RouterAddress): Promise<number>
  /** The address of a router that was asked for before. */
  known(router: number): RouterAddress | undefined
  /** The address of a stored router. */
  get(tx: Tx, router: number): Promise<RouterAddress>
}

export function createRouterRecords(): RouterRecords {
  const known = new Map<number, RouterAddress>()
  return {
    async idOf(tx, address) {
      const row = {
        hosts: address.hosts.join(','),
        port: address.port,
        key_hash: address.keyHash,
      }
      await tx.query
        .insertInto('routers')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const found = await tx.query
        .selectFrom('routers')
        .select('router')
        .where('hosts', '=', row.hosts)
        .where('port', '=', row.port)
        .where('key_hash', '=', row.key_hash)
        .executeTakeFirstOrThrow()
      return found.router
    },
    known: (router) => known.get(router),
    async get(tx, router) {
      let address = known.get(router)
      if (address === undefined) {
        const row = await tx.query
          .selectFrom('routers')
          .selectAll()
          .where('router', '=', router)
          .executeTakeFirstOrThrow()
        const [first = '', ...rest] = row.hosts.split(',')
        address = { hosts: [first, ...rest], port: row.port, keyHash: new Uint8Array(row.key_hash) }
        known.set(router, address)
      }
      return address
    },
  }
}
