import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Agent } from '../agent/api.ts'
import type { Groups } from '../group/api.ts'
import type { RunningRouter } from '../router/server.ts'
import { formatRouterAddress, type RouterAddress } from '../smp/address.ts'
import type { Store } from '../store/database.ts'
import type { HostStatus, RouterState } from './contract/types.ts'
import { pathIn } from './files.ts'
import { type HostChanges, routerChange } from './follow.ts'
import { programVersion } from './version.ts'

/** How a host is: its routers, and figures for people and monitoring. */
export interface RouterStates {
  set(router: string, connected: boolean): void
  list(): RouterState[]
}

/** Own routers, and those of others that this host has spoken to. */
export function routerStates(
  own: readonly RouterAddress[],
  embedded: RunningRouter | undefined,
  changes: HostChanges,
): RouterStates {
  const states = new Map<string, boolean | undefined>()
  const nameOf = ({ hosts, port, keyHash }: RouterAddress): string => formatRouterAddress({ hosts, port, keyHash })
  const embeddedName = embedded && nameOf(embedded.address)
  for (const address of own) states.set(nameOf(address), undefined)
  function stateOf(address: string): RouterState {
    return { address, embedded: address === embeddedName, connected: states.get(address) }
  }
  return {
    set(router, connected) {
      if (states.get(router) === connected) return
      states.set(router, connected)
      changes.append(routerChange(stateOf(router)))
    },
    list: () => [...states.keys()].map(stateOf),
  }
}

interface StatusSources {
  readonly folder: string
  readonly startedAt: number
  readonly now: number
  readonly store: Store
  readonly agent: Agent
  readonly groups: Groups
  readonly routers: RouterStates
}

export async function hostStatus({
  folder,
  startedAt,
  now,
  store,
  agent,
  groups,
  routers,
}: StatusSources): Promise<HostStatus> {
  const { connections, profiles } = await store.read(async (tx) => ({
    connections: await agent.connections(tx),
    profiles: await tx.get<{ count: number }>('SELECT count(*) AS count FROM profiles WHERE hidden = 0'),
  }))
  const live = connections.filter(({ state }) => state !== 'deleted')
  return {
    version: programVersion(),
    startedAt,
    routers: routers.list(),
    profiles: profiles?.count ?? 0,
    groups: (await groups.list()).length,
    connections: {
      total: live.length,
      subscribed: live.filter(({ subscribed }) => subscribed).length,
      pendingMessages: live.reduce((sum, { pending }) => sum + pending, 0),
    },
    memory: process.memoryUsage().rss,
    processor: { used: processorTime(), count: availableParallelism() },
    at: now,
    databaseSize: sizeOf(pathIn(folder, 'database')) + sizeOf(`${pathIn(folder, 'database')}-wal`),
  }
}

function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
