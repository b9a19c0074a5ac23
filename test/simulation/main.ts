import { parseArgs } from 'node:util'
import { play } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

const USAGE = `npm run sim -- [--scenario ${SCENARIOS.map(({ name }) => name).join('|')}] [--seed N] [--steps N] [--runs N]`

/** Plays scenarios with faults on virtual time, seed after seed. The first failure ends it and tells how to play it again. */
const values = options()

function options() {
  try {
    return parseArgs({
      options: {
        scenario: { type: 'string' },
        seed: { type: 'string', default: '1' },
        steps: { type: 'string' },
        runs: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nusage: ${USAGE}`)
    process.exit(2)
  }
}

if (values.help) {
  console.log(`usage: ${USAGE}`)
  process.exit(0)
}
const chosen = SCENARIOS.filter(({ name }) => values.scenario === undefined || values.scenario === name)
if (chosen.length === 0) {
  console.error(`no such scenario; there are ${SCENARIOS.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

for (let run = 0; run < Number(values.runs); run++) {
  const seed = Number(values.seed) + run
  for (const scenario of chosen) {
    const started = performance.now()
    try {
      const { figures } = await play(scenario, seed, values.steps === undefined ? undefined : Number(values.steps))
      const shown = Object.entries(figures).map(([name, value]) => `${name} ${value}`)
      console.log(`${scenario.name} seed ${seed}: ${shown.join(', ')} (${Math.round(performance.now() - started)} ms)`)
    } catch (error) {
      console.error(error instanceof Error ? (error.stack ?? error.message) : error)
      console.error(error instanceof Error ? error.cause : '')
      process.exit(1)
    }
  }
}
