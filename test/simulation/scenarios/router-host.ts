import { join } from 'node:path'
import { startRouter } from '../../../core/router/server.ts'
import type { RouterAddress } from '../../../core/smp/address.ts'
import { type Supervised, supervise } from '../supervise.ts'
import type { World } from '../world.ts'

export interface RouterHost {
  readonly host: Supervised
  readonly address: RouterAddress
}

/** A router on a host of its own, started again on its files after each crash. */
export async function routerHost(world: World, name: string, quota: number): Promise<RouterHost> {
  let address: RouterAddress | undefined
  const host = supervise(world, name, async (env, dir) => {
    const running = await startRouter(env, {
      dir: join(dir, 'router'),
      port: 5223,
      host: name,
      algorithm: 'Ed25519',
      limits: { quota },
    })
    address ??= running.address
  })
  await world.runUntil(() => address !== undefined)
  return { host, address: address! }
}
