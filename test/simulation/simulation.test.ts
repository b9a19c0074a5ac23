import { describe, expect, test } from 'vitest'
import { play } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

describe.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', (_, scenario) => {
  test.each([1, 2, 3])('seed %i', async (seed) => {
    await play(scenario, seed)
  })

  test('the same seed plays the same story', async () => {
    const [first, second] = [await play(scenario, 4), await play(scenario, 4)]
    expect(second).toEqual(first)
  })
})
