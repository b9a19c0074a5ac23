/** The part of sodium-native that we call. Buffers are written in place; wrong sizes throw. */
declare module 'sodium-native' {
  const sodium: {
    crypto_secretbox_easy(out: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array): void
    crypto_secretbox_open_easy(out: Uint8Array, sealed: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean
    crypto_scalarmult(secret: Uint8Array, privateKey: Uint8Array, publicKey: Uint8Array): void
    crypto_scalarmult_base(publicKey: Uint8Array, privateKey: Uint8Array): void
    crypto_hash_sha512(out: Uint8Array, message: Uint8Array): void
    crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void
    crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void
    crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean
  }
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS
  export default sodium
}
