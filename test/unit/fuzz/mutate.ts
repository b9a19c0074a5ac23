import type { Randomness } from '../../simulation/random.ts'
import { bytes, type Decoder, text } from './decoder.ts'

/** A malformed relative of one of `seeds` (sometimes of two), or noise. */
export function mutate(random: Randomness, form: Decoder['form'], seeds: readonly Uint8Array[]): Uint8Array {
  if (random.chance(0.04)) return random.bytes(random.below(random.chance(0.1) ? 20_000 : 200))
  let input = random.pick(seeds)
  const rounds = 1 + random.below(3)
  for (let i = 0; i < rounds; i++) {
    if (form === 'json' && random.chance(0.7)) input = mutateJson(random, input)
    else if (form === 'text' && random.chance(0.5)) input = mutateText(random, input)
    else input = mutateBytes(random, input, seeds)
  }
  return input
}

/** Lengths, counts, markers and tags at which decoders decide. */
const TELLING = [0, 1, 2, 0x20, 0x30, 0x31, 0x32, 0x46, 0x54, 0x5b, 0x58, 0x7b, 0x7f, 0x80, 0x81, 0xfe, 0xff]

function mutateBytes(random: Randomness, input: Uint8Array, seeds: readonly Uint8Array[]): Uint8Array {
  const at = random.below(input.length + 1)
  const head = input.subarray(0, at)
  const tail = input.subarray(at)
  switch (random.below(9)) {
    case 0:
      return head
    case 1:
      return join(input, random.bytes(1 + random.below(40)))
    case 2:
      return overwrite(input, at, Uint8Array.of((input[at] ?? 0) ^ (1 << random.below(8))))
    case 3:
      return overwrite(input, at, Uint8Array.of(random.pick(TELLING)))
    case 4:
      return overwrite(input, at, random.pick([Uint8Array.of(0xff, 0xff), new Uint8Array(2), new Uint8Array(4)]))
    case 5:
      return join(head, random.bytes(1 + random.below(4)), tail)
    case 6:
      return join(head, tail.subarray(1 + random.below(4)))
    case 7: {
      const piece = input.subarray(at, at + 1 + random.below(64))
      return join(head, piece, piece, tail)
    }
    default: {
      const other = random.pick(seeds)
      return join(head, other.subarray(random.below(other.length + 1)))
    }
  }
}

const TOKENS = [
  ...['', ' ', '/', '//', '#', '?', '&', '=', '%', '%zz', '%00', '%2F', ':', '@', ',', ';', '-', '.', '..', '\0', '\n'],
  ...[
    '0',
    '1',
    '-1',
    '65536',
    '99999999999999999999',
    '1e9',
    'null',
    'é',
    '\ud800',
    '\u{1f600}',
    '__proto__',
    'v=',
    '[',
  ],
  ...['simplex:', 'https://', 'smp://', 'smp=', 'e2e=', 'x'.repeat(300), 'A'.repeat(5000)],
]

function mutateText(random: Randomness, input: Uint8Array): Uint8Array {
  const source = text(input)
  const parts = source.split(/(?<=[/#?&=%:@,;.-])|(?=[/#?&=%:@,;.-])/)
  const at = random.below(parts.length)
  const action = random.below(4)
  if (action === 0) parts.splice(at, 1)
  else if (action === 1) parts.splice(at, 0, random.pick(TOKENS))
  else if (action === 2) parts[at] = random.pick(TOKENS)
  else parts.splice(at, 0, random.pick(parts))
  return bytes(parts.join(''))
}

const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e300, 2 ** 53, '', 'x', 'é\u0000', 'AA==', 'a'.repeat(5000), '1-2', '2026-01-01'],
  ...[[], {}, [[]], [null], { type: 'unknown' }, { text: 1 }, { __proto__: 1 }],
]
const KEYS = ['__proto__', 'constructor', 'toString', 'length', 'type', 'event', 'params', 'v', 'x', '']

/** Changes one place of the value. Input that is no JSON is taken as it is. */
function mutateJson(random: Randomness, input: Uint8Array): Uint8Array {
  let value: unknown
  try {
    value = JSON.parse(text(input))
  } catch {
    return input
  }
  if (random.chance(0.01)) return bytes('['.repeat(20_000))
  return bytes(JSON.stringify(changed(random, value)) ?? '')
}

function changed(random: Randomness, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.1)) return random.pick(VALUES)
  if (Array.isArray(value)) {
    if (value.length === 0 || random.chance(0.2)) return [...value, ...value, random.pick(VALUES)]
    const at = random.below(value.length)
    return value.map((item, index) => (index === at ? changed(random, item) : item))
  }
  const entries = Object.entries(value)
  const at = random.below(entries.length + 1)
  const entry = entries[at]
  const action = random.below(5)
  if (entry === undefined) entries.push([random.pick(KEYS), random.pick(VALUES)])
  else if (action === 0) entries.splice(at, 1)
  else if (action === 1) entry[0] = random.pick(KEYS)
  else entry[1] = changed(random, entry[1])
  // An own property even where the key is __proto__.
  const result: Record<string, unknown> = {}
  for (const [key, item] of entries) {
    Object.defineProperty(result, key, { value: item, enumerable: true, configurable: true, writable: true })
  }
  return result
}

function overwrite(input: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  return join(input.subarray(0, at), piece, input.subarray(at + piece.length))
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
