import { createHash, hash } from 'node:crypto'

/** The hashes of smp §2.2. `node:crypto` keeps one-shot hashing cheap for short inputs. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}

export function sha512(bytes: Uint8Array): Uint8Array {
  return hash('sha512', bytes, 'buffer')
}

export function sha3_256(bytes: Uint8Array): Uint8Array {
  return hash('sha3-256', bytes, 'buffer')
}

export function sha3_384(bytes: Uint8Array): Uint8Array {
  return hash('sha3-384', bytes, 'buffer')
}

/** SHA-256 of the concatenation of `parts`, without copying them together. */
export function sha256Of(...parts: readonly Uint8Array[]): Uint8Array {
  const state = createHash('sha256')
  for (const part of parts) state.update(part)
  return state.digest()
}
