import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAgent } from '../../core/agent/agent.ts'
import type { Agent, AgentEvent } from '../../core/agent/api.ts'
import type { AgentSettings } from '../../core/agent/context.ts'
import { realEnv } from '../../core/env/real.ts'
import { silentLog } from '../../core/env/silent.ts'
import { type RouterOptions, type RunningRouter, startRouter } from '../../core/router/server.ts'
import type { RouterAddress } from '../../core/smp/address.ts'
import { openStore, type Store, type Tx } from '../../core/store/database.ts'

/** Agents and routers over real TLS on this machine, for tests. */

export const env = realEnv({ log: process.env.HEARTH_TEST_LOG ? consoleLog() : silentLog })

function consoleLog() {
  const write = (level: string) => (event: string, fields?: object) => console.error(level, event, fields ?? '')
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => log,
  }
  return log
}

export function scratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'hearth-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function localRouter(dir: string, options: Partial<RouterOptions> = {}): Promise<RunningRouter> {
  return startRouter(env, { dir, port: 0, listen: '127.0.0.1', algorithm: 'Ed25519', ...options })
}

export interface TestAgent {
  readonly agent: Agent
  readonly store: Store
  readonly events: AgentEvent[]
  /** The first event, seen already or to come, that `match` accepts. */
  expect<T extends AgentEvent['type']>(
    type: T,
    match?: (event: AgentEvent & { type: T }) => boolean,
  ): Promise<AgentEvent & { type: T }>
  stop(): Promise<void>
}

export interface TestAgentOptions {
  readonly routers: readonly RouterAddress[]
  readonly path?: string
  readonly settings?: Partial<AgentSettings>
  /** Runs inside the event's transaction, before it is noted. */
  readonly handle?: (tx: Tx, event: AgentEvent, agent: Agent) => Promise<'hold' | undefined>
}

export async function testAgent(options: TestAgentOptions): Promise<TestAgent> {
  const store = await openStore(options.path ?? ':memory:', env.clock)
  const events: AgentEvent[] = []
  const waiting = new Set<() => void>()
  const agent: Agent = createAgent({
    env,
    store,
    routers: options.routers,
    settings: { threads: 0, ...options.settings },
    handler: {
      async handle(tx, event) {
        const answer = await options.handle?.(tx, event, agent)
        tx.afterCommit(() => {
          events.push(event)
          for (const look of [...waiting]) look()
        })
        return answer
      },
    },
  })
  await agent.start()
  return {
    agent,
    store,
    events,
    expect: (type, match = () => true) =>
      new Promise((resolve) => {
        const look = () => {
          const found = events.find((event) => event.type === type && match(event as never))
          if (found === undefined) return
          waiting.delete(look)
          resolve(found as never)
        }
        waiting.add(look)
        look()
      }),
    async stop() {
      await agent.stop()
      await store.close()
    },
  }
}
