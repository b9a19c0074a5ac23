import { compare, concat, hex } from '../codec/bytes.ts'
import type { PublicKey } from '../codec/keys.ts'
import { sha256 } from '../crypto/hash.ts'

/** The text that two people compare to know each other's keys (chat §3.5): groups of five digits. */
export function safetyCode(a: PublicKey<'Ed25519'>, b: PublicKey<'Ed25519'>): string {
  const [low, high] = compare(a.raw, b.raw) <= 0 ? [a.raw, b.raw] : [b.raw, a.raw]
  return digitGroups(sha256(concat(low, high)))
}

/** Bytes as one decimal number, in groups of five digits. */
export function digitGroups(bytes: Uint8Array): string {
  return (
    BigInt(`0x${hex(bytes)}`)
      .toString()
      .match(/\d{1,5}/g)
      ?.join(' ') ?? ''
  )
}
