import { RatchetError } from './error.ts'
import type { Kem, KemParams, KemState } from './kem.ts'

export interface KemStep {
  readonly receiveSecret: Uint8Array | undefined
  readonly sendSecret: Uint8Array | undefined
  readonly state: KemState | undefined
}

const NO_KEM: KemStep = { receiveSecret: undefined, sendSecret: undefined, state: undefined }

/**
 * The KEM part of a ratchet step (agent §4.6, table). `on` is the wish of this side at a version that has a KEM;
 * without an implementation it counts as off.
 * Errors: RatchetError `kem` where the peer accepts a key that was never proposed.
 */
export function stepKem(own: KemState | undefined, header: KemParams | undefined, on: boolean, kem?: Kem): KemStep {
  const active = on ? kem : undefined
  if (header === undefined) {
    if (own !== undefined || active === undefined) return NO_KEM
    return { ...NO_KEM, state: { own: active.generate(), accepted: undefined } }
  }
  let receiveSecret: Uint8Array | undefined
  if (header.kind === 'accepted') {
    if (own === undefined || kem === undefined) throw new RatchetError('kem', 'accepts a KEM key that was not proposed')
    receiveSecret = kem.decapsulate(own.own.secretKey, header.ciphertext)
  }
  if (active === undefined) return { ...NO_KEM, receiveSecret }
  const { ciphertext, secret } = active.encapsulate(header.publicKey)
  const accepted = { peerKey: header.publicKey, secret, ciphertext }
  return { receiveSecret, sendSecret: secret, state: { own: active.generate(), accepted } }
}
