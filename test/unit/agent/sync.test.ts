import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decodeAgentEnvelope, encodeAgentEnvelope } from '../../../core/agent/envelope.ts'
import { ratchetDecrypt } from '../../../core/agent/ratchet/decrypt.ts'
import { encryptBody, ratchetStep } from '../../../core/agent/ratchet/encrypt.ts'
import type { RatchetErrorCode } from '../../../core/agent/ratchet/error.ts'
import type { E2eParams } from '../../../core/agent/ratchet/params.ts'
import type { RatchetState } from '../../../core/agent/ratchet/state.ts'
import {
  actionFor,
  afterFailure,
  afterMessage,
  keyHash,
  maySend,
  mayStart,
  renewRatchet,
  type SyncState,
} from '../../../core/agent/ratchet/sync.ts'
import { generateX3dhKeys, type X3dhKeys } from '../../../core/agent/ratchet/x3dh.ts'
import { compare, fromUtf8, utf8 } from '../../../core/codec/bytes.ts'

const random = (size: number) => new Uint8Array(randomBytes(size))
const STATES: readonly SyncState[] = ['ok', 'allowed', 'required', 'started', 'agreed']

function paramsOf(keys: X3dhKeys, version = 3): E2eParams {
  return { version, key1: keys.key1.publicKey, key2: keys.key2.publicKey, kem: undefined }
}

function hashOf(keys: X3dhKeys): Uint8Array {
  return keyHash(paramsOf(keys))
}

/** Two sets of keys, the one with the lower hash first. */
function ordered(): [X3dhKeys, X3dhKeys] {
  const pair: [X3dhKeys, X3dhKeys] = [generateX3dhKeys(random), generateX3dhKeys(random)]
  return compare(hashOf(pair[0]), hashOf(pair[1])) <= 0 ? pair : [pair[1], pair[0]]
}

function carry(from: RatchetState, to: RatchetState, text: string): [RatchetState, RatchetState] {
  const step = ratchetStep(from)
  const result = ratchetDecrypt(to, [], encryptBody(step.messageKey, utf8(text), 200), { random })
  expect(result.ok && fromUtf8(result.plaintext)).toBe(text)
  return [step.state, result.state]
}

describe('what becomes of the state', () => {
  test.each<[SyncState, RatchetErrorCode, SyncState, boolean]>([
    ['ok', 'header', 'required', true],
    ['ok', 'skipped', 'required', true],
    ['ok', 'body', 'allowed', false],
    ['ok', 'earlier', 'allowed', false],
    ['allowed', 'earlier', 'allowed', true],
    ['allowed', 'body', 'allowed', true],
    ['allowed', 'header', 'required', true],
    ['required', 'body', 'required', true],
    ['required', 'header', 'required', true],
    ['ok', 'duplicate', 'ok', false],
    ['allowed', 'duplicate', 'allowed', false],
    ['ok', 'syntax', 'ok', false],
    ['ok', 'kem', 'ok', false],
    ['ok', 'state', 'ok', false],
    ['started', 'header', 'started', false],
    ['agreed', 'skipped', 'agreed', false],
  ])('%s, a message fails with %s: %s, start %s', (state, reason, after, start) => {
    expect(afterFailure(state, reason)).toEqual({ state: after, start })
  })

  test('a message that decrypts settles everything but keys under way', () => {
    expect(STATES.map(afterMessage)).toEqual(['ok', 'ok', 'ok', 'started', 'ok'])
  })

  test('sending, beginning and answering', () => {
    expect(STATES.map(maySend)).toEqual([true, true, false, false, false])
    expect(STATES.map(mayStart)).toEqual([false, true, true, false, false])
    expect(STATES.map((state) => actionFor(state, undefined))).toEqual(['answer', 'answer', 'answer', 'meet', 'answer'])
    expect(STATES.map((state) => actionFor(state, true))).toEqual(['begin', 'begin', 'begin', 'meet', 'begin'])
    expect(STATES.map((state) => actionFor(state, false))).toEqual(['begin', 'begin', 'begin', 'ignore', 'begin'])
  })
})

describe('a renewed ratchet', () => {
  test.each([2, 3])('has the end with the higher hash send first, whoever began (version %i)', (version) => {
    const [low, high] = ordered()
    const receiving = renewRatchet(low, paramsOf(high, version), random)
    const sending = renewRatchet(high, paramsOf(low, version), random)
    expect([receiving.sending, sending.sending]).toEqual([false, true])
    expect([receiving.state.send, receiving.state.version]).toEqual([undefined, version])
    expect(receiving.state.ad).toEqual(sending.state.ad)
    let [a, b] = carry(sending.state, receiving.state, 'ready')
    ;[b, a] = carry(b, a, 'ready, too')
    ;[a, b] = carry(a, b, 'hello')
    carry(b, a, 'hello again')
  })

  test('has another code than the one before, and is not opened by other keys', () => {
    const [low, high] = ordered()
    const [, other] = ordered()
    const sending = renewRatchet(high, paramsOf(low), random).state
    const stranger = renewRatchet(low, paramsOf(other), random).state
    expect(sending.ad).not.toEqual(stranger.ad)
    const bytes = encryptBody(ratchetStep(sending).messageKey, utf8('ready'), 200)
    expect(ratchetDecrypt(stranger, [], bytes, { random })).toMatchObject({ ok: false })
  })

  test('is refused in a version that we do not speak', () => {
    const [low, high] = ordered()
    for (const version of [1, 4]) {
      expect(() => renewRatchet(low, paramsOf(high, version), random)).toThrow(
        expect.objectContaining({ code: 'A_VERSION' }),
      )
    }
  })

  test('is refused where keys are degenerate', () => {
    const [low] = ordered()
    const zero = { algorithm: 'X448', raw: new Uint8Array(56) } as const
    expect(() => renewRatchet(low, { ...paramsOf(low), key1: zero, key2: zero }, random)).toThrow(
      expect.objectContaining({ kind: 'crypto' }),
    )
  })
})

test('an envelope with keys is refused where it is cut off anywhere before its end', () => {
  const e2e = paramsOf(generateX3dhKeys(random))
  const bytes = encodeAgentEnvelope({ type: 'ratchetKey', version: 7, e2e, info: utf8('R') })
  expect(decodeAgentEnvelope(bytes)).toMatchObject({ type: 'ratchetKey', info: utf8('R') })
  for (let length = 0; length < bytes.length - 1; length++) {
    expect(() => decodeAgentEnvelope(bytes.subarray(0, length))).toThrow(expect.objectContaining({ kind: 'codec' }))
  }
})
