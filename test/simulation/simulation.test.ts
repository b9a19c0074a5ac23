import { describe, expect, test } from 'vitest'
import { play } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

/** A few seeds, played quickly; `npm run sim` plays as many as one likes. */
describe.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  const steps = Math.ceil(scenario.steps / 2)

  test.each([1, 2])('seed %i', { timeout: 120_000 }, async (seed) => {
    await play(scenario, seed, steps)
  })

  test('the same seed plays the same story', { timeout: 120_000 }, async () => {
    const [first, second] = [await play(scenario, 3, 8), await play(scenario, 3, 8)]
    expect(second).toEqual(first)
  })
})
