import type { Env } from '../../core/env/env.ts'
import type { World } from './world.ts'

/** A host whose program is started again some time after each crash. */
export interface Supervised {
  readonly name: string
  readonly crashes: number
  crash(options?: { readonly silent?: boolean /** Milliseconds until it is back. */; readonly downtime?: number }): void
  /** Crashes it in the middle of something: at one of the next `uses` uses of its Env. */
  crashWithin(uses: number): void
}

/** Runs the program of a host; what it keeps is in `dir`. A rejection fails the world. */
export type Program = (env: Env, dir: string) => Promise<void>

/** Milliseconds until a crashed host is back, at the most. */
const DOWNTIME = 10_000

export function supervise(world: World, name: string, program: Program): Supervised {
  let crashes = 0

  function boot(): void {
    const env = world.host(name)
    program(env, world.disk(name)).catch((error: unknown) => {
      // What a dead host thinks of its death is nobody's business.
      if (world.alive(name) && world.host(name) === env) world.fail(error)
    })
  }

  function rebootLater(downtime = world.random.below(DOWNTIME)): void {
    crashes++
    world.at(world.now + downtime, boot)
  }

  boot()
  return {
    name,
    get crashes() {
      return crashes
    },
    crash(options) {
      if (!world.alive(name)) return
      world.crash(name, options)
      rebootLater(options?.downtime)
    },
    crashWithin(uses) {
      if (world.alive(name)) world.crashAfter(name, 1 + world.random.below(uses), () => rebootLater())
    },
  }
}

export interface TroubleOptions {
  readonly hosts: readonly Supervised[]
  /** Pairs of host names whose connections break. */
  readonly links: readonly (readonly [string, string])[]
  /** Mean milliseconds between faults. */
  readonly every: number
  /** No faults after this time, so that everything can settle. */
  readonly until: number
}

/** Lets something go wrong again and again, as the seed has it. */
export function makeTrouble(world: World, { hosts, links, every, until }: TroubleOptions): void {
  const { random } = world

  function next(): void {
    const time = world.now + -Math.log(1 - random.unit()) * every
    if (time < until) world.at(time, strike)
    else world.at(until, () => world.links.heal())
  }

  function strike(): void {
    const kind = random.unit()
    const [a, b] = random.pick(links)
    if (kind < 0.4) world.cut(a, b)
    else if (kind < 0.5) partition(a, b)
    else if (kind < 0.6) world.links.set(a, b, { latency: 1 + random.below(400), split: random.unit() })
    else if (kind < 0.65) world.links.set(a, b, { refuse: random.pick([0, 0.5]) })
    else if (kind < 0.75) random.pick(hosts).crash({ silent: random.chance(0.3) })
    else random.pick(hosts).crashWithin(random.pick([5, 50, 500]))
    next()
  }

  function partition(a: string, b: string): void {
    world.links.partition([a], [b])
    world.at(world.now + random.below(30_000), () => world.links.heal())
  }

  next()
}
