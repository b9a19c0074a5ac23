import { describe, expect, test } from 'vitest'
import { parseBody, parseConnInfo } from '../../../core/chat/container.ts'
import { encodeForwarded, type Signed } from '../../../core/chat/element.ts'
import { EVENT_NAMES, type EventName, type KnownEvent } from '../../../core/chat/events.ts'
import { type GroupView, receiveElement, verifyJoinRequest } from '../../../core/chat/incoming.ts'
import { encodeConnInfo, type GroupAuthor, groupElement } from '../../../core/chat/outgoing.ts'
import { memberBinding, relayGroupBinding, signBody } from '../../../core/chat/signing.ts'
import {
  mayChangeItem,
  mayPostAsGroup,
  requiresSignature,
  type Verification,
  verification,
} from '../../../core/chat/verification.ts'
import { concat, hex, utf8 } from '../../../core/codec/bytes.ts'
import { encodePublicKey } from '../../../core/codec/keys.ts'
import { publicKeyOf } from '../../../core/crypto/keypair.ts'
import { counter, GROUP_ID, MEMBER, MEMBER_ID, MEMBER_PUBLIC, OTHER_ID, PROFILE, ROOT, SAMPLES } from './samples.ts'

const BODY = utf8('{"event":"x.grp.leave","params":{}}')
const BINDING = relayGroupBinding(GROUP_ID, MEMBER_ID)
const good = signBody(MEMBER, BINDING, BODY)
const bad = signBody(ROOT, BINDING, BODY)
const event = (type: EventName) => ({ type, params: SAMPLES[type][0] }) as KnownEvent

describe('which events must be signed', () => {
  test('the mandatory class of chat §6.3 and nothing else', () => {
    const mandatory = EVENT_NAMES.filter((type) => requiresSignature(event(type)))
    expect(mandatory.sort()).toEqual(
      [
        'x.grp.del',
        'x.grp.info',
        'x.grp.leave',
        'x.grp.mem.del',
        'x.grp.mem.restrict',
        'x.grp.mem.role',
        'x.grp.prefs',
        'x.grp.relay.new',
        'x.grp.roster',
        'x.info',
      ].sort(),
    )
    expect(requiresSignature({ type: 'unknown', name: 'x.later', params: {} })).toBe(false)
  })
})

describe('outcomes of chat §6.4', () => {
  const other: Signed = { ...good, binding: 'C' }
  const twice: Signed = { ...good, signatures: [...good.signatures, ...good.signatures] }
  const mixed: Signed = { ...good, signatures: [...good.signatures, ...bad.signatures] }

  type Row = readonly [EventName, boolean, Signed | undefined, boolean, string, string, Verification]
  // event, relay group, signature, key known, sender's role, receiver's role, outcome
  const rows: readonly Row[] = [
    ['x.msg.new', true, undefined, true, 'member', 'observer', 'unsigned'],
    ['x.msg.new', true, undefined, false, 'member', 'observer', 'unsigned'],
    ['x.grp.info', true, undefined, true, 'owner', 'observer', 'rejected'],
    ['x.grp.leave', true, undefined, false, 'observer', 'observer', 'rejected'],
    ['x.grp.info', false, undefined, true, 'owner', 'observer', 'unsigned'],
    ['x.msg.new', true, good, true, 'member', 'observer', 'verified'],
    ['x.grp.info', true, good, true, 'owner', 'observer', 'verified'],
    ['x.grp.info', true, twice, true, 'owner', 'observer', 'verified'],
    ['x.grp.info', true, mixed, true, 'owner', 'observer', 'rejected'],
    ['x.grp.info', true, bad, true, 'owner', 'observer', 'rejected'],
    ['x.msg.new', true, bad, true, 'member', 'observer', 'rejected'],
    ['x.msg.new', false, bad, true, 'member', 'observer', 'rejected'],
    ['x.msg.new', true, other, true, 'member', 'observer', 'unverified'],
    ['x.grp.info', true, other, true, 'owner', 'observer', 'rejected'],
    ['x.grp.info', false, other, true, 'owner', 'observer', 'unverified'],
    ['x.msg.new', true, good, false, 'member', 'observer', 'unverified'],
    ['x.grp.info', true, good, false, 'owner', 'observer', 'rejected'],
    ['x.grp.info', false, good, false, 'owner', 'observer', 'unverified'],
    ['x.grp.leave', true, bad, false, 'observer', 'member', 'unverified'],
    ['x.info', true, bad, false, 'member', 'observer', 'unverified'],
    ['x.info', true, bad, false, 'moderator', 'observer', 'rejected'],
    ['x.grp.leave', true, bad, false, 'observer', 'moderator', 'rejected'],
    ['x.grp.leave', true, bad, true, 'observer', 'observer', 'rejected'],
    ['x.grp.mem.role', true, bad, false, 'observer', 'observer', 'rejected'],
  ]
  test.each(rows)(
    '%s in a relay group %s: %o, key %s, %s to %s',
    (type, relayGroup, signed, known, role, receiverRole, expected) => {
      const sender = { memberId: MEMBER_ID, key: known ? MEMBER_PUBLIC : undefined, role }
      expect(
        verification({ event: event(type), signed, relayGroup, publicGroupId: GROUP_ID, sender, receiverRole }),
      ).toBe(expected)
    },
  )

  test('what is attributed to the group itself is never more than unsigned', () => {
    const base = { relayGroup: true, publicGroupId: GROUP_ID, sender: undefined, receiverRole: 'observer' }
    expect(verification({ ...base, event: event('x.msg.new'), signed: undefined })).toBe('unsigned')
    expect(verification({ ...base, event: event('x.msg.new'), signed: good })).toBe('unsigned')
    expect(verification({ ...base, event: event('x.grp.info'), signed: good })).toBe('rejected')
    expect(verification({ ...base, event: event('x.grp.info'), signed: undefined })).toBe('rejected')
  })

  test('without the group id nothing is verified', () => {
    const sender = { memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'owner' }
    const base = { relayGroup: true, publicGroupId: undefined, sender, receiverRole: 'observer', signed: good }
    expect(verification({ ...base, event: event('x.grp.info') })).toBe('rejected')
    expect(verification({ ...base, event: event('x.msg.new') })).toBe('unverified')
  })

  test('ordinary groups bind the key instead of the group', () => {
    const sender = { memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'member' }
    const base = { relayGroup: false, publicGroupId: undefined, sender, receiverRole: 'observer' }
    const own = signBody(MEMBER, memberBinding(MEMBER_ID, MEMBER_PUBLIC), BODY)
    expect(verification({ ...base, event: event('x.grp.info'), signed: own })).toBe('verified')
    expect(verification({ ...base, event: event('x.grp.info'), signed: good })).toBe('rejected')
    const relay = { ...base, relayGroup: true, publicGroupId: GROUP_ID }
    expect(verification({ ...relay, event: event('x.grp.info'), signed: own })).toBe('rejected')
  })

  test('an item stored as verified yields only to a verified event', () => {
    expect((['verified', 'unverified', 'unsigned', 'rejected'] as const).map((o) => mayChangeItem(true, o))).toEqual([
      true,
      false,
      false,
      false,
    ])
    expect((['verified', 'unverified', 'unsigned', 'rejected'] as const).map((o) => mayChangeItem(false, o))).toEqual([
      true,
      true,
      true,
      false,
    ])
    expect([mayPostAsGroup(undefined), mayPostAsGroup({ role: 'owner' }), mayPostAsGroup({ role: 'admin' })]).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('elements of a group connection', () => {
  const author: GroupAuthor = { publicGroupId: GROUP_ID, memberId: MEMBER_ID, key: MEMBER, name: 'alice' }
  const group: GroupView = {
    relayGroup: true,
    publicGroupId: GROUP_ID,
    receiverRole: 'observer',
    peer: { memberId: OTHER_ID, key: publicKeyOf(ROOT), role: 'relay' },
    member: (id) =>
      hex(id) === hex(MEMBER_ID) ? { memberId: MEMBER_ID, key: MEMBER_PUBLIC, role: 'member' } : undefined,
  }
  const element = groupElement(author, { event: event('x.grp.leave') }, counter()).element
  const forwardedBy = (memberId: Uint8Array) =>
    encodeForwarded({ sender: { type: 'member', memberId, name: 'n' }, ts: 5 }, element)

  test('the peer, a known member, a stranger, the group', () => {
    const receive = (bytes: Uint8Array, view = group) => receiveElement(parseBody(bytes)[0]!, view)
    expect(receive(element)).toMatchObject({ type: 'rejected', sender: { type: 'peer' } })
    expect(receive(forwardedBy(MEMBER_ID))).toMatchObject({ type: 'event', verification: 'verified' })
    expect(receive(forwardedBy(utf8('stranger')))).toMatchObject({
      type: 'event',
      verification: 'unverified',
      sender: { type: 'member', memberId: utf8('stranger'), name: 'n' },
    })
    expect(receive(forwardedBy(utf8('stranger')), { ...group, receiverRole: 'owner' })).toMatchObject({
      type: 'rejected',
    })
    const channel = encodeForwarded({ sender: { type: 'channel' }, ts: 5 }, element)
    expect(receive(channel)).toMatchObject({ type: 'rejected', sender: { type: 'channel' } })
    expect(receive(utf8('{'))).toMatchObject({ type: 'error' })
  })

  test('a join request proves the key that it introduces', () => {
    const params = { profile: PROFILE, newMemberId: MEMBER_ID, newMemberKey: MEMBER_PUBLIC, viaRelay: OTHER_ID }
    const join = { type: 'x.member', params } as const
    expect(verifyJoinRequest(parseConnInfo(encodeConnInfo(join, author)), GROUP_ID)).toBe(true)
    expect(verifyJoinRequest(parseConnInfo(encodeConnInfo(join, author)), new Uint8Array(32))).toBe(false)
    expect(verifyJoinRequest(parseConnInfo(encodeConnInfo(join, { ...author, key: ROOT })), GROUP_ID)).toBe(false)
    expect(verifyJoinRequest(parseConnInfo(encodeConnInfo(join)), GROUP_ID)).toBe(false)
    expect(verifyJoinRequest(parseConnInfo(encodeConnInfo(event('x.ok'), author)), GROUP_ID)).toBe(false)
  })

  test('the binding of ordinary groups is id and key', () => {
    expect(memberBinding(MEMBER_ID, MEMBER_PUBLIC)).toEqual(
      concat(Uint8Array.of(16), MEMBER_ID, Uint8Array.of(44), encodePublicKey(MEMBER_PUBLIC)),
    )
  })
})
