import { describe, expect, test } from 'vitest'
import { HearthError } from '../../core/codec/error.ts'
import { seededRandom } from '../simulation/random.ts'
import { vectorStrings } from './fuzz/corpus.ts'
import type { Decoder } from './fuzz/decoder.ts'
import { agent } from './fuzz/decoders/agent.ts'
import { chat } from './fuzz/decoders/chat.ts'
import { host } from './fuzz/decoders/host.ts'
import { smp } from './fuzz/decoders/smp.ts'
import { codecAndTransport } from './fuzz/decoders/transport.ts'
import { mutate } from './fuzz/mutate.ts'

/**
 * Every decoder of the project under mutated input (design §5.6): it returns or throws a HearthError, nothing else.
 * One seed, so a failure comes again; FUZZ_SEED chooses another one, FUZZ_FACTOR more cases.
 */
const SEED = process.env.FUZZ_SEED ?? '2'
const CASES = 1800 * Number(process.env.FUZZ_FACTOR ?? 1)
const SEEDS = 24

const strings = vectorStrings()
let total = 0

/** Strings of the vectors that the decoder takes, of as many lengths as possible. */
function seedsOf(decoder: Decoder): readonly Uint8Array[] {
  const given = decoder.seeds ?? []
  const lengths = new Set<number>()
  const taken: Uint8Array[] = []
  for (const input of strings) {
    if (taken.length === SEEDS || (decoder.cost !== undefined && given.length > 0)) break
    if (lengths.has(input.length) || attempt(decoder, input) !== 'value') continue
    lengths.add(input.length)
    taken.push(input)
  }
  return [...given, ...taken]
}

function attempt(decoder: Decoder, input: Uint8Array): 'value' | 'refused' {
  try {
    decoder.decode(input)
    return 'value'
  } catch (error) {
    if (error instanceof HearthError) return 'refused'
    const shown = input.length > 400 ? `${hex(input.subarray(0, 400))}… (${input.length} bytes)` : hex(input)
    throw new Error(`${decoder.name} threw ${String(error)} for ${shown}`, { cause: error })
  }
}

function hex(input: Uint8Array): string {
  return Buffer.from(input).toString('hex')
}

const layers: Readonly<Record<string, readonly Decoder[]>> = { codecAndTransport, smp, agent, chat, host }

for (const [layer, decoders] of Object.entries(layers)) {
  describe(layer, () => {
    test.each(decoders.map((decoder) => [decoder.name, decoder] as const))('%s', (_, decoder) => {
      const seeds = seedsOf(decoder)
      expect(seeds.filter((seed) => attempt(decoder, seed) === 'value')).not.toHaveLength(0)
      const random = seededRandom(SEED, decoder.name)
      const cases = Math.ceil(CASES / (decoder.cost ?? 1))
      for (let i = 0; i < cases; i++) attempt(decoder, mutate(random, decoder.form, seeds))
      total += cases
    })
  })
}

test('there were 100,000 cases', () => {
  expect(total).toBeGreaterThanOrEqual(100_000 * Number(process.env.FUZZ_FACTOR ?? 1))
})
