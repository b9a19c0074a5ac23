import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realEnv } from '../core/env/real.ts'
import { silentLog } from '../core/env/silent.ts'
import { parseRouterAddress } from '../core/smp/address.ts'
import { type AssembledHost, assembleHost } from './assembled-host.ts'
import { serve } from './process.ts'
import { profileStages, type StageProfiler } from './stages.ts'

/** A host in a process of its own: super-peer or owner, as it is told. */
export type PeerCalls = typeof calls

const env = realEnv({ log: silentLog })
const dir = mkdtempSync(join(tmpdir(), 'hearth-bench-peer-'))
let host: AssembledHost
let profiler: StageProfiler | undefined
let mainThreadBefore = process.threadCpuUsage()

const calls = {
  async start(router: string, threads: number): Promise<void> {
    host = await assembleHost(env, dir, {
      threads,
      routers: [parseRouterAddress(router)],
      superPeer: { memberRate: 1e9, memberBurst: 1e9 },
    })
  },
  async becomeSuperPeer(): Promise<string> {
    return (await host.superPeer.enable({ displayName: 'super-peer', autoAccept: true })).address
  },
  /** Creates a group and resolves with its link once it is in use. */
  async createGroup(superPeers: readonly string[]): Promise<string> {
    const profile = await host.profile('owner')
    const options = { displayName: 'bench', writers: 'everyone', history: false, superPeers } as const
    const group = await host.groups.create(profile, options)
    await until(async () => (await host.groups.get(group))!.superPeers.active === superPeers.length)
    await host.groups.confirm(group)
    return (await host.groups.get(group))!.link
  },
  /** Says so many things of about `size` bytes in the group that was created. */
  async say(count: number, size: number): Promise<void> {
    const [group] = await host.groups.list()
    for (let i = 0; i < count; i++) {
      const text = Buffer.from(env.random(Math.ceil((size * 3) / 4))).toString('base64')
      await host.groups.send(group!.id, { text: `${i} ${text}`.slice(0, size) })
    }
  },
  connectedMembers: async () => (await host.superPeer.statistics()).connected,
  /** Messages that the super-peer has taken on. */
  taken: async () => (await host.superPeer.statistics()).received,
  /** Nothing waits to be delivered. */
  async idle(): Promise<boolean> {
    const { tasks, jobs } = await host.superPeer.statistics()
    if (tasks > 0 || jobs.pending > 0) return false
    return host.store.read(async (tx) => (await tx.get('SELECT 1 FROM snd_messages LIMIT 1')) === undefined)
  },
  databaseBytes: () => ['', '-wal'].reduce((sum, end) => sum + sizeOf(join(dir, `host.db${end}`)), 0),
  /** Bytes handed to the disk since the process started, where the system tells. */
  diskBytes(): number | undefined {
    try {
      return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
    } catch {
      return undefined
    }
  },
  async startStages(): Promise<void> {
    mainThreadBefore = process.threadCpuUsage()
    profiler = await profileStages()
  },
  /** Milliseconds of the main thread, in all and by stage. */
  async stopStages() {
    const { user, system } = process.threadCpuUsage(mainThreadBefore)
    return { mainThreadMs: (user + system) / 1000, stages: (await profiler?.stop()) ?? {} }
  },
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise<void>((resolve) => setTimeout(resolve, 50))
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

serve(calls, async () => {
  await host?.stop()
  rmSync(dir, { recursive: true, force: true })
})
