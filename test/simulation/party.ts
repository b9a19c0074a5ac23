import { join } from 'node:path'
import { createAgent } from '../../core/agent/agent.ts'
import type { Agent, AgentEvent } from '../../core/agent/api.ts'
import type { Env } from '../../core/env/env.ts'
import type { RouterAddress } from '../../core/smp/address.ts'
import { openStore, type Store, type Tx } from '../../core/store/database.ts'
import type { World } from './world.ts'

/** An agent on a host of a simulated world. */
export interface Party {
  readonly agent: Agent
  readonly store: Store
  readonly events: AgentEvent[]
}

export async function party(
  world: World,
  name: string,
  routers: readonly RouterAddress[],
  react: (agent: Agent, event: AgentEvent, tx: Tx) => Promise<unknown>,
  wrap: (store: Store, clock: Env['clock']) => Store = (store) => store,
): Promise<Party> {
  const env = world.host(name)
  const store = wrap(await openStore(join(world.disk(name), 'agent.db'), env.clock), env.clock)
  const events: AgentEvent[] = []
  const agent: Agent = createAgent({
    env,
    store,
    routers,
    settings: { threads: 0 },
    handler: {
      async handle(tx, event) {
        events.push(event)
        await react(agent, event, tx)
        return undefined
      },
    },
  })
  await world.wait(agent.start())
  return { agent, store, events }
}

export function count({ events }: Party, type: AgentEvent['type']): number {
  return events.filter((event) => event.type === type).length
}
