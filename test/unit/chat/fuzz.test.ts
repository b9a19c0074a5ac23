import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeArrayBatch, encodeBinaryBatch } from '../../../core/chat/batch.ts'
import { compressBody, decompressFrame } from '../../../core/chat/compression.ts'
import { parseBody, parseConnInfo, parseElement } from '../../../core/chat/container.ts'
import { encodeChunk, encodeForwarded, encodeSigned } from '../../../core/chat/element.ts'
import { forwardElement } from '../../../core/chat/forward.ts'
import { receiveElement } from '../../../core/chat/incoming.ts'
import { type Json, parseJson } from '../../../core/chat/json.ts'
import {
  decodeContactLinkData,
  decodeGroupLinkData,
  decodeRelayLinkData,
  encodeGroupLinkData,
} from '../../../core/chat/link-data.ts'
import { decodeMessage, encodeMessage, messageFromJson, messageToJson } from '../../../core/chat/message.ts'
import { hasSimplexLink, prohibition, redactProfile } from '../../../core/chat/permissions.ts'
import { decodeRoster, encodeRoster } from '../../../core/chat/roster.ts'
import { relayGroupBinding, signBody } from '../../../core/chat/signing.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'
import {
  GROUP_ID,
  GROUP_PROFILE,
  MEMBER,
  MEMBER_ID,
  MEMBER_PUBLIC,
  MSG_ID,
  OTHER_ID,
  SAMPLE_EVENTS,
} from './samples.ts'

/** A decoder returns a value or throws CodecError: whatever else comes out of it fails the test. */
const V = { min: 9, max: 19 }
const MESSAGES = SAMPLE_EVENTS.map((event) => encodeMessage({ v: V, msgId: MSG_ID, event }))
const signed = (body: Uint8Array) => encodeSigned(signBody(MEMBER, relayGroupBinding(GROUP_ID, MEMBER_ID), body))
const forwarded = (element: Uint8Array) =>
  encodeForwarded({ sender: { type: 'member', memberId: OTHER_ID, name: 'bob' }, ts: 1 }, element)
const CHUNK = encodeChunk({ fileMsgId: MSG_ID, chunkNo: 1, bytes: utf8('bytes') })

function settles(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
  }
}

/** Reads a body and does with its elements what a receiver and a super-peer do. */
function digest(body: Uint8Array): void {
  settles(() => {
    for (const element of parseBody(body)) {
      receiveElement(element, {
        relayGroup: true,
        publicGroupId: GROUP_ID,
        receiverRole: 'observer',
        peer: { memberId: OTHER_ID, key: undefined, role: 'relay' },
        member: () => ({ memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'member' }),
      })
      if (element.type !== 'message') continue
      const { message } = element
      settles(() => forwardElement({ message, sender: { memberId: OTHER_ID, name: 'n' }, ts: 0 }))
      const { event } = message
      if (event.type === 'x.msg.new') {
        hasSimplexLink(event.params.content)
        prohibition({ author: { memberId: MEMBER_ID, role: 'member' }, preferences: {}, ...event.params })
      }
      if (event.type === 'x.info') redactProfile(event.params.profile, {}, 'member')
      if (event.type === 'x.grp.info')
        redactProfile(event.params.groupProfile, event.params.groupProfile.groupPreferences, 'x')
    }
  })
  settles(() => parseConnInfo(body))
}

const mutation = fc.array(
  fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('set', 'flip', 'cut', 'insert', 'delete', 'repeat'),
    value: fc.integer({ min: 0, max: 255 }),
    size: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 4 },
)

function mutate(
  bytes: Uint8Array,
  steps: readonly { at: number; kind: string; value: number; size: number }[],
): Uint8Array {
  let result = [...bytes]
  for (const { at, kind, value, size } of steps) {
    const index = result.length === 0 ? 0 : at % result.length
    if (kind === 'set') result[index] = value
    else if (kind === 'flip') result[index] = (result[index] ?? 0) ^ (1 << (value & 7))
    else if (kind === 'cut') result = result.slice(0, index)
    else if (kind === 'insert') result.splice(index, 0, value)
    else if (kind === 'delete') result.splice(index, size)
    else result.splice(index, 0, ...result.slice(index, index + size))
  }
  return Uint8Array.from(result)
}

const run = (property: fc.IProperty<never> | fc.IRawProperty<unknown>, numRuns: number, seed: number) =>
  fc.assert(property as fc.IProperty<unknown>, { numRuns, seed })

const message = fc.constantFrom(...MESSAGES)
const element = fc.oneof(
  message,
  message.map(signed),
  message.map(forwarded),
  message.map((body) => forwarded(signed(body))),
  fc.constantFrom(CHUNK, forwarded(CHUNK)),
)

describe('mutated input yields values or typed errors', () => {
  test('JSON messages', () => {
    run(
      fc.property(message, mutation, (body, steps) => digest(mutate(body, steps))),
      10000,
      1,
    )
  })

  test('signed and forwarded elements', () => {
    run(
      fc.property(element, mutation, (bytes, steps) => {
        const changed = mutate(bytes, steps)
        parseElement(changed)
        digest(changed)
      }),
      6000,
      2,
    )
  })

  test('binary batches, arrays and compressed bodies', () => {
    const body = fc.oneof(
      fc.array(element, { maxLength: 4 }).map(encodeBinaryBatch),
      fc.array(message, { maxLength: 4 }).map(encodeArrayBatch),
      fc.array(element, { maxLength: 2 }).map((elements) => compressBody(encodeBinaryBatch(elements))),
    )
    run(
      fc.property(body, mutation, (bytes, steps) => digest(mutate(bytes, steps))),
      8000,
      3,
    )
  })

  test('random bytes behind every first byte', () => {
    const first = fc.constantFrom(...[...'{[=X/>F01 "'].map((c) => c.charCodeAt(0)))
    run(
      fc.property(first, fc.uint8Array({ maxLength: 200 }), (byte, rest) => digest(Uint8Array.of(byte, ...rest))),
      6000,
      4,
    )
  })

  test('frames, rosters and link data', () => {
    const compressed = compressBody(MESSAGES[0]!.length > 180 ? MESSAGES[0]! : utf8('a'.repeat(300))).subarray(5)
    const roster = encodeRoster([{ memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'admin' }])
    const large = encodeGroupLinkData({ groupProfile: { ...GROUP_PROFILE, description: 'ab'.repeat(9000) } })
    const small = encodeGroupLinkData({ groupProfile: GROUP_PROFILE, publicGroupData: { publicMemberCount: 5 } })
    run(
      fc.property(mutation, (steps) => {
        settles(() => decompressFrame(mutate(compressed, steps)))
        settles(() => decodeRoster(mutate(roster, steps)))
        for (const data of [small, large]) {
          settles(() => decodeGroupLinkData(mutate(data, steps)))
          settles(() => decodeContactLinkData(mutate(data, steps)))
          settles(() => decodeRelayLinkData(mutate(data, steps)))
        }
      }),
      1000,
      5,
    )
  })

  test('params of any JSON under every known name', () => {
    const names = [...new Set(SAMPLE_EVENTS.map(({ type }) => type))]
    const keys = fc.constantFrom(
      'profile',
      'content',
      'msgId',
      'type',
      'text',
      'memberId',
      '__proto__',
      'constructor',
      'x',
    )
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Json>(null, true, 0, 1.5, 1e308, '', 'text', 'MTIzNA==', '\u0000', '\ud800'),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
        fc.array(tie('value'), { maxLength: 3 }),
      ),
    })).value as fc.Arbitrary<Json>
    run(
      fc.property(fc.constantFrom(...names), json, (event, params) => {
        settles(() => {
          const read = messageFromJson({ event, params })
          expect(messageFromJson(messageToJson(read))).toEqual(read)
        })
      }),
      6000,
      6,
    )
  })

  test('sample events with one value replaced', () => {
    const json = fc.constantFrom(...MESSAGES).map((body) => parseJson(body))
    const value = fc.constantFrom<Json>(null, true, -1, 2 ** 53, '', 'x', [], {}, [{}], 'A'.repeat(700))
    run(
      fc.property(json, fc.nat(), value, (source, at, replacement) => {
        settles(() => {
          const read = messageFromJson(replaceAt(source, at, replacement))
          expect(messageFromJson(messageToJson(read))).toEqual(read)
        })
      }),
      6000,
      7,
    )
  })
})

/** A copy with the `at`-th inner value replaced, counted in order of appearance. */
function replaceAt(source: Json, at: number, replacement: Json): Json {
  const total = JSON.stringify(source).split(':').length
  let left = at % total
  const walk = (value: Json): Json => {
    if (left-- === 0) return replacement
    if (Array.isArray(value)) return value.map(walk)
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]))
    }
    return value
  }
  return walk(source)
}

describe('depth', () => {
  test('deep nesting is refused before anything recurses', () => {
    for (const depth of [101, 1000, 7000]) {
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const) {
        const deep = open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth)
        expect(() => parseJson(utf8(deep))).toThrow(CodecError)
        expect(() => decodeMessage(utf8(`{"event":"x.later","params":{"p":${deep}}}`))).toThrow(CodecError)
        digest(utf8(deep))
        digest(compressBody(utf8(deep.slice(0, 60000))))
      }
    }
    const allowed = `{"event":"x.later","params":{"p":${'['.repeat(90)}${']'.repeat(90)}}}`
    expect(decodeMessage(utf8(allowed)).event.type).toBe('unknown')
  })

  test('brackets in texts do not count, escapes are followed', () => {
    const text = `\\"${'['.repeat(500)}\\\\`
    const body = utf8(`{"event":"x.msg.new","params":{"content":{"type":"text","text":"${text}"}}}`)
    expect(decodeMessage(body).event.type).toBe('x.msg.new')
  })

  test('what is not UTF-8 or begins with a mark is refused', () => {
    expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(CodecError)
    expect(() => parseJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d))).toThrow(CodecError)
  })
})
