import { gcm } from '@noble/ciphers/aes.js'
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { ed448, x448 } from '@noble/curves/ed448.js'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { hkdf as nobleHkdf } from '@noble/hashes/hkdf.js'
import * as sha2 from '@noble/hashes/sha2.js'
import * as sha3 from '@noble/hashes/sha3.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, utf8 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { boxKey, open, openPadded, seal, sealPadded, toNonce } from '../../../core/crypto/box.ts'
import { gcmOpen, gcmSeal } from '../../../core/crypto/gcm.ts'
import { sha3_256, sha3_384, sha256, sha256Of, sha512 } from '../../../core/crypto/hash.ts'
import { hkdf, hkdf3 } from '../../../core/crypto/hkdf.ts'
import { hsalsa20Zero } from '../../../core/crypto/hsalsa20.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'
import { pad, unpad } from '../../../core/crypto/padding.ts'
import { sign, verify } from '../../../core/crypto/sign.ts'

/** Native primitives against noble, on random input. */

const bytes = (size: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: size, maxLength: size })
const message = fc.uint8Array({ maxLength: 400 })
const runs = (numRuns: number) => ({ seed: 10, numRuns })
/** noble wants plain Uint8Arrays, natively made results may be Buffers. */
const plain = (value: Uint8Array): Uint8Array => new Uint8Array(value)

test('hashes', () => {
  fc.assert(
    fc.property(message, message, (a, b) => {
      expect(plain(sha256(a))).toEqual(sha2.sha256(a))
      expect(plain(sha512(a))).toEqual(sha2.sha512(a))
      expect(plain(sha3_256(a))).toEqual(sha3.sha3_256(a))
      expect(plain(sha3_384(a))).toEqual(sha3.sha3_384(a))
      expect(plain(sha256Of(a, b))).toEqual(sha2.sha256(concat(a, b)))
    }),
    runs(100),
  )
})

test('HKDF', () => {
  fc.assert(
    fc.property(
      message,
      message,
      fc.constantFrom('', 'SimpleXSbChain', 'SimpleXX3DH'),
      fc.integer({ min: 1, max: 200 }),
      (salt, key, info, length) => {
        expect(plain(hkdf(salt, key, info, length))).toEqual(nobleHkdf(sha2.sha512, key, salt, utf8(info), length))
        expect(plain(concat(...hkdf3(salt, key, info)))).toEqual(nobleHkdf(sha2.sha512, key, salt, utf8(info), 96))
      },
    ),
    runs(60),
  )
})

/** HSalsa20 of noble, which counts in words; the key stays as it is, the input is zero. */
function nobleSubkey(key: Uint8Array): Uint8Array {
  const words = (from: Uint8Array): Uint32Array => new Uint32Array(plain(from).buffer)
  const out = new Uint32Array(8)
  hsalsa(words(utf8('expand 32-byte k')), words(key), new Uint32Array(4), out)
  return new Uint8Array(out.buffer)
}

describe('the network’s box', () => {
  test('is XSalsa20-Poly1305 under HSalsa20 of the key', () => {
    fc.assert(
      fc.property(bytes(32), bytes(24), message, (key, nonce, text) => {
        const subkey = boxKey(key)
        expect(plain(subkey)).toEqual(nobleSubkey(key))
        expect(plain(hsalsa20Zero(key))).toEqual(nobleSubkey(key))
        const sealed = seal(subkey, nonce, text)
        expect(plain(sealed)).toEqual(xsalsa20poly1305(nobleSubkey(key), nonce).encrypt(text))
        expect(plain(open(subkey, nonce, sealed))).toEqual(text)
      }),
      runs(100),
    )
  })

  test('does not open with a bit changed, cut or lengthened', () => {
    fc.assert(
      fc.property(bytes(32), bytes(24), message, fc.nat(), (key, nonce, text, at) => {
        const subkey = boxKey(key)
        const sealed = seal(subkey, nonce, text)
        expect(() => open(subkey, nonce, sealed.subarray(0, at % sealed.length))).toThrow(HearthError)
        expect(() => open(subkey, nonce, concat(sealed, Uint8Array.of(0)))).toThrow(HearthError)
        sealed[at % sealed.length]! ^= 1 << (at % 8)
        expect(() => open(subkey, nonce, sealed)).toThrow(HearthError)
      }),
      runs(60),
    )
  })

  test('padded', () => {
    fc.assert(
      fc.property(bytes(32), bytes(24), message, fc.integer({ min: 0, max: 50 }), (key, nonce, text, extra) => {
        const size = text.length + 2 + extra
        const sealed = sealPadded(boxKey(key), nonce, text, size)
        expect(plain(sealed)).toEqual(xsalsa20poly1305(nobleSubkey(key), nonce).encrypt(pad(text, size)))
        expect(plain(openPadded(boxKey(key), nonce, sealed))).toEqual(text)
        expect(() => sealPadded(boxKey(key), nonce, text, text.length + 1)).toThrow(HearthError)
        expect(unpad(pad(text, size))).toEqual(text)
      }),
      runs(60),
    )
  })

  test('nonces from other lengths', () => {
    expect(toNonce(utf8('abcd'))).toEqual(concat(utf8('abcd'), new Uint8Array(20)))
    expect(toNonce(new Uint8Array(30).fill(1))).toEqual(new Uint8Array(24).fill(1))
  })
})

test('AES-256-GCM with long nonces', () => {
  fc.assert(
    fc.property(bytes(32), fc.oneof(bytes(12), bytes(16)), message, message, (key, iv, ad, text) => {
      const { tag, ciphertext } = gcmSeal(key, iv, ad, text)
      expect(plain(concat(ciphertext, tag))).toEqual(gcm(key, iv, ad).encrypt(text))
      expect(plain(gcmOpen(key, iv, ad, { tag, ciphertext }))).toEqual(text)
      expect(() => gcmOpen(key, iv, concat(ad, Uint8Array.of(1)), { tag, ciphertext })).toThrow(HearthError)
    }),
    runs(60),
  )
})

describe('key agreement', () => {
  const curves = { X25519: { curve: x25519, size: 32, count: 20 }, X448: { curve: x448, size: 56, count: 8 } } as const

  test.each(['X25519', 'X448'] as const)('%s', (algorithm) => {
    const { curve, size, count } = curves[algorithm]
    fc.assert(
      fc.property(bytes(size), bytes(size), (a, b) => {
        const own = { algorithm, raw: a }
        const other = { algorithm, raw: b }
        expect(plain(publicKeyOf(own).raw)).toEqual(curve.getPublicKey(a))
        const secret = plain(agree(own, publicKeyOf(other)))
        expect(secret).toEqual(curve.getSharedSecret(a, curve.getPublicKey(b)))
        expect(plain(agree(other, publicKeyOf(own)))).toEqual(secret)
      }),
      runs(count),
    )
  })

  test.each(['X25519', 'X448'] as const)('%s with a key of low order', (algorithm) => {
    const { size } = curves[algorithm]
    const own = { algorithm, raw: new Uint8Array(size).fill(5) }
    expect(() => agree(own, { algorithm, raw: new Uint8Array(size) })).toThrow(HearthError)
  })
})

describe('signatures', () => {
  const curves = {
    Ed25519: { curve: ed25519, size: 32, count: 20 },
    Ed448: { curve: ed448, size: 57, count: 5 },
  } as const

  test.each(['Ed25519', 'Ed448'] as const)('%s', (algorithm) => {
    const { curve, size, count } = curves[algorithm]
    fc.assert(
      fc.property(bytes(size), message, fc.nat(), (seed, text, at) => {
        const key = { algorithm, raw: seed }
        const publicKey = publicKeyOf(key)
        expect(plain(publicKey.raw)).toEqual(curve.getPublicKey(seed))
        const signature = plain(sign(key, text))
        expect(signature).toEqual(curve.sign(text, seed))
        expect(verify(publicKey, text, signature)).toBe(true)
        expect(curve.verify(signature, text, plain(publicKey.raw))).toBe(true)
        expect(verify(publicKey, concat(text, Uint8Array.of(0)), signature)).toBe(false)
        expect(verify(publicKey, text, signature.subarray(1))).toBe(false)
        signature[at % signature.length]! ^= 1
        expect(verify(publicKey, text, signature)).toBe(false)
      }),
      runs(count),
    )
  })

  test.each(['Ed25519', 'Ed448'] as const)('%s: a key that is no point', (algorithm) => {
    const { size } = curves[algorithm]
    const raw = new Uint8Array(size).fill(0xff)
    expect(verify({ algorithm, raw }, utf8('x'), new Uint8Array(algorithm === 'Ed25519' ? 64 : 114))).toBe(false)
  })
})
