import { createWorld, type World, type WorldOptions } from './world.ts'

/** A story with faults and what must be true at its end. */
export interface Scenario {
  readonly name: string
  /** Amount of work unless told otherwise. */
  readonly steps: number
  readonly world?: WorldOptions
  /** Rejects, or returns figures for people. */
  play(world: World, steps: number): Promise<Readonly<Record<string, number | string>>>
}

export interface Outcome {
  readonly digest: string
  readonly figures: Readonly<Record<string, number | string>>
}

/** Plays one scenario in a world of its own. A failure tells how to play it again. */
export async function play(scenario: Scenario, seed: number | string, steps = scenario.steps): Promise<Outcome> {
  const world = createWorld(seed, scenario.world)
  process.on('unhandledRejection', world.fail)
  try {
    const figures = await scenario.play(world, steps)
    await world.runFor(0)
    return { digest: world.digest(), figures: { ...figures, minutes: Math.round(world.now / 60_000) } }
  } catch (error) {
    const replay = `npm run sim -- --scenario ${scenario.name} --seed ${seed} --steps ${steps}`
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nreplay: ${replay}`, { cause: error })
  } finally {
    process.off('unhandledRejection', world.fail)
    world.dispose()
  }
}

/** Fails a scenario: what must hold does not. */
export function mustHold(condition: boolean, message: () => string): void {
  if (!condition) throw new Error(message())
}

/** What a host answers; undefined where it is not alive, or dies before it has answered. */
export async function askHost<T>(world: World, name: string, ask: () => Promise<T>): Promise<T | undefined> {
  if (!world.alive(name)) return undefined
  const life = world.host(name)
  let answer: PromiseSettledResult<T> | undefined
  ask().then(
    (value) => {
      answer = { status: 'fulfilled', value }
    },
    (reason: unknown) => {
      answer = { status: 'rejected', reason }
    },
  )
  await world.runUntil(() => answer !== undefined || !world.alive(name) || world.host(name) !== life)
  if (answer?.status === 'rejected') throw answer.reason
  return answer?.value
}
