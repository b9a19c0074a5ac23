import { describe, expect, test } from 'vitest'
import { parseBody } from '../../../core/chat/container.ts'
import {
  decodeRoster,
  encodeRoster,
  type RosterEntry,
  rosterChunks,
  rosterDigest,
  rosterHeader,
} from '../../../core/chat/roster.ts'
import { concat, fromHex, utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'
import { encodePublicKey } from '../../../core/codec/keys.ts'
import { encode } from '../../../core/codec/writer.ts'
import { MEMBER_ID, MEMBER_PUBLIC, MSG_ID, OTHER_ID } from './samples.ts'

const entry = (memberId: Uint8Array, role = 'member'): RosterEntry => ({ memberId, key: MEMBER_PUBLIC, role })
const many = (count: number) =>
  Array.from({ length: count }, (_, i) => entry(utf8(`member ${String(i).padStart(9, '0')}`)))

describe('roster blob', () => {
  test('round trip, empty and full', () => {
    for (const entries of [[], [entry(MEMBER_ID, 'admin')], many(256)]) {
      expect(decodeRoster(encodeRoster(entries))).toEqual(entries)
    }
    expect(encodeRoster([])).toEqual(fromHex('0000'))
  })

  test('limits of entries and bytes', () => {
    expect(() => encodeRoster(many(257))).toThrow(CodecError)
    const long = Array.from({ length: 200 }, (_, i) => entry(new Uint8Array(255).fill(i)))
    expect(() => encodeRoster(long)).toThrow(CodecError)
    expect(() => decodeRoster(new Uint8Array(32769))).toThrow(CodecError)
    expect(() => decodeRoster(fromHex('0101'))).toThrow(CodecError)
  })

  test('other roles and repeated members are dropped, the first wins, privileges are ignored', () => {
    const entries = [
      entry(MEMBER_ID, 'owner'),
      entry(MEMBER_ID, 'admin'),
      entry(OTHER_ID, 'later'),
      entry(MEMBER_ID, 'member'),
    ]
    const blob = encodeRoster(entries)
    blob[blob.length - 1] = 7
    expect(decodeRoster(blob)).toEqual([entry(MEMBER_ID, 'admin')])
  })

  test('truncated, extended and broken blobs are errors', () => {
    const blob = encodeRoster([entry(MEMBER_ID), entry(OTHER_ID)])
    for (let cut = 0; cut < blob.length; cut++) expect(() => decodeRoster(blob.subarray(0, cut))).toThrow(CodecError)
    expect(() => decodeRoster(concat(blob, utf8('x')))).toThrow(CodecError)
    const x448 = encode((w) =>
      w
        .u16(1)
        .short(MEMBER_ID)
        .short(encodePublicKey({ algorithm: 'Ed448', raw: new Uint8Array(57) })),
    )
    expect(() => decodeRoster(x448)).toThrow(CodecError)
    const nobody = encode((w) =>
      w.u16(1).short(utf8('')).short(encodePublicKey(MEMBER_PUBLIC)).short(utf8('member')).u16(0),
    )
    expect(() => decodeRoster(nobody)).toThrow(CodecError)
  })
})

test('one chunk carries what a message holds, more is refused', () => {
  const blob = encodeRoster(many(219))
  const [element, ...rest] = rosterChunks(MSG_ID, blob)
  expect(rest).toEqual([])
  expect(element!.length).toBeLessThanOrEqual(15602)
  expect(parseBody(element!)).toEqual([{ type: 'chunk', chunk: { fileMsgId: MSG_ID, chunkNo: 1, bytes: blob } }])
  expect(() => rosterChunks(MSG_ID, encodeRoster(many(220)))).toThrow(CodecError)
  expect(rosterHeader(3, blob)).toEqual({
    version: 3,
    fileInv: { fileSize: blob.length, fileDigest: rosterDigest(blob) },
  })
})
