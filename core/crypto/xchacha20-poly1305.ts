import sodium from 'sodium-native'
import { HearthError } from '../codec/error.ts'

/** XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): ciphertext ‖ tag(16), 32-byte key, 24-byte nonce. */
export const XCHACHA_KEY = 32
export const XCHACHA_NONCE = 24
export const XCHACHA_TAG = 16

export function xchachaSeal(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, message: Uint8Array): Uint8Array {
  const out = new Uint8Array(message.length + XCHACHA_TAG)
  sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(out, message, ad, null, nonce, key)
  return out
}

/** Errors: crypto `aead` where the tag does not match. */
export function xchachaOpen(key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < XCHACHA_TAG) throw new HearthError('crypto', 'aead', 'shorter than its tag')
  const out = new Uint8Array(sealed.length - XCHACHA_TAG)
  try {
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(out, null, sealed, ad, nonce, key)
  } catch {
    throw new HearthError('crypto', 'aead', 'does not authenticate')
  }
  return out
}
