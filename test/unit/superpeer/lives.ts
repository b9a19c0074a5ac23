import type { AgentEvent } from '../../../core/agent/api.ts'
import { HearthError } from '../../../core/codec/error.ts'
import type { Env } from '../../../core/env/env.ts'
import type { Store, Tx } from '../../../core/store/database.ts'
import type { FakeAgent, FakeNetwork } from '../../support/fake-agent.ts'
import { type VirtualTime, virtualEnv } from './virtual.ts'

/** What a host runs, made anew for each of its lives. */
interface Part {
  handle(tx: Tx, event: AgentEvent): Promise<'hold' | undefined>
}

interface LivesOptions<P extends Part> {
  readonly name: string
  readonly store: Store
  readonly network: FakeNetwork
  readonly time: VirtualTime
  create(deps: { readonly env: Env; readonly store: Store; readonly agent: FakeAgent }): P
  /** Before the agent starts. */
  start?(part: P): Promise<void>
  died?(part: P): void
}

/** A host that can die and start again on the same database. */
export interface Lives<P extends Part> {
  /** Of the present life. */
  readonly part: P
  readonly agent: FakeAgent
  readonly crashed: boolean
  start(): Promise<void>
  /** Nothing of this life has an effect any more. */
  crash(): void
  /** Dies at the `count`-th write from now: before its commit, or right after it. */
  crashAt(count: number, committed: boolean): void
}

export async function beginLives<P extends Part>(options: LivesOptions<P>): Promise<Lives<P>> {
  const { name, store, network, time } = options
  let lives = 0
  let life = begin()

  function begin() {
    const env = virtualEnv(time.clock, `${name}.${++lives}`)
    const gate = mortal(store)
    const agent = network.agent(name, env, gate.store)
    const part = options.create({ env, store: gate.store, agent })
    agent.setHandler({ handle: (tx, event) => part.handle(tx, event) })
    gate.died = () => {
      agent.kill()
      options.died?.(part)
    }
    return { gate, agent, part }
  }

  async function run(): Promise<void> {
    await options.start?.(life.part)
    await life.agent.start()
  }

  await run()
  return {
    get part() {
      return life.part
    },
    get agent() {
      return life.agent
    },
    get crashed() {
      return life.gate.dead
    },
    start: () => {
      life = begin()
      return run()
    },
    crash: () => life.gate.die(),
    crashAt: (count, committed) => life.gate.dieAt(count, committed),
  }
}

interface Mortal {
  readonly store: Store
  readonly dead: boolean
  died: () => void
  die(): void
  dieAt(count: number, committed: boolean): void
}

const NEVER = new Promise<never>(() => {})

/** A database that one life of a host uses until it dies; the rows outlive it. */
function mortal(store: Store): Mortal {
  let dead = false
  let left = Number.POSITIVE_INFINITY
  let commits = false
  const gate: Mortal = {
    get dead() {
      return dead
    },
    died: () => {},
    die: () => {
      dead = true
      gate.died()
    },
    dieAt: (count, committed) => {
      left = count
      commits = committed
    },
    store: {
      write: <T>(work: (tx: Tx) => Promise<T>) => (dead ? NEVER : attempt(work)),
      read: <T>(work: (tx: Tx) => Promise<T>) => (dead ? NEVER : store.read(work)),
      snapshot: (path) => store.snapshot(path),
      close: () => store.close(),
    },
  }

  async function attempt<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const last = --left === 0
    try {
      const result = await store.write(async (tx) => {
        if (dead) throw new HearthError('usage', 'dead')
        const effects: (() => void)[] = []
        const value = await work({ ...tx, afterCommit: (task) => void effects.push(task) })
        if (last && !commits) throw new HearthError('usage', 'dead')
        tx.afterCommit(() => {
          if (last) gate.die()
          else if (!dead) for (const effect of effects) effect()
        })
        return value
      })
      return last || dead ? NEVER : result
    } catch (error) {
      if (last && !dead) gate.die()
      if (dead) return NEVER
      throw error
    }
  }

  return gate
}
