import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { base64urlUnpadded } from '../codec/base64url.ts'
import { encodePrivateKey, type PrivateKey, type PublicKey } from '../codec/keys.ts'

/**
 * Keys as OpenSSL holds them, for the curves that libsodium does not have. Loading a private key derives its public half,
 * which takes as long as an agreement, so what was loaded stays with the key that it was loaded from.
 */
const privateKeys = new WeakMap<PrivateKey, KeyObject>()
const publicKeys = new WeakMap<PublicKey, KeyObject>()

export function nativePrivateKey(key: PrivateKey): KeyObject {
  let native = privateKeys.get(key)
  if (native === undefined) {
    native = createPrivateKey({ key: Buffer.from(encodePrivateKey(key)), format: 'der', type: 'pkcs8' })
    privateKeys.set(key, native)
  }
  return native
}

/** JWK, because Node reads it in half the time of DER. */
export function nativePublicKey(key: PublicKey): KeyObject {
  let native = publicKeys.get(key)
  if (native === undefined) {
    const jwk = { kty: 'OKP', crv: key.algorithm, x: base64urlUnpadded(key.raw) }
    native = createPublicKey({ key: jwk, format: 'jwk' })
    publicKeys.set(key, native)
  }
  return native
}
