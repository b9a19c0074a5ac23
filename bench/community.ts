import type { MembersCalls } from './members-process.ts'
import type { PeerCalls } from './peer-process.ts'
import { type Child, start, type Usage } from './process.ts'
import type { RouterCalls } from './router-process.ts'

/** A router, a super-peer, an owner and many members, each in a process of their own, and a group that is in use. */
export interface Community {
  readonly router: Child<RouterCalls>
  readonly superPeer: Child<PeerCalls>
  readonly owner: Child<PeerCalls>
  readonly members: Child<MembersCalls>
  readonly link: string
  usage(): Promise<CommunityUsage>
  stop(): Promise<void>
}

export type Part = 'superPeer' | 'router' | 'owner' | 'members'
export type CommunityUsage = Readonly<Record<Part, Usage>>

export async function createCommunity(threads: number): Promise<Community> {
  const router = start<RouterCalls>('./router-process.ts')
  const superPeer = start<PeerCalls>('./peer-process.ts')
  const owner = start<PeerCalls>('./peer-process.ts')
  const members = start<MembersCalls>('./members-process.ts')
  const parts = { superPeer, router, owner, members }
  const address = await router.ask('start')
  await Promise.all([
    superPeer.ask('start', address, threads),
    owner.ask('start', address, 0),
    members.ask('start', address),
  ])
  const link = await owner.ask('createGroup', [await superPeer.ask('becomeSuperPeer')])
  return {
    ...parts,
    link,
    async usage() {
      const all = await Promise.all(Object.entries(parts).map(async ([part, child]) => [part, await child.usage()]))
      return Object.fromEntries(all) as CommunityUsage
    },
    async stop() {
      await Promise.all([members, owner, superPeer].map((child) => child.stop()))
      await router.stop()
    },
  }
}

/** Milliseconds of processor time between two looks, each divided by `count`. */
export function cpuPer(count: number, before: CommunityUsage, after: CommunityUsage): Record<Part, number> {
  const each = (part: Part) => (after[part].cpuMs - before[part].cpuMs) / count
  return { superPeer: each('superPeer'), router: each('router'), owner: each('owner'), members: each('members') }
}
