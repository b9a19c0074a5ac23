import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AgentEnvelope, decodeAgentEnvelope, encodeAgentEnvelope } from '../../../core/agent/envelope.ts'
import { formatConnectionRequest } from '../../../core/agent/links/full-link.ts'
import { queueInfo } from '../../../core/agent/links/queue-address.ts'
import {
  type AgentMessage,
  type AMessage,
  checkIntegrity,
  decodeAgentMessage,
  decodeAMessage,
  encodeAgentMessage,
  encodeAMessage,
  formatIntegrity,
  messageHash,
  messagePrefix,
} from '../../../core/agent/message.ts'
import type { E2eParams } from '../../../core/agent/ratchet/params.ts'
import {
  confirmationSize,
  MAX_INVITATION,
  maxConnInfo,
  maxMessageBody,
  messageSize,
  usesPqSizes,
} from '../../../core/agent/sizes.ts'
import { concat, EMPTY, fromHex, hex, utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'
import { encode } from '../../../core/codec/writer.ts'
import { writePublicHeader } from '../../../core/smp/envelope.ts'
import {
  CONTACT,
  CONTACT_QUEUE,
  DH_KEY,
  DH_KEY_HEX,
  INVITATION,
  JOINER,
  MESSAGING_QUEUE,
  pair,
  ROUTER,
  ROUTER_HEX,
  repeated,
  SENDER_ID,
} from './samples.ts'

const HASH = repeated(0xee, 32)
const QUEUE = { router: ROUTER, senderId: SENDER_ID }
const numbered = (number: number, message: AMessage, previousHash = HASH): AgentMessage => ({
  type: 'message',
  number,
  previousHash,
  message,
})

describe('worked examples of agent §14.5', () => {
  const ee = `20${'ee'.repeat(32)}`
  test.each([
    ['HELLO', numbered(2, { type: 'HELLO' }), `4d0000000000000002${ee}48`],
    ['A_MSG', numbered(3, { type: 'A_MSG', body: utf8('hi') }), `4d0000000000000003${ee}4d6869`],
    ['first A_MSG', numbered(1, { type: 'A_MSG', body: utf8('hi') }, EMPTY), '4d0000000000000001004d6869'],
    [
      'A_RCVD',
      numbered(4, { type: 'A_RCVD', receipts: [{ number: 3, hash: repeated(0xdd, 32), info: EMPTY }] }),
      `4d0000000000000004${ee}5601000000000000000320${'dd'.repeat(32)}0000`,
    ],
  ] as const)('%s', (_, message, expected) => {
    expect(hex(encodeAgentMessage(message))).toBe(expected)
    expect(decodeAgentMessage(fromHex(expected))).toEqual(message)
  })

  test('hash of a HELLO', () => {
    expect(hex(messageHash(encodeAgentMessage(numbered(2, { type: 'HELLO' }))))).toBe(
      '70ec070b890aad02c62899b076ae8f37a61d7a25183b0914016adf2f1149a3f6',
    )
  })

  test('payloads', () => {
    expect(hex(encodeAMessage({ type: 'A_QCONT', queue: QUEUE }))).toBe(`5143${ROUTER_HEX}18${hex(SENDER_ID)}`)
    expect(hex(encodeAMessage({ type: 'EREADY', lastNumber: 7 }))).toBe('450000000000000007')
  })

  test('prefixes of envelopes and public headers', () => {
    const e2e: E2eParams = { version: 3, key1: JOINER.key1.publicKey, key2: JOINER.key2.publicKey, kem: undefined }
    const message = encodeAgentEnvelope({ type: 'message', version: 7, encrypted: EMPTY })
    const confirmation = encodeAgentEnvelope({ type: 'confirmation', version: 7, e2e, encrypted: EMPTY })
    expect(hex(message)).toBe('00074d')
    expect(hex(confirmation)).toMatch(/^00074331000344/)
    expect(hex(encode((w) => writePublicHeader(w, { version: 4 })))).toBe('000430')
    expect(hex(encode((w) => writePublicHeader(w, { version: 4, key: DH_KEY })))).toBe(`000431${DH_KEY_HEX}`)
  })
})

describe('agent messages', () => {
  const contents: readonly AMessage[] = [
    { type: 'HELLO' },
    { type: 'A_MSG', body: EMPTY },
    { type: 'A_MSG', body: repeated(0x48, 15000) },
    {
      type: 'A_RCVD',
      receipts: [
        { number: 1, hash: HASH, info: repeated(1, 300) },
        { number: 2, hash: HASH, info: EMPTY },
      ],
    },
    { type: 'A_QCONT', queue: QUEUE },
    {
      type: 'QADD',
      queues: [
        { queue: CONTACT_QUEUE, replaces: QUEUE },
        { queue: MESSAGING_QUEUE, replaces: undefined },
      ],
    },
    { type: 'QKEY', queues: [{ queue: queueInfo(MESSAGING_QUEUE, 4), senderKey: pair('Ed25519', 1, 32).publicKey }] },
    { type: 'QUSE', queues: [{ queue: QUEUE, primary: false }] },
    { type: 'QTEST', queues: [QUEUE, QUEUE] },
    { type: 'EREADY', lastNumber: 2 ** 40 },
  ]
  const messages: readonly AgentMessage[] = [
    { type: 'connInfo', info: utf8('{}') },
    { type: 'connInfoReply', queues: [queueInfo(MESSAGING_QUEUE, 4)], info: utf8('MT') },
    { type: 'ratchetInfo', info: EMPTY },
    ...contents.map((content) => numbered(9, content)),
  ]

  test.each(messages.map((message, i) => [i, message] as const))('round trip %i', (_, message) => {
    const bytes = encodeAgentMessage(message)
    const decoded = decodeAgentMessage(bytes)
    expect(encodeAgentMessage(decoded)).toEqual(bytes)
    expect(decoded.type).toBe(message.type)
  })

  test('a content that is complete refuses more and less', () => {
    for (const content of contents) {
      if (content.type === 'A_MSG') continue
      const bytes = encodeAMessage(content)
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decodeAMessage(bytes.subarray(0, length))).toThrow(CodecError)
      }
      expect(() => decodeAMessage(concat(bytes, Uint8Array.of(0)))).toThrow(CodecError)
    }
  })

  test.each(['', '5a', '5158', '5600', '4400', '4d'])('refuses %s', (bytes) => {
    expect(() => decodeAgentMessage(fromHex(bytes))).toThrow(CodecError)
  })

  test('numbers beyond 2^53 are refused', () => {
    expect(() => decodeAMessage(fromHex('450020000000000000'))).toThrow(CodecError)
    expect(() => encodeAMessage({ type: 'EREADY', lastNumber: 2 ** 53 })).toThrow(CodecError)
  })

  test('prefix and content are the message', () => {
    const content = encodeAMessage({ type: 'A_MSG', body: utf8('hi') })
    const prefix = messagePrefix(3, HASH)
    const whole = encodeAgentMessage(numbered(3, { type: 'A_MSG', body: utf8('hi') }))
    expect(concat(prefix, content)).toEqual(whole)
    expect(hex(messageHash(prefix, content))).toBe(hex(messageHash(whole)))
  })
})

describe('envelopes', () => {
  const e2e = (version: number): E2eParams => ({
    version,
    key1: JOINER.key1.publicKey,
    key2: JOINER.key2.publicKey,
    kem: undefined,
  })
  const envelopes: readonly AgentEnvelope[] = [
    { type: 'confirmation', version: 7, e2e: e2e(3), encrypted: utf8('x') },
    { type: 'confirmation', version: 7, e2e: e2e(2), encrypted: utf8('1x') },
    { type: 'confirmation', version: 2, e2e: undefined, encrypted: utf8('x') },
    { type: 'message', version: 7, encrypted: utf8('x') },
    { type: 'invitation', version: 7, request: INVITATION, info: utf8('x') },
    { type: 'ratchetKey', version: 7, e2e: e2e(3), info: utf8('x') },
  ]

  test.each(envelopes.map((envelope, i) => [i, envelope] as const))('round trip %i', (_, envelope) => {
    expect(decodeAgentEnvelope(encodeAgentEnvelope(envelope))).toEqual(envelope)
  })

  test('an address is no invitation, an accepted KEM no new ratchet', () => {
    const contact = encode((w) =>
      w
        .u16(7)
        .literal('I')
        .large(utf8(formatConnectionRequest(CONTACT))),
    )
    expect(() => decodeAgentEnvelope(contact)).toThrow('not an invitation')
    const kem = { kind: 'accepted', ciphertext: repeated(1, 1039), publicKey: repeated(1, 1158) } as const
    const envelope = { type: 'ratchetKey', version: 7, e2e: { ...e2e(3), kem }, info: EMPTY } as const
    expect(() => encodeAgentEnvelope(envelope)).toThrow('proposal')
  })
})

describe('sizes of agent §6.6', () => {
  test('are those of the reference', () => {
    expect([true, false].map(maxMessageBody)).toEqual([13573, 15795])
    expect([true, false].map(maxConnInfo)).toEqual([11103, 14829])
    expect([true, false].map(messageSize)).toEqual([13618, 15840])
    expect([true, false].map(confirmationSize)).toEqual([11106, 14832])
    expect(MAX_INVITATION).toBe(15896)
    expect([4, 5].map((version) => usesPqSizes(true, version))).toEqual([false, true])
    expect(usesPqSizes(false, 7)).toBe(false)
  })
})

describe('integrity of agent §6.5', () => {
  const previous = { number: 5, hash: HASH }
  test.each([
    [6, HASH, 'OK'],
    [6, EMPTY, 'ERR HASH'],
    [5, HASH, 'ERR DUPLICATE'],
    [5, EMPTY, 'ERR DUPLICATE'],
    [4, HASH, 'ERR ID 4'],
    [7, HASH, 'ERR NO_ID 6 6'],
    [9, EMPTY, 'ERR NO_ID 6 8'],
  ])('number %i', (number, hash, expected) => {
    expect(formatIntegrity(checkIntegrity(previous, number, hash))).toBe(expected)
  })

  test('exactly one rule applies', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.boolean(), (last, number, same) => {
        const result = checkIntegrity({ number: last, hash: HASH }, number, same ? HASH : EMPTY)
        const next = number === last + 1
        if (next) expect(result.type).toBe(same ? 'ok' : 'badHash')
        else expect(result.type).toBe(number < last ? 'badNumber' : number === last ? 'duplicate' : 'skipped')
      }),
      { seed: 1, numRuns: 300 },
    )
  })
})
