import { describe, expect, test } from 'vitest'
import { hasNotification, isForwardable } from '../../../core/chat/event-traits.ts'
import { EVENT_NAMES, type KnownEvent } from '../../../core/chat/events.ts'
import { canonicalJson } from '../../../core/chat/json.ts'
import { chatBinding, signLinkOwner, verifyLinkOwner } from '../../../core/chat/link-owner.ts'
import { acceptedMentions } from '../../../core/chat/msg-container.ts'
import { isProfileUpdate } from '../../../core/chat/profile.ts'
import { safetyCode } from '../../../core/chat/safety-code.ts'
import { concat, hex, utf8 } from '../../../core/codec/bytes.ts'
import { sha256 } from '../../../core/crypto/hash.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'
import { GROUP_ID, GROUP_PROFILE, MEMBER_ID, MEMBER_PUBLIC, OTHER_ID, ROOT, SAMPLES } from './samples.ts'

const event = (type: keyof typeof SAMPLES) => ({ type, params: SAMPLES[type][0] }) as KnownEvent

describe('traits of events', () => {
  test('the notification flag of chat §2.9', () => {
    expect(EVENT_NAMES.filter((name) => hasNotification(event(name))).sort()).toEqual(
      ['x.call.inv', 'x.contact', 'x.file', 'x.grp.del', 'x.grp.inv', 'x.grp.mem.fwd', 'x.msg.new'].sort(),
    )
  })

  test('what a super-peer may forward', () => {
    const forwarded = EVENT_NAMES.filter((name) => isForwardable(event(name)))
    expect(forwarded.length).toBe(16)
    for (const name of [
      'x.grp.roster',
      'x.grp.mem.intro',
      'x.grp.relay.cap',
      'x.member',
      'x.ok',
      'x.info.probe',
    ] as const) {
      expect(forwarded).not.toContain(name)
    }
    expect(isForwardable({ type: 'unknown', name: 'x.later', params: {} })).toBe(false)
    const file = { fileName: 'f', fileSize: 1, fileInline: 'sent' }
    expect(isForwardable({ type: 'x.msg.new', params: { content: { type: 'file', text: '' }, file } })).toBe(false)
  })

  test('more than five mentions count as none', () => {
    const named = (count: number) => ({
      mentions: new Map(Array.from({ length: count }, (_, i) => [`n${i}`, { memberId: OTHER_ID }])),
    })
    expect([0, 5, 6].map((count) => acceptedMentions(named(count)).size)).toEqual([0, 5, 0])
    expect(acceptedMentions({}).size).toBe(0)
  })
})

describe('group profiles', () => {
  test('an update keeps the id, and other groups have none', () => {
    const { publicGroup, ...ordinary } = GROUP_PROFILE
    const other = { ...GROUP_PROFILE, publicGroup: { ...publicGroup!, publicGroupId: new Uint8Array(32) } }
    expect(isProfileUpdate(GROUP_PROFILE, { ...GROUP_PROFILE, displayName: 'b' })).toBe(true)
    expect(isProfileUpdate(GROUP_PROFILE, other)).toBe(false)
    expect(isProfileUpdate(GROUP_PROFILE, ordinary)).toBe(false)
    expect(isProfileUpdate(ordinary, GROUP_PROFILE)).toBe(false)
    expect(isProfileUpdate(ordinary, ordinary)).toBe(true)
  })
})

describe('sharing a link', () => {
  const link = 'https://smp14.simplex.im/c#0Yd7VqTtqzLQZ1cM7sV0mW8p5Hc1mC3b1iJ0m9x2k3E'
  const group = { type: 'group', publicGroupId: GROUP_ID, memberId: MEMBER_ID } as const

  test('bindings of chat §3.9', () => {
    expect(chatBinding(group)).toEqual(concat(utf8('G\x20'), GROUP_ID, Uint8Array.of(16), MEMBER_ID))
    expect(chatBinding({ type: 'channel', publicGroupId: GROUP_ID })).toEqual(concat(utf8('C\x20'), GROUP_ID))
    expect(chatBinding({ type: 'direct', associatedData: utf8('ad') })).toEqual(utf8('Dad'))
  })

  test('a signature holds for its place, link and key alone', () => {
    const signature = signLinkOwner(ROOT, group, link, MEMBER_ID)
    const root = publicKeyOf(ROOT)
    expect(verifyLinkOwner(root, group, link, signature)).toBe(true)
    expect(verifyLinkOwner(MEMBER_PUBLIC, group, link, signature)).toBe(false)
    expect(verifyLinkOwner(root, { ...group, memberId: OTHER_ID }, link, signature)).toBe(false)
    expect(verifyLinkOwner(root, group, link.replace('smp14', 'smp15'), signature)).toBe(false)
  })
})

test('the safety code does not depend on who reads it', () => {
  const root = publicKeyOf(ROOT)
  const code = safetyCode(root, MEMBER_PUBLIC)
  expect(safetyCode(MEMBER_PUBLIC, root)).toBe(code)
  expect(code).toMatch(/^\d{5}( \d{5})*( \d{1,5})?$/)
  // 81… (member) sorts before 8a… (root).
  const digest = sha256(concat(MEMBER_PUBLIC.raw, root.raw))
  expect(BigInt(code.replaceAll(' ', ''))).toBe(BigInt(`0x${hex(digest)}`))
})

test('canonical JSON does not depend on the order of keys', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}')
})
