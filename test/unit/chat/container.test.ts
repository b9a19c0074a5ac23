import { constants, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { encodeArrayBatch, encodeBinaryBatch } from '../../../core/chat/batch.ts'
import { compressBody, compressFrame, decompressFrame } from '../../../core/chat/compression.ts'
import { parseBody, parseConnInfo } from '../../../core/chat/container.ts'
import { encodeChunk, encodeForwarded, encodeSigned, readForwarded, shortName } from '../../../core/chat/element.ts'
import { encodeMessage } from '../../../core/chat/message.ts'
import { relayGroupBinding, signBody } from '../../../core/chat/signing.ts'
import { concat, EMPTY, fromHex, latin1, utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'
import { Reader } from '../../../core/codec/reader.ts'
import { encode } from '../../../core/codec/writer.ts'
import { GROUP_ID, MEMBER, MEMBER_ID, MSG_ID, OTHER_ID } from './samples.ts'

const V = { min: 9, max: 19 }
const LEAVE = encodeMessage({ v: V, msgId: MSG_ID, event: { type: 'x.grp.leave', params: {} } })
const SIGNED = encodeSigned(signBody(MEMBER, relayGroupBinding(GROUP_ID, MEMBER_ID), LEAVE))
const CHUNK = encodeChunk({ fileMsgId: MSG_ID, chunkNo: 1, bytes: utf8('chunk') })
const BY_MEMBER = { sender: { type: 'member', memberId: OTHER_ID, name: 'bob' }, ts: 1767225600 } as const
const BY_CHANNEL = { sender: { type: 'channel' }, ts: -5 } as const

function only(body: Uint8Array) {
  const elements = parseBody(body)
  expect(elements.length).toBe(1)
  return elements[0]!
}

describe('dispatch of a received body', () => {
  test('one JSON message', () => {
    expect(only(LEAVE)).toMatchObject({ type: 'message', body: LEAVE, peerVersion: V, message: { msgId: MSG_ID } })
  })

  test('a JSON array, a bad item beside good ones', () => {
    const body = encodeArrayBatch([LEAVE, utf8('{"event":"y"}'), utf8('5'), LEAVE])
    expect(parseBody(body).map(({ type }) => type)).toEqual(['message', 'error', 'error', 'message'])
    expect(parseBody(utf8('[]'))).toEqual([])
    expect(() => parseBody(utf8('[{]'))).toThrow(CodecError)
    expect(() => parseBody(utf8('[1'))).toThrow(CodecError)
  })

  test('signed, forwarded and chunk elements alone', () => {
    expect(only(SIGNED)).toMatchObject({ type: 'message', body: LEAVE, signed: { binding: 'G' }, peerVersion: V })
    const forwarded = only(encodeForwarded(BY_MEMBER, SIGNED))
    expect(forwarded).toMatchObject({ type: 'message', body: LEAVE, forwarded: BY_MEMBER, signed: { body: LEAVE } })
    expect(forwarded).toHaveProperty('peerVersion', undefined)
    expect(only(encodeForwarded(BY_CHANNEL, LEAVE))).toMatchObject({ forwarded: BY_CHANNEL })
    expect(only(CHUNK)).toEqual({ type: 'chunk', chunk: { fileMsgId: MSG_ID, chunkNo: 1, bytes: utf8('chunk') } })
    expect(only(encodeForwarded(BY_MEMBER, CHUNK))).toMatchObject({ type: 'chunk', forwarded: BY_MEMBER })
    expect(only(encodeChunk({ fileMsgId: MSG_ID, chunkNo: 0, bytes: EMPTY }))).toMatchObject({ chunk: { chunkNo: 0 } })
  })

  test('a binary batch, errors in elements apart', () => {
    const nested = concat(utf8('>C'), new Uint8Array(8), encodeForwarded(BY_CHANNEL, LEAVE))
    const elements = parseBody(
      encodeBinaryBatch([LEAVE, utf8('{'), EMPTY, nested, SIGNED.subarray(0, 40), CHUNK, SIGNED]),
    )
    expect(elements.map(({ type }) => type)).toEqual([
      'message',
      'error',
      'error',
      'error',
      'error',
      'chunk',
      'message',
    ])
    expect(() => encodeForwarded(BY_CHANNEL, encodeForwarded(BY_CHANNEL, LEAVE))).toThrow(CodecError)
  })

  test('broken framing is an error of the whole', () => {
    const batch = encodeBinaryBatch([LEAVE, SIGNED])
    for (const cut of [1, 2, 3, 50, batch.length - 1])
      expect(() => parseBody(batch.subarray(0, cut))).toThrow(CodecError)
    expect(() => parseBody(concat(batch, utf8('x')))).toThrow(CodecError)
    for (const other of ['', 'x', ' {}', '\0', 'G']) expect(() => parseBody(utf8(other))).toThrow(CodecError)
  })

  test('255 messages are read, 256 are not', () => {
    const many = (count: number) => Array.from({ length: count }, () => LEAVE)
    expect(parseBody(encodeBinaryBatch(many(255))).length).toBe(255)
    expect(() => encodeBinaryBatch(many(256))).toThrow(CodecError)
    expect(parseBody(encodeArrayBatch(many(255))).length).toBe(255)
    expect(() => parseBody(encodeArrayBatch(many(256)))).toThrow(CodecError)
    const items = (first: number, second: number) => x([frameItem(many(first)), frameItem(many(second))])
    expect(parseBody(items(200, 55)).length).toBe(255)
    expect(() => parseBody(items(200, 56))).toThrow(CodecError)
  })

  test('the JSON forward of other groups looks like a forwarded element', () => {
    const json = (msg: string, more = '') =>
      utf8(
        `{"v":"9-17","event":"x.grp.msg.forward","params":{"memberId":"ZjBMTXhZd2xHQ2Y2aFJZdA==","msg":${msg},"msgTs":"2026-01-01T00:00:00.9Z"${more}}}`,
      )
    const inner = new TextDecoder().decode(LEAVE)
    expect(only(json(inner, ',"memberName":"bob"'))).toMatchObject({
      type: 'message',
      message: { v: V, msgId: MSG_ID },
      forwarded: BY_MEMBER,
      peerVersion: { min: 9, max: 17 },
    })
    const nested = new TextDecoder().decode(json(inner))
    expect(only(json(nested)).type).toBe('error')
    expect(only(encodeForwarded(BY_MEMBER, json(inner))).type).toBe('error')
    expect(only(json('{"event":"x"}')).type).toBe('error')
  })

  test('a time beyond any calendar is an error of the element', () => {
    const far = concat(utf8('>C'), fromHex('7fffffffffffffff'), LEAVE)
    expect(only(far).type).toBe('error')
  })
})

describe('signed elements', () => {
  const element = (binding: string, count: number, keys: string, body: Uint8Array) =>
    concat(utf8('/'), latin1(binding), Uint8Array.of(count), latin1(keys), body)
  const signature = `M\x40${'s'.repeat(64)}`

  test('several signatures and other bindings are read', () => {
    for (const binding of ['G', 'D', 'C']) {
      expect(only(element(binding, 2, signature + signature, LEAVE))).toMatchObject({
        type: 'message',
        signed: { binding, signatures: [{}, {}], body: LEAVE },
      })
    }
  })

  test('no signature, other keys, lengths and bodies are errors', () => {
    for (const bad of [
      element('X', 1, signature, LEAVE),
      element('G', 0, '', LEAVE),
      element('G', 1, signature.replace('M', 'N'), LEAVE),
      element('G', 1, `M\x3f${'s'.repeat(63)}`, LEAVE),
      element('G', 1, `M${'s'.repeat(64)}`, LEAVE),
      element('G', 1, signature, EMPTY),
      element('G', 1, signature, CHUNK),
      element('G', 1, signature, utf8('[{}]')),
      element('G', 1, signature, SIGNED),
    ]) {
      expect(only(bad).type).toBe('error')
    }
  })
})

describe('forwards', () => {
  test('names are cut to sixteen characters', () => {
    expect(shortName('a'.repeat(16))).toBe('a'.repeat(16))
    expect(shortName('a'.repeat(17))).toBe(`${'a'.repeat(16)}…`)
    expect(shortName('👍'.repeat(17))).toBe(`${'👍'.repeat(16)}…`)
    const forwarded = encodeForwarded(
      { sender: { type: 'member', memberId: OTHER_ID, name: 'ж'.repeat(40) }, ts: 0 },
      LEAVE,
    )
    expect(readForwarded(new Reader(forwarded)).sender).toMatchObject({ name: `${'ж'.repeat(16)}…` })
  })

  test('an empty member id is an error', () => {
    expect(only(concat(utf8('>M\0\0'), new Uint8Array(8), LEAVE)).type).toBe('error')
  })
})

describe('file chunks', () => {
  test('the slot for a message id is ignored, limits hold', () => {
    const chunk = (slot: string, no: number, size: number) =>
      encode((w) => w.literal('F').short(utf8(slot)).short(MSG_ID).u8(no).raw(new Uint8Array(size)))
    expect(only(chunk('anything', 255, 15780))).toMatchObject({ type: 'chunk', chunk: { chunkNo: 255 } })
    expect(only(chunk('', 1, 15781)).type).toBe('error')
    expect(only(chunk('', 1, 0)).type).toBe('error')
    expect(only(utf8('F\0\0\u0001x')).type).toBe('error')
  })
})

describe('connInfo', () => {
  test('plain, signed and compressed', () => {
    for (const info of [LEAVE, SIGNED, compressBody(LEAVE), compressBody(SIGNED), encodeBinaryBatch([SIGNED])]) {
      expect(parseConnInfo(info).message.msgId).toEqual(MSG_ID)
    }
  })

  test('anything but one message is an error', () => {
    for (const info of [
      EMPTY,
      CHUNK,
      utf8('[]'),
      utf8('{}'),
      encodeArrayBatch([LEAVE, LEAVE]),
      encodeForwarded(BY_MEMBER, SIGNED),
    ]) {
      expect(() => parseConnInfo(info)).toThrow(CodecError)
    }
  })
})

function x(items: readonly Uint8Array[]): Uint8Array {
  return concat(utf8('X'), Uint8Array.of(items.length), ...items)
}

function rawItem(bytes: Uint8Array): Uint8Array {
  return encode((w) => w.literal('0').short(bytes))
}

function frame(bytes: Uint8Array): Uint8Array {
  return encode((w) => w.literal('1').large(bytes))
}

function frameItem(messages: readonly Uint8Array[]): Uint8Array {
  return frame(compressFrame(encodeBinaryBatch(messages)))
}

describe('compressed bodies', () => {
  const long = encodeMessage({
    v: V,
    event: { type: 'x.msg.new', params: { content: { type: 'text', text: 'a'.repeat(9000) } } },
  })

  test('round trip, raw for short bodies', () => {
    expect(compressBody(LEAVE)).toEqual(x([rawItem(LEAVE)]))
    expect(compressBody(long).length).toBeLessThan(300)
    expect(only(compressBody(long))).toMatchObject({ type: 'message', body: long })
    expect(only(compressBody(SIGNED))).toMatchObject({ signed: { body: LEAVE } })
  })

  test('several items, each dispatched', () => {
    const body = x([rawItem(LEAVE), frame(compressFrame(encodeArrayBatch([LEAVE, long]))), rawItem(CHUNK)])
    expect(parseBody(body).map(({ type }) => type)).toEqual(['message', 'message', 'message', 'chunk'])
  })

  test('65536 bytes are taken, more are not', () => {
    expect(decompressFrame(compressFrame(new Uint8Array(65536))).length).toBe(65536)
    expect(() => decompressFrame(compressFrame(new Uint8Array(65537)))).toThrow(CodecError)
    const spaces = (size: number) => concat(utf8('{'), new Uint8Array(size - 1).fill(0x20))
    expect(parseBody(x([frame(compressFrame(spaces(65536)))])).length).toBe(1)
    expect(() => parseBody(x([frame(compressFrame(spaces(60000))), frame(compressFrame(spaces(6000)))]))).toThrow(
      CodecError,
    )
  })

  test('a bomb is refused by its header, a frame without size as well', () => {
    const bomb = zstdCompressSync(new Uint8Array(50_000_000))
    expect(bomb.length).toBeLessThan(10_000)
    expect(() => decompressFrame(bomb)).toThrow(expect.objectContaining({ code: 'oversize' }))
    const silent = zstdCompressSync(new Uint8Array(50_000_000), { params: { [constants.ZSTD_c_contentSizeFlag]: 0 } })
    expect(() => decompressFrame(silent)).toThrow('without content size')
  })

  test('a frame that lies about its size is refused', () => {
    const honest = compressFrame(new Uint8Array(5000).fill(1))
    expect(honest[4]! >>> 6).toBe(1)
    for (const claim of [0, 4999 - 256, 5001 - 256]) {
      const lying = honest.slice()
      const at = (honest[4]! & 0x20) === 0 ? 6 : 5
      lying[at] = claim & 0xff
      lying[at + 1] = claim >> 8
      expect(() => decompressFrame(lying)).toThrow(CodecError)
    }
    expect(() => decompressFrame(concat(honest, honest))).toThrow(CodecError)
    expect(() => decompressFrame(concat(honest, utf8('zz')))).toThrow(CodecError)
    for (let cut = 0; cut < honest.length; cut++)
      expect(() => decompressFrame(honest.subarray(0, cut))).toThrow(CodecError)
  })

  test('dictionaries, skippable frames, a second X, no items and unknown items are refused', () => {
    expect(() => decompressFrame(fromHex('28b52ffd2101050000'))).toThrow('dictionary')
    expect(() => decompressFrame(fromHex('502a4d1804000000aabbccdd'))).toThrow(CodecError)
    expect(() => parseBody(x([rawItem(compressBody(LEAVE))]))).toThrow(CodecError)
    expect(() => parseBody(x([]))).toThrow(CodecError)
    expect(() => parseBody(x([concat(utf8('2'), LEAVE)]))).toThrow(CodecError)
    expect(() => parseBody(concat(x([rawItem(LEAVE)]), utf8('x')))).toThrow(CodecError)
    expect(() => parseBody(utf8('X'))).toThrow(CodecError)
  })

  test('an empty frame decompresses to nothing, which is no message', () => {
    expect(decompressFrame(compressFrame(EMPTY)).length).toBe(0)
    expect(() => parseBody(x([frame(compressFrame(EMPTY))]))).toThrow(CodecError)
  })
})
