import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realEnv } from '../core/env/real.ts'
import { silentLog } from '../core/env/silent.ts'
import { type RunningRouter, startRouter } from '../core/router/server.ts'
import { formatRouterAddress } from '../core/smp/address.ts'
import { serve } from './process.ts'

/** The embedded router in a process of its own, on a fresh folder. */
export type RouterCalls = typeof calls

const env = realEnv({ log: silentLog })
const dir = mkdtempSync(join(tmpdir(), 'hearth-bench-router-'))
let router: RunningRouter | undefined

const calls = {
  async start(): Promise<string> {
    // Every client of a benchmark comes from one address and asks as fast as it can.
    router = await startRouter(env, {
      dir,
      port: 0,
      listen: '127.0.0.1',
      limits: { connectionsPerAddress: 100_000, connections: 100_000, blocksPerSecond: 1_000_000 },
    })
    return formatRouterAddress(router.address)
  },
  statistics: () => router!.statistics(),
  databaseBytes: () => ['', '-wal'].reduce((sum, end) => sum + sizeOf(join(dir, `router.db${end}`)), 0),
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

serve(calls, async () => {
  await router?.stop()
  rmSync(dir, { recursive: true, force: true })
})
