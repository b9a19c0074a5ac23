import { join } from 'node:path'
import { equal } from '../codec/bytes.ts'
import type { Env } from '../env/env.ts'
import { storedKeyHash } from '../router/identity.ts'
import { type RunningRouter, startRouter } from '../router/server.ts'
import type { RouterAddress } from '../smp/address.ts'
import type { Configuration } from './config.ts'
import { HOST_FILES, pathIn, readIfPresent, writePrivate } from './files.ts'
import { isLoopback } from './loopback.ts'

/**
 * The router inside a host. Its port is part of every queue address that was made on it: where the configuration leaves
 * the choice to us, the port of the first start is kept.
 */
export async function startEmbeddedRouter(
  env: Env,
  folder: string,
  configuration: Configuration,
): Promise<RunningRouter> {
  const host = configuration['router.host']
  const kept = Number(readIfPresent(pathIn(folder, 'routerPort')) ?? 0)
  const port = configuration['router.port'] === 0 ? kept : configuration['router.port']
  const router = await startRouter(env, {
    dir: join(folder, HOST_FILES.router),
    port,
    host,
    ...(isLoopback(host) ? { listen: host } : {}),
  })
  if (router.port !== kept) writePrivate(pathIn(folder, 'routerPort'), `${router.port}\n`)
  return router
}

/** Is this the router of the folder, whether it runs or not? */
export function isEmbeddedRouter(folder: string, { keyHash }: RouterAddress): boolean {
  const own = storedKeyHash(join(folder, HOST_FILES.router))
  return own !== undefined && equal(own, keyHash)
}
