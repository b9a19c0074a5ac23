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
    crypto_aead_xchacha20poly1305_ietf_encrypt(
      out: Uint8Array,
      message: Uint8Array,
      associatedData: Uint8Array | null,
      secretNonce: null,
      nonce: Uint8Array,
      key: Uint8Array,
    ): number
    /** Throws where the tag does not match. */
    crypto_aead_xchacha20poly1305_ietf_decrypt(
      out: Uint8Array,
      secretNonce: null,
      sealed: Uint8Array,
      associatedData: Uint8Array | null,
      nonce: Uint8Array,
      key: Uint8Array,
    ): number
    readonly crypto_pwhash_ALG_ARGON2ID13: number
    /** In a thread of the pool. */
    crypto_pwhash_async(
      out: Uint8Array,
      passphrase: Uint8Array,
      salt: Uint8Array,
      passes: number,
      memory: number,
      algorithm: number,
    ): Promise<void>
  }
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS
  export default sodium
}
