/** One decoder under test: whatever it is given, it returns or throws a HearthError. */
export interface Decoder {
  readonly name: string
  /** How inputs are mutated. */
  readonly form: 'bytes' | 'text' | 'json'
  decode(input: Uint8Array): unknown
  /** Well-formed inputs; besides, every string of the vectors that the decoder takes is one. */
  readonly seeds?: readonly Uint8Array[]
  /** For slow decoders: so many times fewer cases. */
  readonly cost?: number
}

export function ofBytes(
  name: string,
  decode: (input: Uint8Array) => unknown,
  ...seeds: readonly Uint8Array[]
): Decoder {
  return { name, form: 'bytes', decode, seeds }
}

export function ofText(name: string, decode: (input: string) => unknown, ...seeds: readonly string[]): Decoder {
  return { name, form: 'text', decode: (input) => decode(text(input)), seeds: seeds.map(bytes) }
}

/** `decode` gets the UTF-8 of the JSON. */
export function ofJson(name: string, decode: (input: Uint8Array) => unknown, ...seeds: readonly unknown[]): Decoder {
  return { name, form: 'json', decode, seeds: seeds.map((seed) => bytes(JSON.stringify(seed))) }
}

export function slow(cost: number, decoder: Decoder): Decoder {
  return { ...decoder, cost }
}

export function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value)
}

export function text(value: Uint8Array): string {
  return Buffer.from(value).toString('utf8')
}
