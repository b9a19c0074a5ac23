import { createHash } from 'node:crypto'

/** A seeded source of random numbers; everything that varies in a simulation is drawn from one of these. */
export interface Randomness {
  /** 32 random bits. */
  u32(): number
  /** In [0, 1). */
  unit(): number
  /** An integer in [0, limit). */
  below(limit: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  bytes(size: number): Uint8Array
}

/** xoshiro128** (Blackman and Vigna), its state taken from SHA-256 of `seed` and `label`: independent streams by label. */
export function seededRandom(seed: number | string, label: string): Randomness {
  const digest = createHash('sha256').update(`${seed}/${label}`).digest()
  let a = digest.readUInt32LE(0)
  let b = digest.readUInt32LE(4)
  let c = digest.readUInt32LE(8)
  let d = digest.readUInt32LE(12) | 1

  function u32(): number {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotate(d, 11)
    return result
  }
  const unit = () => u32() / 0x1_0000_0000
  const below = (limit: number) => Math.floor(unit() * limit)
  return {
    u32,
    unit,
    below,
    chance: (probability) => unit() < probability,
    pick: (items) => items[below(items.length)]!,
    bytes(size) {
      const bytes = new Uint8Array(size)
      let word = 0
      for (let i = 0; i < size; i++) {
        word = i % 4 === 0 ? u32() : word >>> 8
        bytes[i] = word
      }
      return bytes
    },
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
