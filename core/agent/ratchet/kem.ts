import { CodecError } from '../../codec/error.ts'
import type { Reader } from '../../codec/reader.ts'
import type { Writer } from '../../codec/writer.ts'

/** The post-quantum half of the ratchet: sntrup761, its fields on the wire (agent §2.3, §5.1). */
export const KEM_PUBLIC_KEY = 1158
export const KEM_CIPHERTEXT = 1039

/** `P`: a key to encapsulate to. `A`: a ciphertext for the peer's key, and our own next key. */
export type KemParams =
  | { readonly kind: 'proposed'; readonly publicKey: Uint8Array }
  | { readonly kind: 'accepted'; readonly ciphertext: Uint8Array; readonly publicKey: Uint8Array }

export interface KemKeyPair {
  readonly publicKey: Uint8Array
  readonly secretKey: Uint8Array
}

/** What the peer's key became on our side: the secret both share and the ciphertext that tells the peer. */
export interface KemAccepted {
  readonly peerKey: Uint8Array
  readonly secret: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Our own pair, and the accepted part once the peer proposed (agent §4.1). */
export interface KemState {
  readonly own: KemKeyPair
  readonly accepted: KemAccepted | undefined
}

/** A key encapsulation mechanism; where none is given, proposals of peers are ignored and none are made. */
export interface Kem {
  generate(): KemKeyPair
  encapsulate(publicKey: Uint8Array): { readonly ciphertext: Uint8Array; readonly secret: Uint8Array }
  decapsulate(secretKey: Uint8Array, ciphertext: Uint8Array): Uint8Array
}

/** The parameters that announce a KEM state to the peer. */
export function kemParams(state: KemState): KemParams {
  const { own, accepted } = state
  return accepted === undefined
    ? { kind: 'proposed', publicKey: own.publicKey }
    : { kind: 'accepted', ciphertext: accepted.ciphertext, publicKey: own.publicKey }
}

export function writeKemParams(writer: Writer, params: KemParams): void {
  if (params.kind === 'proposed') writer.literal('P').large(params.publicKey)
  else writer.literal('A').large(params.ciphertext).large(params.publicKey)
}

/** Errors: `syntax` for another tag, `range` where a key or ciphertext has not the size of the KEM. */
export function readKemParams(reader: Reader): KemParams {
  return reader.all((r) => {
    if (r.accept('P')) return { kind: 'proposed', publicKey: sized(r.large(), KEM_PUBLIC_KEY) }
    r.literal('A')
    return {
      kind: 'accepted',
      ciphertext: sized(r.large(), KEM_CIPHERTEXT),
      publicKey: sized(r.large(), KEM_PUBLIC_KEY),
    }
  })
}

function sized(bytes: Uint8Array, size: number): Uint8Array {
  if (bytes.length !== size) throw new CodecError('range', `${bytes.length} bytes of KEM data, not ${size}`)
  return bytes
}
