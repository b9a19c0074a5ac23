import { describe, expect, test } from 'vitest'
import { isKnownReaction, quotedContent, reaction, reactionKey } from '../../../core/chat/content.ts'
import { EVENT_NAMES, type KnownEvent } from '../../../core/chat/events.ts'
import type { Json, JsonObject } from '../../../core/chat/json.ts'
import { decodeMessage, encodeMessage, messageFromJson, messageToJson } from '../../../core/chat/message.ts'
import { encodeRoster, rosterHeader } from '../../../core/chat/roster.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'
import { CONTENTS, MEMBER_ID, MEMBER_PUBLIC, MSG_ID, SAMPLE_EVENTS, SAMPLES } from './samples.ts'

const V = { min: 9, max: 19 }

function paramsOf(event: KnownEvent): JsonObject {
  return messageToJson({ v: V, event }).params as JsonObject
}

describe('events', () => {
  test('every known event has a sample', () => {
    expect([...EVENT_NAMES].sort()).toEqual(Object.keys(SAMPLES).sort())
    expect(Object.values(SAMPLES).every((values) => values.length > 0)).toBe(true)
  })

  test.each(SAMPLE_EVENTS.map((event, i) => [`${i} ${event.type}`, event] as const))('%s round trip', (_, event) => {
    const message = { v: V, msgId: MSG_ID, event }
    const bytes = encodeMessage(message)
    expect(decodeMessage(bytes)).toEqual(message)
    expect(encodeMessage(decodeMessage(bytes))).toEqual(bytes)
  })

  test.each(SAMPLE_EVENTS.map((event, i) => [`${i} ${event.type}`, event] as const))(
    '%s ignores unknown fields and takes null as absent',
    (_, event) => {
      const json = messageToJson({ v: V, event })
      const params = { ...(json.params as JsonObject), nextYear: { a: [1, null] } }
      const opaque = event.type.startsWith('x.call') || event.type === 'x.file' || event.type === 'x.file.acpt'
      if (!opaque) expect(messageFromJson({ ...json, params, also: 1 }).event).toEqual(event)
      expect(messageFromJson({ ...json, msgId: null }).msgId).toBeUndefined()
    },
  )

  test('a forwarded message is one however it says so', () => {
    const params = { content: { type: 'text', text: 'hello' }, forward: { from: 'elsewhere' } }
    const { event } = messageFromJson({ event: 'x.msg.new', params })
    expect(event).toMatchObject({ type: 'x.msg.new', params: { forward: true } })
  })

  const samples: Record<string, readonly unknown[]> = SAMPLES
  test.each(EVENT_NAMES)('%s: each field missing, null or of a wrong type is a value or a typed error', (type) => {
    const required: string[] = []
    for (const params of samples[type]!) {
      const json = paramsOf({ type, params } as KnownEvent)
      for (const name of Object.keys(json)) {
        const { [name]: _, ...without } = json
        const tries: Json[] = [without, { ...json, [name]: null }]
        for (const wrong of [1, 1.5, true, 'text', '!', [], [[]], {}]) tries.push({ ...json, [name]: wrong })
        for (const [i, attempt] of tries.entries()) {
          try {
            messageFromJson({ event: type, params: attempt })
          } catch (error) {
            expect(error).toBeInstanceOf(CodecError)
            if (i === 0) required.push(name)
          }
        }
      }
    }
    const mandatory: Partial<Record<string, string[]>> = {
      'x.msg.new': ['content'],
      'x.member': ['profile', 'newMemberId', 'newMemberKey'],
      'x.grp.mem.role': ['memberId', 'role'],
      'x.grp.mem.del': ['memberId'],
      'x.grp.roster': ['version', 'fileInv'],
      'x.grp.relay.acpt': ['relayLink'],
      'x.msg.react': ['msgId', 'reaction', 'add'],
    }
    if (mandatory[type] !== undefined) expect(new Set(required)).toEqual(new Set(mandatory[type]))
  })
})

describe('JSON instances of chat §1.1, §2.8, §5.3', () => {
  const instances = [
    '{"v":"9-19","msgId":"TVRJek5EVTJOemc1TURFeQ==","event":"x.msg.new","params":{"content":{"type":"text","text":"hello"}}}',
    '{"v":"9-19","event":"x.grp.relay.inv","params":{"groupRelayInvitation":{"fromMember":{"memberId":"QUFFQ0F3UUZCZ2NJQ1FvTA==","memberRole":"owner"},"fromMemberProfile":{"displayName":"alice","fullName":""},"relayMemberId":"ZjBMTXhZd2xHQ2Y2aFJZdA==","groupLink":"https://smp14.simplex.im/c#0Yd7VqTtqzLQZ1cM7sV0mW8p5Hc1mC3b1iJ0m9x2k3E"}}}',
    '{"v":"9-19","event":"x.grp.relay.acpt","params":{"relayLink":"https://smp5.simplex.im/g#uQ0…","relayCap":{}}}',
    '{"v":"9-19","msgId":"MTIzNDU2Nzg5MDEyMzQ1Ng==","event":"x.grp.relay.new","params":{"relayLink":"https://smp6.simplex.im/g#9aB…"}}',
    '{"v":"9-19","event":"x.member","params":{"profile":{"displayName":"bob","fullName":""},"newMemberId":"bDNVaUhQSG5SWEdQT2Q3bA==","newMemberKey":"MCowBQYDK2VwAyEAgTl3Dqh9F19Wo1Rmw0x-zMuNipG07jeiXfYPW4_Js5Q=","viaRelay":"ZjBMTXhZd2xHQ2Y2aFJZdA=="}}',
    '{"v":"9-19","msgId":"MTIzNDU2Nzg5MDEyMzQ1Ng==","event":"x.grp.roster","params":{"version":3,"fileInv":{"fileSize":76,"fileDigest":"Zzv2wpXnSVGwiP3_OBfUf_1CCZcZVqqnyXF4LbYdd9CfNVhU55r9m9VFfN_VqXgnlwOERq4KMlv_GSzA6Xj0Iw=="}}}',
    '{"v":"9-19","event":"x.grp.link.inv","params":{"groupLinkInvitation":{"fromMember":{"memberId":"ZjBMTXhZd2xHQ2Y2aFJZdA==","memberRole":"relay"},"fromMemberName":"SimpleX Chat Relay 1","invitedMember":{"memberId":"bDNVaUhQSG5SWEdQT2Q3bA==","memberRole":"observer"},"groupProfile":{"displayName":"news","fullName":"","publicGroup":{"groupType":"channel","groupLink":"https://smp14.simplex.im/c#…","publicGroupId":"NHUPmL1Z_PyUbaRaqr6TO-FUpLUJThxKv0KGZQXzyX4="}},"accepted":"accepted","groupSize":42}}}',
  ]
  test.each(instances.map((text, i) => [i, text] as const))('%i is read and written with the same bytes', (_, text) => {
    expect(new TextDecoder().decode(encodeMessage(decodeMessage(utf8(text))))).toBe(text)
  })

  test('the roster header of chat §2.8 belongs to the blob of chat §6.2', () => {
    const blob = encodeRoster([{ memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'moderator' }])
    const event = { type: 'x.grp.roster', params: rosterHeader(3, blob) } as const
    expect(encodeMessage({ v: V, msgId: MSG_ID, event })).toEqual(utf8(instances[5]!))
  })
})

describe('messages', () => {
  test('without a version the initial one is meant', () => {
    expect(messageFromJson({ event: 'x.ok', params: {} }).v).toEqual({ min: 9, max: 9 })
    expect(messageToJson({ v: { min: 9, max: 9 }, event: { type: 'x.ok', params: {} } }).v).toBe('9')
  })

  test('an unknown event is kept, a name without x is an error', () => {
    const json = { v: '9-19', event: 'x.grp.relay.stats', params: { seq: 17, deep: [{}] } }
    const message = messageFromJson(json)
    expect(message.event).toEqual({ type: 'unknown', name: 'x.grp.relay.stats', params: json.params })
    expect(messageToJson(message)).toEqual(json)
    expect(messageFromJson({ event: 'x', params: {} }).event.type).toBe('unknown')
    for (const event of ['', 'y.msg.new', 'X.msg.new', 'constructor', '__proto__', 'unknown']) {
      expect(() => messageFromJson({ event, params: {} })).toThrow(CodecError)
    }
  })

  test('ids are read with and without padding, never empty', () => {
    const withId = (msgId: Json) => messageFromJson({ msgId, event: 'x.ok', params: {} }).msgId
    expect(withId('MTIzNDU2Nzg5MDEyMzQ1Ng')).toEqual(MSG_ID)
    expect(withId('MTIzNDU2Nzg5MDEyMzQ1Ng==')).toEqual(MSG_ID)
    for (const bad of ['', '=', 'A', '*', 5, 'A'.repeat(400)]) expect(() => withId(bad)).toThrow(CodecError)
  })

  test('broken version ranges are errors', () => {
    for (const v of ['', '9-', '-9', '19-9', '9-99999', 'x', 9]) {
      expect(() => messageFromJson({ v, event: 'x.ok', params: {} })).toThrow(CodecError)
    }
  })

  test('the limit of a message is 15602 bytes', () => {
    const overhead = encodeMessage(text('')).length
    expect(encodeMessage(text('a'.repeat(15602 - overhead))).length).toBe(15602)
    expect(() => encodeMessage(text('a'.repeat(15603 - overhead)))).toThrow(CodecError)
  })

  test('unknown contents, reactions, roles and preferences survive', () => {
    const json = {
      v: '9-19',
      event: 'x.msg.new',
      params: { content: { type: 'x.digest', text: '', root: 'abc', more: { nested: [1, 2] } } },
    }
    expect(messageToJson(messageFromJson(json))).toEqual(json)
    expect(messageFromJson({ event: 'x.msg.new', params: { content: { type: 'later' } } }).event).toMatchObject({
      params: { content: { type: 'unknown', tag: 'later', text: 'unknown message type' } },
    })
  })

  test('pictures that are not data URIs are not sent', () => {
    const message = messageFromJson({
      event: 'x.msg.new',
      params: { content: { type: 'image', text: '', image: 'https://tracker.example/x.png' } },
    })
    expect(messageToJson(message).params).toEqual({ content: { type: 'image', text: '', image: '' } })
  })
})

function text(value: string) {
  return { v: V, event: { type: 'x.msg.new', params: { content: { type: 'text', text: value } } } } as const
}

describe('reactions and quotes', () => {
  test('the eight emoji are known, the heart without variation selector', () => {
    for (const emoji of ['👍', '👎', '😀', '😂', '😢', '❤', '🚀', '✅']) {
      expect(isKnownReaction(reaction.decode({ type: 'emoji', emoji }))).toBe(true)
    }
    const heart = reaction.decode({ type: 'emoji', emoji: '❤\ufe0f' })
    expect(isKnownReaction(heart)).toBe(false)
    expect(reaction.encode(heart)).toEqual({ type: 'emoji', emoji: '❤\ufe0f' })
    const a = reaction.decode({ type: 'y', a: 1, b: 2 })
    const b = reaction.decode({ b: 2, type: 'y', a: 1 })
    expect(reactionKey(a)).toBe(reactionKey(b))
  })

  test('a large message quotes text alone, a file name fills an empty text', () => {
    const [plain, , picture] = CONTENTS
    expect(quotedContent(picture!, picture!, 'cat.png')).toEqual({ type: 'text', text: 'cat.png' })
    expect(quotedContent(plain!, picture!, 'cat.png')).toEqual({ ...picture, text: 'cat.png' })
    expect(quotedContent(plain!, plain!)).toEqual(plain)
  })
})
