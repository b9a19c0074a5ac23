import { Buffer } from 'node:buffer'
import { fromHex } from '../codec/bytes.ts'
import { encodePrivateKey, encodePublicKey, type KeyPair, type PublicKey } from '../codec/keys.ts'
import { sha256 } from '../crypto/hash.ts'
import { generateKeyPair } from '../crypto/keypair.ts'
import { type SigningAlgorithm, sign } from '../crypto/sign.ts'
import type { Env } from '../env/env.ts'
import { bitString, element, oid, sequence, TAG, time, utf8String } from './der.ts'
import { SIGNATURE_ALGORITHM } from './signed-key.ts'

/** Certificates of a router (smp §3.4): an identity that signs, offline, the leaf that TLS shows. */
export interface Certificate {
  readonly der: Uint8Array
  readonly keys: KeyPair<SigningAlgorithm>
}

/** The identity of a router in addresses: SHA-256 of the whole identity certificate. */
export function fingerprint(identity: Uint8Array): Uint8Array {
  return sha256(identity)
}

const DAY = 86_400_000
/** 999999 days, as the reference writes; the year stays below 10000. */
const LIFETIME = 999_999 * DAY
/** A clock that is a little behind ours must not find the certificate in the future. */
const CLOCK_SKEW = DAY

const OID = {
  commonName: '550403',
  organization: '55040a',
  subjectKeyId: '551d0e',
  keyUsage: '551d0f',
  basicConstraints: '551d13',
  authorityKeyId: '551d23',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
} as const

const CA_NAME = sequence(attribute(OID.commonName, 'SMP server CA'), attribute(OID.organization, 'SimpleX'))

/** `CN=SMP server CA, O=SimpleX`, self-signed; its key is needed again only for a new leaf. */
export function createIdentity(env: Env, algorithm: SigningAlgorithm): Certificate {
  const keys = generateKeyPair(algorithm, env.random)
  const der = certificate(env, {
    subject: CA_NAME,
    key: keys.publicKey,
    signer: keys,
    extensions: [
      extension(OID.subjectKeyId, element(TAG.octetString, keyId(keys.publicKey))),
      extension(OID.authorityKeyId, sequence(element(0x80, keyId(keys.publicKey)))),
      extension(OID.basicConstraints, sequence(element(TAG.boolean, Uint8Array.of(0xff))), true),
    ],
  })
  return { der, keys }
}

/** `CN=<host>`, for TLS servers; clients check the fingerprint of `identity`, never the name. */
export function createLeaf(env: Env, identity: Certificate, host: string): Certificate {
  const keys = generateKeyPair(identity.keys.privateKey.algorithm, env.random)
  const der = certificate(env, {
    subject: sequence(attribute(OID.commonName, host)),
    key: keys.publicKey,
    signer: identity.keys,
    extensions: [
      extension(OID.basicConstraints, sequence()),
      // digitalSignature, nonRepudiation, keyAgreement: bits 0, 1, 4; three bits unused
      extension(OID.keyUsage, element(TAG.bitString, fromHex('03c8'))),
      extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
      extension(OID.subjectKeyId, element(TAG.octetString, keyId(keys.publicKey))),
      extension(OID.authorityKeyId, sequence(element(0x80, keyId(identity.keys.publicKey)))),
    ],
  })
  return { der, keys }
}

interface Contents {
  readonly subject: Uint8Array
  readonly key: PublicKey<SigningAlgorithm>
  readonly signer: KeyPair<SigningAlgorithm>
  readonly extensions: readonly Uint8Array[]
}

function certificate(env: Env, contents: Contents): Uint8Array {
  const { algorithm } = contents.signer.privateKey
  const notBefore = env.clock.now() - CLOCK_SKEW
  const signed = sequence(
    element(0xa0, element(TAG.integer, Uint8Array.of(2))),
    element(TAG.integer, serialNumber(env)),
    SIGNATURE_ALGORITHM[algorithm],
    CA_NAME,
    sequence(time(notBefore), time(notBefore + LIFETIME)),
    contents.subject,
    encodePublicKey(contents.key),
    element(0xa3, sequence(...contents.extensions)),
  )
  return sequence(signed, SIGNATURE_ALGORITHM[algorithm], bitString(sign(contents.signer.privateKey, signed)))
}

/** 20 bytes, positive, without a leading zero byte. */
function serialNumber(env: Env): Uint8Array {
  const serial = env.random(20)
  serial[0] = (serial[0]! & 0x3f) | 0x40
  return serial
}

function attribute(type: string, value: string): Uint8Array {
  return element(TAG.set, sequence(oid(type), utf8String(value)))
}

function extension(type: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? [element(TAG.boolean, Uint8Array.of(0xff))] : []
  return sequence(oid(type), ...flag, element(TAG.octetString, value))
}

/** RFC 7093 §2 method 1: the leftmost 160 bits of SHA-256 of the key. */
function keyId(key: PublicKey): Uint8Array {
  return sha256(key.raw).subarray(0, 20)
}

export function certificatePem(...chain: readonly Uint8Array[]): string {
  return chain.map((der) => pem('CERTIFICATE', der)).join('')
}

export function privateKeyPem(keys: KeyPair<SigningAlgorithm>): string {
  return pem('PRIVATE KEY', encodePrivateKey(keys.privateKey))
}

function pem(label: string, der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`
}

/** The DER of every block of that label, in order. */
export function fromPem(label: 'CERTIFICATE' | 'PRIVATE KEY', text: string): Uint8Array[] {
  const blocks = text.matchAll(new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`, 'g'))
  return [...blocks].map((block) => new Uint8Array(Buffer.from(block[1]!, 'base64')))
}
