import assert from 'node:assert/strict'
import { base64url, fromBase64url } from '../../../core/codec/base64url.ts'
import { hex, reverse } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import {
  decodePrivateKey,
  decodePublicKey,
  encodePrivateKey,
  encodePublicKey,
  type KeyAlgorithm,
  readPublicKey,
  writePublicKey,
} from '../../../core/codec/keys.ts'
import { decode } from '../../../core/codec/reader.ts'
import { encode } from '../../../core/codec/writer.ts'
import { agree } from '../../../core/crypto/agreement.ts'
import { boxKey, open, openPadded, seal, sealPadded, toNonce } from '../../../core/crypto/box.ts'
import { gcmOpen, gcmSeal } from '../../../core/crypto/gcm.ts'
import { sha3_256, sha3_384, sha256, sha256Of, sha512 } from '../../../core/crypto/hash.ts'
import { hkdf } from '../../../core/crypto/hkdf.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'
import { pad, unpad } from '../../../core/crypto/padding.ts'
import { sign, verify } from '../../../core/crypto/sign.ts'
import { authorise, verifyAuthorisation } from '../../../core/smp/authorise.ts'
import { bytes, flag, keyPair, number, object, same, text } from '../fields.ts'
import type { Context, Handler, VectorRecord } from '../handler.ts'

const ALGORITHMS: readonly KeyAlgorithm[] = ['Ed25519', 'Ed448', 'X25519', 'X448']

function algorithmOf(record: VectorRecord): KeyAlgorithm {
  const algorithm = ALGORITHMS.find((name) => record.name.split(' ').includes(name))
  assert(algorithm !== undefined, 'unknown algorithm')
  return algorithm
}

/** The record with the two agreeing keys that a file names `key <algorithm> a` and `key <algorithm> b`. */
function agreementKey<A extends 'X25519' | 'X448'>(context: Context, algorithm: A, which: 'a' | 'b') {
  return keyPair(context.record(`key ${algorithm} ${which}`).key, algorithm)
}

/** Changes one bit. */
function damaged(sealed: Uint8Array): Uint8Array {
  const copy = sealed.slice()
  copy[0] = copy[0]! ^ 1
  return copy
}

function checkPaddedBox(record: VectorRecord, key: string): void {
  const subkey = boxKey(bytes(record, key))
  const nonce = bytes(record, 'nonce')
  same(sealPadded(subkey, nonce, bytes(record, 'msg'), number(record, 'paddedLen')), text(record, 'ciphertext'), 'box')
  same(openPadded(subkey, nonce, bytes(record, 'ciphertext')), text(record, 'msg'), 'message')
  assert.throws(() => openPadded(subkey, nonce, damaged(bytes(record, 'ciphertext'))), HearthError)
}

function checkBox(record: VectorRecord, key: string): void {
  const subkey = boxKey(bytes(record, key))
  const nonce = bytes(record, 'nonce')
  same(seal(subkey, nonce, bytes(record, 'msg')), text(record, 'ciphertext'), 'box')
  same(open(subkey, nonce, bytes(record, 'ciphertext')), text(record, 'msg'), 'message')
  assert.throws(() => open(subkey, nonce, damaged(bytes(record, 'ciphertext'))), HearthError)
}

export const handlers: Handler[] = [
  {
    name: 'key',
    check(record) {
      const fields = object(record.key)
      const { publicKey, privateKey } = keyPair(fields, algorithmOf(record))
      same(encodePublicKey(publicKey), text(fields, 'pubDer'), 'public key')
      same(encodePrivateKey(privateKey), text(fields, 'privDer'), 'private key')
      same(publicKeyOf(privateKey).raw, text(fields, 'pubRaw'), 'derived public key')
      assert.throws(() => decodePublicKey(bytes(fields, 'pubDer').subarray(1)), HearthError)
      assert.throws(() => decodePrivateKey(bytes(fields, 'privDer').subarray(0, -1)), HearthError)
      if (record.smpEncodePub === undefined) return
      same(
        encode((w) => writePublicKey(w, publicKey)),
        text(record, 'smpEncodePub'),
        'field',
      )
      assert.deepEqual(
        decode(bytes(record, 'smpEncodePub'), (r) => readPublicKey(r, algorithmOf(record))),
        publicKey,
      )
      assert.equal(base64url(encodePublicKey(publicKey)), text(record, 'strEncodePub'))
      assert.deepEqual(decodePublicKey(fromBase64url(text(record, 'strEncodePub'))), publicKey)
    },
  },
  {
    name: 'dh',
    check(record, context) {
      const algorithm = algorithmOf(record)
      assert(algorithm === 'X25519' || algorithm === 'X448')
      const [a, b] = [agreementKey(context, algorithm, 'a'), agreementKey(context, algorithm, 'b')]
      same(agree(a.privateKey, b.publicKey), text(record, 'secret'), 'a with b')
      const others = hex(agree(b.privateKey, a.publicKey))
      assert.equal(others === text(record, 'secret'), flag(record, 'same'))
    },
  },
  {
    name: 'sign',
    check(record, context) {
      const algorithm = algorithmOf(record)
      assert(algorithm === 'Ed25519' || algorithm === 'Ed448')
      const { publicKey, privateKey } = keyPair(context.record(`key ${algorithm}`).key, algorithm)
      const [message, signature] = [bytes(record, 'msg'), bytes(record, 'signature')]
      same(sign(privateKey, message), signature, 'signature')
      assert(verify(publicKey, message, signature))
      assert(!verify(publicKey, message, damaged(signature)))
      assert(!verify(publicKey, Uint8Array.from([...message, 0]), signature))
    },
  },
  {
    name: 'pad',
    check(record) {
      const [message, size] = [bytes(record, 'msg'), number(record, 'paddedLen')]
      if (typeof record.result !== 'string') {
        assert.equal(text(object(record.result), 'error'), 'CryptoLargeMsgError')
        assert.throws(() => pad(message, size), { kind: 'crypto', code: 'large' })
        return
      }
      same(pad(message, size), record.result, 'padded')
      same(unpad(bytes(record, 'result')), message, 'message')
    },
  },
  {
    name: 'unPad',
    check(record) {
      if (typeof record.result === 'string') same(unpad(bytes(record, 'padded')), record.result, 'message')
      else assert.throws(() => unpad(bytes(record, 'padded')), HearthError)
    },
  },
  { name: 'cbEncrypt', check: (record) => checkPaddedBox(record, 'secret') },
  { name: 'sbEncrypt', check: (record) => checkPaddedBox(record, 'key') },
  { name: 'cbEncryptNoPad', check: (record) => checkBox(record, 'secret') },
  { name: 'sbEncryptNoPad', check: (record) => checkBox(record, 'key') },
  {
    name: 'cbAuthenticate',
    check(record, context) {
      const own = keyPair(record.priv, 'X25519')
      const peerRaw = bytes(record, 'peerPub')
      const message = bytes(record, 'msg')
      const nonce = bytes(record, 'nonce')
      const authenticator = bytes(record, 'authenticator')
      same(authorise(own.privateKey, message, nonce, { algorithm: 'X25519', raw: peerRaw }), authenticator, 'made')
      const peer = context.records
        .filter((other) => other.name.startsWith('key X25519'))
        .map((other) => keyPair(other.key, 'X25519'))
        .find((pair) => hex(pair.publicKey.raw) === hex(peerRaw))
      assert(peer !== undefined, 'the file has the private key of the other side')
      const verified = (covered: Uint8Array): boolean =>
        verifyAuthorisation(own.publicKey, authenticator, covered, nonce, peer.privateKey)
      assert.equal(verified(message), flag(record, 'verifyOtherSide'))
      assert.equal(verified(Uint8Array.from([...message, 0])), flag(record, 'verifyBadMsg'))
    },
  },
  {
    name: 'nonces',
    check(record) {
      const nonce = toNonce(bytes(record, 'input'))
      same(nonce, text(record, 'cbNonce'), 'nonce')
      same(reverse(nonce), text(record, 'reverse'), 'reversed')
    },
  },
  {
    name: 'hash',
    check(record) {
      const message = bytes(record, 'msg')
      same(sha256(message), text(record, 'sha256'), 'SHA-256')
      same(sha256Of(message.subarray(0, 3), message.subarray(3)), text(record, 'sha256'), 'SHA-256 of parts')
      same(sha512(message), text(record, 'sha512'), 'SHA-512')
      same(sha3_256(message), text(record, 'sha3_256'), 'SHA3-256')
      same(sha3_384(message), text(record, 'sha3_384'), 'SHA3-384')
    },
  },
  {
    name: 'hkdf',
    check(record) {
      const out = hkdf(bytes(record, 'salt'), bytes(record, 'ikm'), text(record, 'info'), number(record, 'len'))
      same(out, text(record, 'out'), 'derived')
    },
  },
  {
    name: 'encryptAEAD',
    check(record) {
      const [key, iv, ad] = [bytes(record, 'key'), bytes(record, 'iv'), bytes(record, 'ad')]
      const sealed = gcmSeal(key, iv, ad, pad(bytes(record, 'msg'), number(record, 'paddedLen')))
      same(sealed.tag, text(record, 'tag'), 'tag')
      same(sealed.ciphertext, text(record, 'ciphertext'), 'ciphertext')
      const given = { tag: bytes(record, 'tag'), ciphertext: bytes(record, 'ciphertext') }
      same(unpad(gcmOpen(key, iv, ad, given)), text(record, 'msg'), 'message')
      assert.throws(() => gcmOpen(key, iv, ad, { ...given, tag: damaged(given.tag) }), HearthError)
    },
  },
  {
    name: 'encryptAESNoPad',
    check(record) {
      const [key, iv, ad] = [bytes(record, 'key'), bytes(record, 'iv'), new Uint8Array(0)]
      const sealed = gcmSeal(key, iv, ad, bytes(record, 'msg'))
      same(sealed.tag, text(record, 'tag'), 'tag')
      same(sealed.ciphertext, text(record, 'ciphertext'), 'ciphertext')
      const given = { tag: bytes(record, 'tag'), ciphertext: bytes(record, 'ciphertext') }
      same(gcmOpen(key, iv, ad, given), text(record, 'msg'), 'message')
    },
  },
  { name: 'sntrup761', check: () => 'skipped' },
]
