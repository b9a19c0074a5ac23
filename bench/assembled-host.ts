import { join } from 'node:path'
import { createAgent } from '../core/agent/agent.ts'
import type { Agent, AgentHandler } from '../core/agent/api.ts'
import { insertProfile, ownProfiles } from '../core/chat/state/profiles.ts'
import type { Env } from '../core/env/env.ts'
import type { GroupEvent, Groups, ProfileId } from '../core/group/api.ts'
import { createGroups } from '../core/group/groups.ts'
import { createDispatch, type Owner } from '../core/host/dispatch.ts'
import type { RouterAddress } from '../core/smp/address.ts'
import { openStore, type Store } from '../core/store/database.ts'
import type { SuperPeer, SuperPeerEvent, SuperPeerSettings } from '../core/superpeer/api.ts'
import { createSuperPeer } from '../core/superpeer/superpeer.ts'

/** A host as core/host assembles it, without the local API, on any Env: for benchmarks and simulation. */
export interface AssembledHost {
  readonly store: Store
  readonly agent: Agent
  readonly groups: Groups
  readonly superPeer: SuperPeer
  /** The first profile, made where there is none. */
  profile(name: string): Promise<ProfileId>
  stop(): Promise<void>
}

export interface AssembledOptions {
  readonly routers: readonly RouterAddress[]
  /** Threads for encryption; 0 where an order must follow from a seed alone. */
  readonly threads: number
  readonly superPeer?: Partial<SuperPeerSettings>
  notify?(event: GroupEvent | SuperPeerEvent): void
}

export async function assembleHost(env: Env, dir: string, options: AssembledOptions): Promise<AssembledHost> {
  const store = await openStore(join(dir, 'host.db'), env.clock)
  const notify = options.notify ?? (() => {})
  const modules: Partial<Record<Owner, AgentHandler>> = {}
  const agent = createAgent({
    env,
    store,
    routers: options.routers,
    settings: { threads: options.threads, senderKeys: 'X25519' },
    handler: createDispatch({
      log: env.log,
      owner: (module) => modules[module]!,
      routerState: () => {},
      contested: () => {},
    }),
  })
  const groups = createGroups({ env, store, agent, notify })
  const superPeer = createSuperPeer({ env, store, agent, notify, settings: options.superPeer ?? {} })
  Object.assign(modules, { groups, superPeer })
  await groups.start()
  await superPeer.start()
  await agent.start()
  return {
    store,
    agent,
    groups,
    superPeer,
    profile: (name) =>
      store.write(async (tx) => {
        const [own] = (await ownProfiles(tx)).filter((candidate) => !candidate.superPeer)
        return own?.id ?? insertProfile(tx, { displayName: name, fullName: '' }, { now: env.clock.now() })
      }),
    async stop() {
      await superPeer.stop()
      await groups.stop()
      await agent.stop()
      await store.close()
    },
  }
}
