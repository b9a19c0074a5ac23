import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { base64url, base64urlUnpadded, fromBase64url } from '../../../core/codec/base64url.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { CodecError } from '../../../core/codec/error.ts'

describe('base64url', () => {
  test('any bytes, with padding and without', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(fromBase64url(base64url(bytes))).toEqual(bytes)
        expect(fromBase64url(base64urlUnpadded(bytes))).toEqual(bytes)
        expect(base64url(bytes).length % 4).toBe(0)
      }),
      { seed: 1 },
    )
  })

  test.each(['Zg', 'Zg==', 'Zm8', 'Zm8=', 'Zm9v', '', '-_-_'])('reads %j', (text) => {
    expect(base64urlUnpadded(fromBase64url(text))).toBe(text.replace(/=+$/, ''))
  })

  test.each([
    'Z',
    'Z===',
    'Zg=',
    'Zg===',
    'Zm8==',
    'Zm9v=',
    'Zm9v====',
    '=',
    '====',
    'Zg==Zg==',
    'Zm+v',
    'Zm/v',
    'Zm 9',
  ])('refuses %j, which has the wrong length or padding or other characters', (text) => {
    expect(() => fromBase64url(text)).toThrow(CodecError)
  })

  test.each(['Zh', 'Zv==', 'Zm9', 'Zm-='])('refuses %j, whose last character says more than the bytes', (text) => {
    expect(() => fromBase64url(text)).toThrow(CodecError)
  })

  test('of the last characters of two bytes every fourth leaves no bits over', () => {
    const written = base64urlUnpadded(utf8('fo'))
    const others = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .map((last) => written.slice(0, -1) + last)
      .filter((text) => {
        try {
          return fromBase64url(text).length === 2
        } catch {
          return false
        }
      })
    expect(others).toHaveLength(16)
  })
})
