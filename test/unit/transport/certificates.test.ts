import { createPrivateKey, X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, equal, fromHex, hex } from '../../../core/codec/bytes.ts'
import { CodecError, HearthError } from '../../../core/codec/error.ts'
import { encodePublicKey, type KeyPair } from '../../../core/codec/keys.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import { type SigningAlgorithm, sign } from '../../../core/crypto/sign.ts'
import { realEnv } from '../../../core/env/real.ts'
import { silentLog } from '../../../core/env/silent.ts'
import {
  certificatePem,
  createIdentity,
  createLeaf,
  fingerprint,
  fromPem,
  privateKeyPem,
} from '../../../core/transport/certificate.ts'
import { validateChain } from '../../../core/transport/chain.ts'
import {
  bitString,
  element,
  elements,
  oid,
  only,
  sequence,
  TAG,
  time,
  timeOf,
  utf8String,
} from '../../../core/transport/der.ts'
import { SIGNATURE_ALGORITHM, signKey, verifySignedKey } from '../../../core/transport/signed-key.ts'

const env = realEnv({ log: silentLog })
const NOW = Date.now()
const YEAR = 365 * 86_400_000
const ALGORITHMS = ['Ed448', 'Ed25519'] as const

describe.each(ALGORITHMS)('certificates of %s', (algorithm) => {
  const ca = createIdentity(env, algorithm)
  const leaf = createLeaf(env, ca, 'smp.example.com')

  test('are what OpenSSL reads as the reference’s', () => {
    const [identity, online] = [new X509Certificate(ca.der), new X509Certificate(leaf.der)]
    expect(identity.subject).toBe('CN=SMP server CA\nO=SimpleX')
    expect(identity.issuer).toBe(identity.subject)
    expect([identity.ca, online.ca]).toEqual([true, false])
    expect(online.subject).toBe('CN=smp.example.com')
    expect(online.issuer).toBe(identity.subject)
    expect(online.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect(online.checkIssued(identity)).toBe(true)
    expect(online.verify(identity.publicKey)).toBe(true)
    expect(identity.verify(identity.publicKey)).toBe(true)
    expect(new Date(online.validTo).getFullYear()).toBeGreaterThan(4700)
    expect(online.checkPrivateKey(createPrivateKey(privateKeyPem(leaf.keys)))).toBe(true)
    expect(online.publicKey.asymmetricKeyType).toBe(algorithm.toLowerCase())
  })

  test('survive PEM', () => {
    const text = certificatePem(leaf.der, ca.der)
    expect(fromPem('CERTIFICATE', text).map(hex)).toEqual([hex(leaf.der), hex(ca.der)])
    expect(fromPem('PRIVATE KEY', text)).toEqual([])
  })

  test('form a valid chain', () => {
    const key = validateChain([leaf.der, ca.der], fingerprint(ca.der), NOW)
    expect(hex(encodePublicKey(key))).toBe(hex(encodePublicKey(leaf.keys.publicKey)))
  })
})

/** A certificate with whatever the test wants in it. */
interface Recipe {
  readonly subject: string
  readonly issuer: string
  readonly keys: KeyPair<SigningAlgorithm>
  readonly signer: KeyPair<SigningAlgorithm>
  readonly authority?: boolean
  readonly keyUsage?: number
  readonly from?: number
  readonly to?: number
  readonly version?: number
}

function make(recipe: Recipe): Uint8Array {
  const name = (text: string) => sequence(element(TAG.set, sequence(oid('550403'), utf8String(text))))
  const extensions = [
    ...(recipe.authority === undefined
      ? []
      : [
          sequence(
            oid('551d13'),
            element(
              TAG.octetString,
              sequence(...(recipe.authority ? [element(TAG.boolean, Uint8Array.of(0xff))] : [])),
            ),
          ),
        ]),
    ...(recipe.keyUsage === undefined
      ? []
      : [sequence(oid('551d0f'), element(TAG.octetString, element(TAG.bitString, Uint8Array.of(0, recipe.keyUsage))))]),
  ]
  const version = recipe.version ?? 3
  const signed = sequence(
    ...(version === 1 ? [] : [element(0xa0, element(TAG.integer, Uint8Array.of(version - 1)))]),
    element(TAG.integer, Uint8Array.of(7)),
    SIGNATURE_ALGORITHM.Ed25519,
    name(recipe.issuer),
    sequence(time(recipe.from ?? NOW - YEAR), time(recipe.to ?? NOW + YEAR)),
    name(recipe.subject),
    encodePublicKey(recipe.keys.publicKey),
    ...(version === 3 && extensions.length > 0 ? [element(0xa3, sequence(...extensions))] : []),
  )
  return sequence(signed, SIGNATURE_ALGORITHM.Ed25519, bitString(sign(recipe.signer.privateKey, signed)))
}

const pair = () => generateKeyPair('Ed25519', env.random)

describe('chains', () => {
  const [leafKeys, identityKeys, middleKeys, caKeys] = [pair(), pair(), pair(), pair()]
  const leaf = (more: Partial<Recipe> = {}) =>
    make({ subject: 'leaf', issuer: 'identity', keys: leafKeys, signer: identityKeys, ...more })
  const self = (more: Partial<Recipe> = {}) =>
    make({
      subject: 'identity',
      issuer: 'identity',
      keys: identityKeys,
      signer: identityKeys,
      authority: true,
      ...more,
    })
  const identity = (more: Partial<Recipe> = {}) =>
    make({ subject: 'identity', issuer: 'ca', keys: identityKeys, signer: caKeys, authority: true, ...more })
  const ca = (more: Partial<Recipe> = {}) =>
    make({ subject: 'ca', issuer: 'ca', keys: caKeys, signer: caKeys, authority: true, ...more })
  const other = make({ subject: 'other', issuer: 'other', keys: middleKeys, signer: middleKeys, authority: true })
  const check =
    (...chain: Uint8Array[]) =>
    () =>
      validateChain(chain, fingerprint(chain[1] ?? chain[0]!), NOW)

  test.each([
    ['two certificates', [leaf(), self()]],
    ['three: leaf, identity, operator', [leaf(), identity(), ca()]],
    ['three with keyUsage keyCertSign', [leaf(), identity({ keyUsage: 0x04 }), ca()]],
    ['four, the third ignored', [leaf(), identity(), other, ca()]],
    ['a path that reaches the anchor at once', [leaf({ issuer: 'ca', signer: caKeys }), identity(), ca()]],
    ['an anchor that is no CA: trusted by its fingerprint', [leaf(), self({ authority: false })]],
    ['an anchor outside its validity', [leaf(), self({ to: NOW - 1000 })]],
  ])('valid: %s', (_what, chain) => {
    expect(hex(check(...chain)().raw)).toBe(hex(leafKeys.publicKey.raw))
  })

  test.each([
    ['one certificate', [self()]],
    ['five certificates', [leaf(), identity(), other, other, ca()]],
    ['a leaf that expired', [leaf({ to: NOW - 1000 }), self()]],
    ['a leaf of the future', [leaf({ from: NOW + 1000 }), self()]],
    ['a leaf of version 1', [leaf({ version: 1 }), self()]],
    ['a leaf signed by somebody else', [leaf({ signer: caKeys }), self()]],
    ['a leaf of another issuer', [leaf({ issuer: 'other' }), self()]],
    ['an identity not signed by the anchor', [leaf(), identity({ signer: middleKeys }), ca()]],
    ['an identity that is no CA', [leaf(), identity({ authority: false }), ca()]],
    [
      'an identity without basicConstraints',
      [leaf(), make({ subject: 'identity', issuer: 'ca', keys: identityKeys, signer: caKeys }), ca()],
    ],
    ['an identity that may not sign certificates', [leaf(), identity({ keyUsage: 0x80 }), ca()]],
    ['an identity that expired', [leaf(), identity({ to: NOW - 1000 }), ca()]],
    [
      'identity and operator of the same name',
      [
        leaf(),
        identity({ issuer: 'identity' }),
        make({ subject: 'identity', issuer: 'identity', keys: caKeys, signer: caKeys, authority: true }),
      ],
    ],
    ['a path that goes in circles', [leaf(), self(), ca()]],
  ])('refused: %s', (_what, chain) => {
    expect(check(...chain)).toThrow(expect.objectContaining({ kind: 'network', code: 'bad-chain', temporary: false }))
  })

  test('another identity than the address names', () => {
    expect(() => validateChain([leaf(), self()], new Uint8Array(32), NOW)).toThrow(
      expect.objectContaining({ code: 'unknown-ca' }),
    )
  })

  test('mutated certificates are refused with a typed error', () => {
    const chain = [leaf(), identity(), ca()]
    fc.assert(
      fc.property(fc.nat(2), fc.nat(600), fc.integer({ min: 1, max: 255 }), fc.boolean(), (which, at, flip, cut) => {
        const changed = chain.map((der) => der.slice())
        const target = changed[which]!
        if (cut) changed[which] = target.subarray(0, at % target.length)
        else target[at % target.length]! ^= flip
        try {
          validateChain(changed, fingerprint(changed[1]!), NOW)
          // What the path does not look at may change: the operator's signature over itself, for example.
          return which === 2 || !cut
        } catch (error) {
          return error instanceof HearthError
        }
      }),
      { seed: 11, numRuns: 3000 },
    )
  })
})

describe('signed keys', () => {
  const session = generateKeyPair('X25519', env.random).publicKey

  test.each([
    ['Ed25519', 122, '3078302c302a'],
    ['Ed448', 173, '3081aa302c302a'],
  ] as const)('by %s have %i bytes and open with that key only', (algorithm, size, prefix) => {
    const signer = generateKeyPair(algorithm, env.random)
    const object = signKey(session, signer.privateKey)
    expect(object).toHaveLength(size)
    expect(hex(object)).toMatch(new RegExp(`^${prefix}`))
    expect(equal(verifySignedKey(object, signer.publicKey, 'X25519')!.raw, session.raw)).toBe(true)
    expect(verifySignedKey(object, generateKeyPair(algorithm, env.random).publicKey, 'X25519')).toBeUndefined()
    expect(() => verifySignedKey(object, signer.publicKey, 'Ed25519')).toThrow(CodecError)
  })

  test('the worked example V9 of smp §10', () => {
    const publicKey = {
      algorithm: 'X25519',
      raw: fromHex('358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254'),
    } as const
    const seed = new Uint8Array(32).map((_, i) => 0x60 + i)
    expect(hex(signKey(publicKey, { algorithm: 'Ed25519', raw: seed }))).toBe(
      '3078302c302a300506032b656e032100358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254300506032b6570' +
        '0341001ee5920a521667bf1a4d0730fd121d1016ac81d77c20f30d278c70289b3fd4cbddd005325a075b4e2a7a75a1af4154b8ba1eb5bb80d5b4800cf61c7bcef32101',
    )
  })

  test('a bare SPKI in the first place is not accepted', () => {
    const signer = generateKeyPair('Ed25519', env.random)
    const spki = encodePublicKey(session)
    const object = sequence(spki, SIGNATURE_ALGORITHM.Ed25519, bitString(sign(signer.privateKey, spki)))
    expect(() => verifySignedKey(object, signer.publicKey, 'X25519')).toThrow(CodecError)
  })

  test('mutated objects yield undefined or CodecError', () => {
    const signer = generateKeyPair('Ed25519', env.random)
    const object = signKey(session, signer.privateKey)
    fc.assert(
      fc.property(fc.nat(object.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
        const changed = cut ? object.slice(0, at) : object.slice()
        if (!cut) changed[at]! ^= flip
        try {
          return verifySignedKey(changed, signer.publicKey, 'X25519') === undefined
        } catch (error) {
          return error instanceof CodecError
        }
      }),
      { seed: 12, numRuns: 2000 },
    )
  })
})

describe('DER', () => {
  test.each([0, 1, 127, 128, 255, 256, 5000])('contents of %i bytes come back', (size) => {
    const content = new Uint8Array(size).fill(5)
    expect(hex(only(element(TAG.octetString, content), TAG.octetString).content)).toBe(hex(content))
  })

  test('times of both forms', () => {
    for (const moment of [
      '1999-12-31T23:59:59Z',
      '2049-12-31T23:59:59Z',
      '2050-01-01T00:00:00Z',
      '4763-10-08T12:00:00Z',
    ]) {
      const [encoded] = elements(time(Date.parse(moment)))
      expect(encoded!.tag).toBe(moment < '2050' ? TAG.utcTime : TAG.generalizedTime)
      expect(timeOf(encoded!)).toBe(Date.parse(moment))
    }
  })

  test('any bytes are elements or a CodecError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          const found = elements(bytes)
          return hex(concat(...found.map(({ whole }) => whole))) === hex(bytes)
        } catch (error) {
          return error instanceof CodecError
        }
      }),
      { seed: 13, numRuns: 5000 },
    )
  })
})
