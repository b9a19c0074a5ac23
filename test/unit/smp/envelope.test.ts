import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { utf8 } from '../../../core/codec/bytes.ts'
import { CodecError, HearthError } from '../../../core/codec/error.ts'
import { decodeReceivedBody, openReceivedBody, sealReceivedBody } from '../../../core/smp/body.ts'
import {
  CONFIRMATION_PADDING,
  decodeClientMessage,
  decodeEnvelope,
  MAX_CONFIRMATION_BODY,
  MAX_MESSAGE_BODY,
  MESSAGE_PADDING,
  openEnvelope,
  sealEnvelope,
} from '../../../core/smp/envelope.ts'
import {
  openForwardedAnswer,
  openProxied,
  openProxiedAnswer,
  sealForwardedAnswer,
  sealProxiedAnswer,
} from '../../../core/smp/proxy.ts'
import { authKey, publicKey } from './arbitrary.ts'

const secret = new Uint8Array(32).fill(7)
const nonce = new Uint8Array(24).fill(9)

describe('envelopes', () => {
  test('round trip with any headers', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.option(publicKey('X25519'), { nil: undefined }),
        fc.option(authKey, { nil: undefined }),
        fc.uint8Array({ maxLength: 500 }),
        (version, key, senderKey, body) => {
          const bytes = sealEnvelope(secret, { version, key }, nonce, { senderKey, body }, CONFIRMATION_PADDING)
          const envelope = decodeEnvelope(bytes)
          expect(envelope.header).toEqual({ version, key })
          expect(openEnvelope(secret, envelope)).toEqual({ senderKey, body })
        },
      ),
      { seed: 5, numRuns: 100 },
    )
  })

  test('sizes of smp §2.10', () => {
    const key = { algorithm: 'X25519', raw: new Uint8Array(32) } as const
    const confirmation = new Uint8Array(MAX_CONFIRMATION_BODY)
    expect(sealEnvelope(secret, { version: 4, key }, nonce, { body: confirmation }, CONFIRMATION_PADDING)).toHaveLength(
      15992,
    )
    const message = new Uint8Array(MAX_MESSAGE_BODY)
    expect(sealEnvelope(secret, { version: 4 }, nonce, { body: message }, MESSAGE_PADDING)).toHaveLength(16043)
    const larger = new Uint8Array(MAX_MESSAGE_BODY + 1)
    expect(() => sealEnvelope(secret, { version: 4 }, nonce, { body: larger }, MESSAGE_PADDING)).toThrow(HearthError)
  })

  test('damaged or malformed', () => {
    const bytes = sealEnvelope(secret, { version: 4 }, nonce, { body: utf8('x') }, MESSAGE_PADDING)
    bytes[bytes.length - 1]! ^= 1
    expect(() => openEnvelope(secret, decodeEnvelope(bytes))).toThrow(HearthError)
    expect(() => decodeEnvelope(bytes.subarray(0, 26))).toThrow(CodecError)
    expect(() => decodeClientMessage(utf8('?'))).toThrow(CodecError)
    expect(() => decodeClientMessage(utf8('K'))).toThrow(CodecError)
  })
})

describe('delivered bodies', () => {
  test('flags of later versions are skipped', () => {
    const decoded = decodeReceivedBody(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 1, ...utf8('Fabc hi')]))
    expect(decoded).toEqual({ type: 'message', time: 1n, flags: { notification: false }, body: utf8('hi') })
  })

  test('the largest body of any version fits', () => {
    const body = { type: 'message', time: 1n, flags: { notification: true }, body: new Uint8Array(16088) } as const
    expect(openReceivedBody(secret, nonce, sealReceivedBody(secret, nonce, body))).toEqual(body)
  })

  test('malformed', () => {
    for (const bad of ['', 'QUOTA ', 'QUOTA 123456789', '12345678', '12345678X a', '12345678T']) {
      expect(() => decodeReceivedBody(utf8(bad))).toThrow(CodecError)
    }
  })
})

test('answers through a proxy use the nonce backwards', () => {
  const corrId = Uint8Array.from({ length: 24 }, (_, i) => i)
  const answer = sealProxiedAnswer(secret, corrId, utf8('answer'))
  expect(openProxiedAnswer(secret, corrId, answer)).toEqual(utf8('answer'))
  expect(openProxied(secret, corrId.slice().reverse(), answer)).toEqual(utf8('answer'))
  expect(() => openProxied(secret, corrId, answer)).toThrow(HearthError)
  const forwarded = { corrId: nonce, answer }
  expect(openForwardedAnswer(secret, corrId, sealForwardedAnswer(secret, corrId, forwarded))).toEqual(forwarded)
})
