import { equal, fromHex } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import { decodePublicKey, encodePublicKey, narrowPublicKey, type PrivateKey, type PublicKey } from '../codec/keys.ts'
import { type SigningAlgorithm, sign, signatureSize, verify } from '../crypto/sign.ts'
import { bitString, bitStringBytes, elements, only, sequence, TAG } from './der.ts'

/**
 * A session key signed by the leaf certificate's key (smp §2.3):
 *
 *     SEQUENCE { SEQUENCE { SubjectPublicKeyInfo }, AlgorithmIdentifier, BIT STRING signature }
 *
 * The SPKI stands in a SEQUENCE of its own, and that SEQUENCE is what is signed.
 */
export const SIGNATURE_ALGORITHM: Readonly<Record<SigningAlgorithm, Uint8Array>> = {
  Ed25519: fromHex('300506032b6570'),
  Ed448: fromHex('300506032b6571'),
}

export function signKey(key: PublicKey<'X25519' | 'Ed25519'>, signer: PrivateKey<SigningAlgorithm>): Uint8Array {
  const signed = sequence(encodePublicKey(key))
  return sequence(signed, SIGNATURE_ALGORITHM[signer.algorithm], bitString(sign(signer, signed)))
}

/**
 * The key inside, or undefined where the signature is not `signer`'s. Throws CodecError where the object is not of the
 * form (a bare SPKI in the first place is not) or the key is of another algorithm.
 */
export function verifySignedKey<A extends 'X25519' | 'Ed25519'>(
  object: Uint8Array,
  signer: PublicKey<SigningAlgorithm>,
  algorithm: A,
): PublicKey<A> | undefined {
  const [signed, identifier, signature, ...rest] = elements(only(object, TAG.sequence).content)
  if (signed === undefined || identifier === undefined || signature === undefined || rest.length > 0) {
    throw new CodecError('syntax', 'not a signed key')
  }
  const key = narrowPublicKey(decodePublicKey(only(signed.whole, TAG.sequence).content), algorithm)
  const bytes = bitStringBytes(signature)
  if (!equal(identifier.whole, SIGNATURE_ALGORITHM[signer.algorithm])) return undefined
  if (bytes.length !== signatureSize(signer.algorithm)) return undefined
  return verify(signer, signed.whole, bytes) ? key : undefined
}
