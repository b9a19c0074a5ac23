import { describe, expect, test } from 'vitest'
import {
  authorBatches,
  contactBatches,
  encodeBinaryBatch,
  fitsRelay,
  fittingCount,
  packRecords,
  relayBatches,
} from '../../../core/chat/batch.ts'
import { parseBody } from '../../../core/chat/container.ts'
import { forwardElement, memberRecordElement } from '../../../core/chat/forward.ts'
import { encodeMessage } from '../../../core/chat/message.ts'
import { encodeConnInfo, type GroupAuthor, groupBodies, groupElement } from '../../../core/chat/outgoing.ts'
import { relayGroupBinding, signBody, verifySigned } from '../../../core/chat/signing.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'
import { counter, GROUP_ID, MEMBER, MEMBER_ID, MEMBER_PUBLIC, MSG_ID, OTHER_ID, PROFILE } from './samples.ts'

const sized = (size: number) => new Uint8Array(size).fill(0x7b)
const AUTHOR: GroupAuthor = { publicGroupId: GROUP_ID, memberId: MEMBER_ID, key: MEMBER, name: 'alice' }
const V = { min: 9, max: 19 }

describe('batches of an author', () => {
  test('one element goes alone, up to 15602 bytes', () => {
    expect(authorBatches([sized(15602)])).toEqual([sized(15602)])
    expect(() => authorBatches([sized(15603)])).toThrow(CodecError)
    expect(authorBatches([])).toEqual([])
  })

  test('two elements share a body while sum + 2n + 2 stays within the limit', () => {
    expect(authorBatches([sized(7798), sized(7798)]).map((body) => body.length)).toEqual([15602])
    expect(authorBatches([sized(7798), sized(7799)]).map((body) => body.length)).toEqual([7798, 7799])
    expect(authorBatches([sized(15602), sized(1), sized(2)]).map((body) => body.length)).toEqual([15602, 9])
  })

  test('in JSON arrays while sum + n + 1 does', () => {
    expect(contactBatches([sized(7799), sized(7800)]).map((body) => body.length)).toEqual([15602])
    expect(contactBatches([sized(7800), sized(7800)]).map((body) => body.length)).toEqual([7800, 7800])
    const message = encodeMessage({ v: V, event: { type: 'x.ok', params: {} } })
    expect(contactBatches([message])).toEqual([message])
    expect(parseBody(contactBatches([message, message, message])[0]!).length).toBe(3)
  })

  test('a body holds 255 elements, order is kept', () => {
    const elements = Array.from({ length: 600 }, (_, i) => utf8(`{${i}`))
    const bodies = authorBatches(elements)
    expect(bodies.map((body) => body[1])).toEqual([255, 255, 90])
    expect(bodies[1]).toEqual(encodeBinaryBatch(elements.slice(255, 510)))
  })
})

describe('batches of a super-peer', () => {
  test('always wrapped, elements up to 15598 bytes', () => {
    expect(relayBatches([sized(15598)])[0]!.length).toBe(15602)
    expect(() => relayBatches([sized(15599)])).toThrow(CodecError)
    expect([fitsRelay(sized(15598)), fitsRelay(sized(15599))]).toEqual([true, false])
    expect(relayBatches([sized(5)])[0]!.subarray(0, 4)).toEqual(Uint8Array.of(0x3d, 1, 0, 5))
  })

  test('the first elements that fit one body', () => {
    expect(fittingCount([])).toBe(0)
    expect(fittingCount([sized(15599)])).toBe(0)
    expect(fittingCount([sized(7798), sized(7798), sized(1)])).toBe(2)
    expect(fittingCount([sized(7798), sized(7799), sized(1)])).toBe(1)
    expect(fittingCount(Array.from({ length: 300 }, () => sized(1)))).toBe(255)
  })
})

describe('member records in front of messages', () => {
  const record = (size: number, hasImage = false) => ({ element: sized(size), hasImage })

  test('all fit: one extended body, records first', () => {
    const packed = packRecords([record(100), record(200)], [sized(300)])
    expect(packed.inlined).toEqual([0, 1])
    expect(packed.extra).toEqual([])
    expect(packed.extended).toEqual(encodeBinaryBatch([sized(100), sized(200), sized(300)]))
    expect(packed.plain).toEqual(encodeBinaryBatch([sized(300)]))
  })

  test('those without a picture go first, the others into bodies before', () => {
    const packed = packRecords([record(9000, true), record(200), record(9000, true), record(15599)], [sized(7000)])
    expect(packed.inlined).toEqual([1])
    expect(packed.extra.map(({ records }) => records)).toEqual([[0], [2]])
    expect(packed.dropped).toEqual([3])
    expect(packed.extended.length).toBe(7000 + 200 + 6)
  })

  test('a full body takes none, and the limit is exact', () => {
    expect(packRecords([record(1)], [sized(15598)])).toMatchObject({ inlined: [], extra: [{ records: [0] }] })
    const full = packRecords([record(1)], [sized(15598)])
    expect(full.extended).toBe(full.plain)
    expect(packRecords([record(598)], [sized(14998)]).extended.length).toBe(15602)
    expect(packRecords([record(599)], [sized(14998)]).inlined).toEqual([])
  })

  test('never more than 255 elements', () => {
    const packed = packRecords(
      Array.from({ length: 10 }, () => record(1)),
      Array.from({ length: 250 }, () => sized(1)),
    )
    expect(packed.inlined).toEqual([0, 1, 2, 3, 4])
    expect(packed.extra.map(({ records }) => records)).toEqual([[5, 6, 7, 8, 9]])
    expect(packed.extended[1]).toBe(255)
  })

  test('a record is a plain message without id', () => {
    const memberInfo = { memberId: OTHER_ID, memberRole: 'author', profile: PROFILE }
    const [element] = parseBody(memberRecordElement(V, memberInfo))
    expect(element).toMatchObject({ type: 'message', message: { v: V, event: { params: { memberInfo } } } })
    expect(element).not.toHaveProperty('message.msgId')
  })
})

describe('what goes out', () => {
  const content = (text: string, more: object = {}) =>
    ({ type: 'x.msg.new', params: { content: { type: 'text', text }, ...more } }) as const

  test('events of the mandatory class, moderations and content on request are signed', () => {
    const random = counter()
    const signed = (element: { signed?: unknown }) => element.signed !== undefined
    expect(signed(groupElement(AUTHOR, { event: { type: 'x.grp.leave', params: {} } }, random))).toBe(true)
    expect(signed(groupElement(AUTHOR, { event: { type: 'x.info', params: { profile: PROFILE } } }, random))).toBe(true)
    expect(signed(groupElement(AUTHOR, { event: content('a') }, random))).toBe(false)
    expect(signed(groupElement(AUTHOR, { event: content('a'), sign: true }, random))).toBe(true)
    const del = { type: 'x.msg.del', params: { msgId: MSG_ID } } as const
    expect(signed(groupElement(AUTHOR, { event: del }, random))).toBe(false)
    const moderation = { type: 'x.msg.del', params: { msgId: MSG_ID, memberId: OTHER_ID } } as const
    expect(signed(groupElement(AUTHOR, { event: moderation }, random))).toBe(true)
  })

  test('ids are fresh unless given, and 16 text bytes of 12 random ones', () => {
    const random = counter()
    const first = groupElement(AUTHOR, { event: content('a') }, random)
    const second = groupElement(AUTHOR, { event: content('a') }, random)
    expect(first.msgId).toEqual(utf8('AAECAwQFBgcICQoL'))
    expect(second.msgId).not.toEqual(first.msgId)
    expect(groupElement(AUTHOR, { event: content('a'), msgId: MSG_ID }, random).msgId).toEqual(MSG_ID)
    const [body, ...rest] = groupBodies([first, second])
    expect(rest).toEqual([])
    expect(parseBody(body!).map((element) => element.type === 'message' && element.body)).toEqual([
      first.body,
      second.body,
    ])
  })

  test('whatever is accepted fits the envelope of a forward', () => {
    const random = counter()
    const fits = (text: string) => {
      try {
        return groupElement(AUTHOR, { event: content(text), sign: true }, random)
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError)
        return undefined
      }
    }
    let low = 15000
    let high = 15602
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (fits('a'.repeat(middle)) === undefined) high = middle
      else low = middle
    }
    const largest = fits('a'.repeat(low))!
    const message = { v: V, msgId: largest.msgId, event: largest.event }
    const sender = { memberId: MEMBER_ID, name: 'alice' }
    expect(forwardElement({ message, signed: largest.signed, sender, ts: 1 }).length).toBe(15598)
  })

  test('a forward keeps signed bytes and writes others anew', () => {
    const body = utf8(
      '{ "later": 1, "event": "x.msg.new", "params": {"content":{"type":"text","text":"a"},"later":2} }',
    )
    const sender = { memberId: MEMBER_ID, name: 'alice' }
    const signed = signBody(MEMBER, relayGroupBinding(GROUP_ID, MEMBER_ID), body)
    const [parsed] = parseBody(body)
    if (parsed?.type !== 'message') throw new Error('message expected')
    const [verbatim] = parseBody(forwardElement({ message: parsed.message, signed, sender, ts: 7 }))
    expect(verbatim).toMatchObject({ body, forwarded: { sender: { type: 'member', ...sender }, ts: 7 } })
    const [anew] = parseBody(forwardElement({ message: parsed.message, sender, ts: 7 }))
    expect(anew).toMatchObject({ message: parsed.message })
    expect(anew).not.toHaveProperty('signed')
    expect(new TextDecoder().decode((anew as { body: Uint8Array }).body)).not.toContain('later')
  })

  test('an unsigned post of the group hides its author, a signed one does not', () => {
    const message = { v: V, msgId: MSG_ID, event: content('a', { asGroup: true }) }
    const sender = { memberId: MEMBER_ID, name: 'alice' }
    const signed = signBody(MEMBER, relayGroupBinding(GROUP_ID, MEMBER_ID), encodeMessage(message))
    expect(parseBody(forwardElement({ message, sender, ts: 0 }))[0]).toMatchObject({
      forwarded: { sender: { type: 'channel' } },
    })
    expect(parseBody(forwardElement({ message, signed, sender, ts: 0 }))[0]).toMatchObject({
      forwarded: { sender: { type: 'member' } },
    })
  })

  test('connInfo has no id and its own limit', () => {
    const join = {
      type: 'x.member',
      params: { profile: PROFILE, newMemberId: MEMBER_ID, newMemberKey: MEMBER_PUBLIC, viaRelay: OTHER_ID },
    } as const
    const [element] = parseBody(encodeConnInfo(join, AUTHOR))
    if (element?.type !== 'message' || element.signed === undefined) throw new Error('signed message expected')
    expect(element.message).toEqual({ v: V, event: join })
    expect(verifySigned(element.signed, relayGroupBinding(GROUP_ID, MEMBER_ID), MEMBER_PUBLIC)).toBe(true)
    const large = { type: 'x.info', params: { profile: { ...PROFILE, description: 'a'.repeat(14694) } } } as const
    expect(() => encodeConnInfo(large)).toThrow(CodecError)
  })
})
