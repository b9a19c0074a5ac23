import { concat, equal, fromHex } from './bytes.ts'
import { CodecError } from './error.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** Keys in DER (smp §2.1): one fixed prefix for each algorithm, then the raw key. */
export type KeyAlgorithm = 'X25519' | 'X448' | 'Ed25519' | 'Ed448'

export interface PublicKey<A extends KeyAlgorithm = KeyAlgorithm> {
  readonly algorithm: A
  readonly raw: Uint8Array
}

/** `raw` is the private scalar or seed. */
export interface PrivateKey<A extends KeyAlgorithm = KeyAlgorithm> {
  readonly algorithm: A
  readonly raw: Uint8Array
}

export interface KeyPair<A extends KeyAlgorithm = KeyAlgorithm> {
  readonly publicKey: PublicKey<A>
  readonly privateKey: PrivateKey<A>
}

interface Format {
  readonly size: number
  readonly spki: Uint8Array
  readonly pkcs8: Uint8Array
}

const FORMATS: Readonly<Record<KeyAlgorithm, Format>> = {
  X25519: { size: 32, spki: fromHex('302a300506032b656e032100'), pkcs8: fromHex('302e020100300506032b656e04220420') },
  X448: { size: 56, spki: fromHex('3042300506032b656f033900'), pkcs8: fromHex('3046020100300506032b656f043a0438') },
  Ed25519: { size: 32, spki: fromHex('302a300506032b6570032100'), pkcs8: fromHex('302e020100300506032b657004220420') },
  Ed448: { size: 57, spki: fromHex('3043300506032b6571033a00'), pkcs8: fromHex('3047020100300506032b6571043b0439') },
}
const ALGORITHMS = Object.keys(FORMATS) as KeyAlgorithm[]

export function keySize(algorithm: KeyAlgorithm): number {
  return FORMATS[algorithm].size
}

export function encodePublicKey(key: PublicKey): Uint8Array {
  return concat(FORMATS[key.algorithm].spki, key.raw)
}

export function encodePrivateKey(key: PrivateKey): Uint8Array {
  return concat(FORMATS[key.algorithm].pkcs8, key.raw)
}

function decodeKey(
  der: Uint8Array,
  prefixOf: (format: Format) => Uint8Array,
): { algorithm: KeyAlgorithm; raw: Uint8Array } {
  for (const algorithm of ALGORITHMS) {
    const prefix = prefixOf(FORMATS[algorithm])
    if (der.length === prefix.length + FORMATS[algorithm].size && equal(der.subarray(0, prefix.length), prefix)) {
      // A Buffer's own slice would share memory with the message.
      return { algorithm, raw: new Uint8Array(der.subarray(prefix.length)) }
    }
  }
  throw new CodecError('syntax', 'not a key of a known algorithm')
}

export function decodePublicKey(der: Uint8Array): PublicKey {
  return decodeKey(der, (format) => format.spki)
}

export function decodePrivateKey(der: Uint8Array): PrivateKey {
  return decodeKey(der, (format) => format.pkcs8)
}

/** A public key as a field: `short` of the SPKI DER. */
export function writePublicKey(writer: Writer, key: PublicKey): void {
  writer.short(encodePublicKey(key))
}

/** Reads a public key that must be of one of `algorithms`. */
export function readPublicKey<A extends KeyAlgorithm>(reader: Reader, ...algorithms: readonly A[]): PublicKey<A> {
  return reader.all((r) => narrowPublicKey(decodePublicKey(r.short()), ...algorithms))
}

export function narrowPublicKey<A extends KeyAlgorithm>(key: PublicKey, ...algorithms: readonly A[]): PublicKey<A> {
  if (!(algorithms as readonly KeyAlgorithm[]).includes(key.algorithm)) {
    throw new CodecError('syntax', `key is ${key.algorithm}, not ${algorithms.join(' or ')}`)
  }
  return key as PublicKey<A>
}
