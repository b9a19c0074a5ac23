import { describe, expect, test } from 'vitest'
import { compressFrame } from '../../../core/chat/compression.ts'
import {
  decodeContactLinkData,
  decodeGroupLinkData,
  decodeRelayLinkData,
  encodeClientData,
  encodeContactLinkData,
  encodeGroupLinkData,
  encodeRelayLinkData,
  groupLinkIdOf,
  relayAddressProfile,
} from '../../../core/chat/link-data.ts'
import { agreedVersion, CHAT_VERSIONS, CHAT_VERSIONS_TEXT } from '../../../core/chat/versions.ts'
import { concat, utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'
import { CONTENTS, FULL_PROFILE, GROUP_PROFILE, PROFILE } from './samples.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('user data of links', () => {
  test('group link, as created (chat §4.1)', () => {
    const data = { groupProfile: GROUP_PROFILE, publicGroupData: { publicMemberCount: 1 } }
    const bytes = encodeGroupLinkData(data)
    expect(text(bytes)).toMatch(/^\{"groupProfile":\{"displayName":"news","fullName":""/)
    expect(text(bytes)).toMatch(/"publicGroupData":\{"publicMemberCount":1\}\}$/)
    expect(decodeGroupLinkData(bytes)).toEqual(data)
    expect(decodeGroupLinkData(utf8('{"groupProfile":{"displayName":"a","fullName":""},"later":{}}'))).toEqual({
      groupProfile: { displayName: 'a', fullName: '' },
    })
  })

  test('addresses of people and super-peers', () => {
    const contact = { profile: FULL_PROFILE, message: CONTENTS[0]!, business: true }
    expect(decodeContactLinkData(encodeContactLinkData(contact))).toEqual(contact)
    expect(() => decodeContactLinkData(utf8('{"profile":{"displayName":"a","fullName":""}}'))).toThrow(CodecError)
    const relay = { relayProfile: PROFILE, ext: ['hist1'] }
    expect(decodeRelayLinkData(encodeRelayLinkData(relay))).toEqual(relay)
    expect(text(encodeRelayLinkData({ relayProfile: relayAddressProfile(FULL_PROFILE) }))).toBe(
      '{"relayProfile":{"displayName":"bob","fullName":"Bob ✓","shortDescr":"short","image":"data:image/png;base64,AAAA"}}',
    )
  })

  test('compressed above 10240 bytes as a bare frame', () => {
    const sized = (size: number) => {
      const overhead = encodeRelayLinkData({ relayProfile: { ...PROFILE, description: '' } }).length
      return { relayProfile: { ...PROFILE, description: 'a'.repeat(size - overhead) } }
    }
    expect(encodeRelayLinkData(sized(10240)).length).toBe(10240)
    const compressed = encodeRelayLinkData(sized(10241))
    expect(compressed.length).toBeLessThan(200)
    expect(text(compressed.subarray(0, 1))).toBe('X')
    expect([...compressed.subarray(1, 5)]).toEqual([0x28, 0xb5, 0x2f, 0xfd])
    expect(decodeRelayLinkData(compressed)).toEqual(sized(10241))
    expect(() => encodeRelayLinkData(sized(65537))).toThrow(CodecError)
    expect(() => decodeRelayLinkData(concat(utf8('X'), compressFrame(new Uint8Array(65537))))).toThrow(CodecError)
    for (let cut = 0; cut < compressed.length; cut++) {
      expect(() => decodeRelayLinkData(compressed.subarray(0, cut))).toThrow(CodecError)
    }
  })

  test('client data marks group links', () => {
    const id = new Uint8Array(16).fill(0xfb)
    expect(encodeClientData(id)).toBe('{"type":"group","groupLinkId":"-_v7-_v7-_v7-_v7-_v7-w=="}')
    expect(groupLinkIdOf('{"groupLinkId":"-_v7-_v7-_v7-_v7-_v7-w=="}')).toEqual(id)
    expect(groupLinkIdOf(encodeClientData(id))).toEqual(id)
    for (const other of [undefined, '', '{}', '[]', 'null', '{"groupLinkId":5}'])
      expect(groupLinkIdOf(other)).toBe(undefined)
  })
})

describe('versions', () => {
  test('9-19 is announced', () => {
    expect(CHAT_VERSIONS_TEXT).toBe('9-19')
    expect(CHAT_VERSIONS).toEqual({ min: 9, max: 19 })
  })

  test('the agreed version of chat §1.8', () => {
    expect(agreedVersion({ min: 9, max: 17 })).toBe(17)
    expect(agreedVersion({ min: 9, max: 22 })).toBe(19)
    expect(agreedVersion({ min: 1, max: 8 })).toBe(8)
    expect(agreedVersion({ min: 21, max: 30 })).toBe(21)
    expect(agreedVersion({ min: 9, max: 9 }, 17)).toBe(17)
  })
})
