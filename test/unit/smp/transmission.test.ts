import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, utf8 } from '../../../core/codec/bytes.ts'
import { CodecError, HearthError } from '../../../core/codec/error.ts'
import { generateKeyPair } from '../../../core/crypto/keypair.ts'
import { verifyAuthorisation } from '../../../core/smp/authorise.ts'
import type { AuthAlgorithm, Command } from '../../../core/smp/commands.ts'
import {
  coveredBytes,
  encodeCommandFrame,
  encodeMessageFrame,
  MAX_BLOCK,
  packBlocks,
  receiveCommand,
  receiveMessage,
  splitBlock,
} from '../../../core/smp/transmission.ts'
import { command, message } from './arbitrary.ts'

const random = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 41 + size) & 0xff)
const router = generateKeyPair('X25519', random)
const keys = {
  Ed25519: generateKeyPair('Ed25519', random),
  Ed448: generateKeyPair('Ed448', random),
  X25519: generateKeyPair('X25519', (size) => random(size).reverse()),
}
const sessionOf = (version: number, size = 32) => ({
  version,
  sessionId: random(size),
  peerKey: router.publicKey,
})
const NONE = new Uint8Array(0)
const id = random(24)

describe('commands', () => {
  test.each([6, 7, 10, 15, 16, 18])('authorised in version %i: sent, received, verified', (version) => {
    const algorithms = Object.keys(keys) as AuthAlgorithm[]
    for (const size of [12, 32, 48]) {
      for (const algorithm of algorithms) {
        if (algorithm === 'X25519' && version < 7) continue
        const session = sessionOf(version, size)
        const { privateKey, publicKey } = keys[algorithm]
        const sent: Command = { type: 'SEND', flags: { notification: false }, body: random(16048) }
        const [transmission] = splitBlock(encodeCommandFrame(session, id, random(24), sent, privateKey))
        const received = receiveCommand(session, transmission!)
        if (received.error !== undefined) throw new Error(received.error.type)
        expect(received.command).toEqual(sent)
        const { authenticator } = received.transmission
        const covered = coveredBytes(session, received.transmission)
        expect(verifyAuthorisation(publicKey, authenticator, covered, id, router.privateKey)).toBe(true)
        covered[covered.length - 1]! ^= 1
        expect(verifyAuthorisation(publicKey, authenticator, covered, id, router.privateKey)).toBe(false)
        for (const other of algorithms.filter((name) => name !== algorithm)) {
          const foreign = keys[other].publicKey
          expect(verifyAuthorisation(foreign, authenticator, covered, id, router.privateKey)).toBe(false)
        }
      }
    }
  })

  test('any command without authorisation', () => {
    fc.assert(
      fc.property(command, fc.constantFrom(17, 18), (sent, version) => {
        const session = sessionOf(version)
        const [transmission] = splitBlock(encodeCommandFrame(session, id, NONE, sent))
        const received = receiveCommand(session, transmission!)
        if (received.error === undefined) expect(received.command).toEqual(sent)
        else expect(received.error.type).toBe('CMD')
      }),
      { seed: 2, numRuns: 300 },
    )
  })

  test('an authenticator without the router’s session key', () => {
    const session = { version: 18, sessionId: id }
    expect(() => encodeCommandFrame(session, id, id, { type: 'SUB' }, keys.X25519.privateKey)).toThrow(HearthError)
    expect(verifyAuthorisation(keys.X25519.publicKey, random(80), id, id, undefined)).toBe(false)
    expect(verifyAuthorisation(keys.X25519.publicKey, random(80), id, id, router.privateKey)).toBe(false)
  })

  test('too large for a block', () => {
    const large: Command = { type: 'SEND', flags: { notification: false }, body: new Uint8Array(16400) }
    expect(() => encodeCommandFrame(sessionOf(18), id, id, large)).toThrow('does not fit')
  })

  test('the ledger of smp §4.7', () => {
    const largest: Command = { type: 'SEND', flags: { notification: false }, body: new Uint8Array(16048) }
    const sizes = [keys.Ed448, keys.X25519, keys.Ed25519].map(
      ({ privateKey }) => encodeCommandFrame(sessionOf(18), id, id, largest, privateKey).length - 3,
    )
    expect(sizes).toEqual([16221, 16187, 16171])
    const delivered = { type: 'MSG', msgId: id, body: new Uint8Array(16122) } as const
    expect(encodeMessageFrame(sessionOf(18), NONE, id, delivered)).toHaveLength(16178 + 3)
    expect(encodeMessageFrame(sessionOf(18), id, id, delivered)).toHaveLength(16202 + 3)
  })
})

describe('what a router answers to unreadable input (smp §4.6)', () => {
  const session = sessionOf(18)
  const plain = (content: string, entity = id): Uint8Array =>
    concat(Uint8Array.of(0, 24), id, Uint8Array.of(entity.length), entity, utf8(content))
  const cases: [string, Uint8Array, object][] = [
    ['nothing', NONE, { corrId: NONE, entityId: NONE, error: { type: 'BLOCK' } }],
    ['cut ids', Uint8Array.of(0, 24, 1), { corrId: NONE, entityId: NONE, error: { type: 'BLOCK' } }],
    [
      'authenticator of a strange length',
      concat(Uint8Array.of(3, 1, 2, 3, 0x30), plain('SUB').subarray(1)),
      { corrId: id, entityId: NONE, error: { type: 'BLOCK' } },
    ],
    [
      'service signature of a strange length',
      concat(Uint8Array.of(64), random(64), Uint8Array.of(0x31, 1, 1), plain('SUB').subarray(1)),
      { corrId: NONE, entityId: NONE, error: { type: 'BLOCK' } },
    ],
    ['unknown tag', plain('SUB='), { corrId: id, entityId: id, error: { type: 'CMD', error: 'UNKNOWN' } }],
    ['message of a router', plain('OK'), { corrId: id, entityId: id, error: { type: 'CMD', error: 'UNKNOWN' } }],
    ['bad parameters', plain('SUB '), { corrId: id, entityId: id, error: { type: 'CMD', error: 'SYNTAX' } }],
    ['no authorisation', plain('SUB'), { corrId: id, entityId: id, error: { type: 'CMD', error: 'NO_AUTH' } }],
    ['no entity', plain('LGET', NONE), { corrId: id, entityId: NONE, error: { type: 'CMD', error: 'NO_ENTITY' } }],
  ]
  test.each(cases)('%s', (_, bytes, expected) => {
    expect(receiveCommand(session, bytes)).toEqual(expected)
  })

  test('another session id in version 6', () => {
    const [transmission] = splitBlock(encodeCommandFrame(sessionOf(6), id, id, { type: 'LGET' }))
    const expected = { corrId: id, entityId: NONE, error: { type: 'SESSION' } }
    expect(receiveCommand({ version: 6, sessionId: random(31) }, transmission!)).toEqual(expected)
  })
})

describe('messages', () => {
  test('any message, as answer or event', () => {
    fc.assert(
      fc.property(message, fc.constantFrom(17, 18), (sent, version) => {
        const session = sessionOf(version)
        const entityId = sent.type === 'PONG' || sent.type === 'PKEY' || sent.type === 'RRES' ? NONE : id
        const shown = version === 18 ? sent : undefined
        const [transmission] = splitBlock(encodeMessageFrame(session, id, entityId, sent))
        const received = receiveMessage(session, transmission!)
        expect(received).toMatchObject({ corrId: id, entityId })
        if (shown !== undefined) expect(received.message).toEqual(shown)
      }),
      { seed: 3, numRuns: 300 },
    )
  })

  test('unreadable content keeps the ids', () => {
    const received = receiveMessage(sessionOf(18), concat(Uint8Array.of(0, 24), id, Uint8Array.of(0), utf8('WHAT')))
    expect(received.corrId).toEqual(id)
    expect(received.message).toBeInstanceOf(CodecError)
  })

  test('ids that do not fit the message', () => {
    const wrong = receiveMessage(sessionOf(18), concat(Uint8Array.of(0, 24), id, Uint8Array.of(0), utf8('END')))
    expect(wrong.message).toMatchObject({ kind: 'protocol', code: 'NO_ENTITY' })
  })
})

describe('blocks', () => {
  const session = sessionOf(18)
  const frameOf = (size: number): Uint8Array => {
    const body = new Uint8Array(size)
    return encodeCommandFrame(session, id, id, { type: 'SEND', flags: { notification: false }, body })
  }

  test('a frame alone is its own block', () => {
    const frame = frameOf(16048)
    expect(packBlocks([frame])[0]).toBe(frame)
    expect(packBlocks([])).toEqual([])
  })

  test('135 signed SUBs fill a block', () => {
    const frame = encodeCommandFrame(session, id, id, { type: 'SUB' }, keys.Ed25519.privateKey)
    const blocks = packBlocks(Array.from({ length: 271 }, () => frame))
    expect(blocks.map((block) => block[0])).toEqual([135, 135, 1])
  })

  test('255 transmissions fill a block', () => {
    const frame = encodeMessageFrame(session, NONE, id, { type: 'END' })
    expect(packBlocks(Array.from({ length: 256 }, () => frame)).map((block) => block[0])).toEqual([255, 1])
  })

  test('order is kept, blocks are full, nothing is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 16000 }), { maxLength: 40 }), (sizes) => {
        const frames = sizes.map(frameOf)
        const blocks = packBlocks(frames)
        for (const block of blocks) expect(block.length - 1).toBeLessThanOrEqual(MAX_BLOCK)
        const transmissions = blocks.flatMap(splitBlock)
        expect(transmissions).toEqual(frames.map((frame) => frame.subarray(3)))
        blocks.slice(1).forEach((block, i) => {
          const next = splitBlock(block)[0]!.length + 2
          expect(blocks[i]!.length - 1 + next).toBeGreaterThan(MAX_BLOCK)
        })
      }),
      { seed: 4, numRuns: 60 },
    )
  })

  test('malformed ones', () => {
    for (const bad of [[], [0], [1], [1, 0], [1, 0, 1], [1, 0, 0, 0], [2, 0, 0]]) {
      expect(() => splitBlock(Uint8Array.from(bad))).toThrow(CodecError)
    }
  })
})
