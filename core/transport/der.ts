import { concat, fromHex, latin1, utf8 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'

/** The little of DER that certificates and signed keys need: definite lengths, one-byte tags. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = concat(...contents)
  return concat(Uint8Array.of(tag), lengthOf(content.length), content)
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  if (length < 0x100) return Uint8Array.of(0x81, length)
  return Uint8Array.of(0x82, length >>> 8, length)
}

export function sequence(...contents: readonly Uint8Array[]): Uint8Array {
  return element(TAG.sequence, ...contents)
}

/** `content` is the encoded identifier in hex. */
export function oid(content: string): Uint8Array {
  return element(TAG.oid, fromHex(content))
}

/** A bit string of whole bytes. */
export function bitString(bytes: Uint8Array): Uint8Array {
  return element(TAG.bitString, Uint8Array.of(0), bytes)
}

export function utf8String(text: string): Uint8Array {
  return element(TAG.utf8String, utf8(text))
}

/** A moment in milliseconds since 1970; UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function time(moment: number): Uint8Array {
  const iso = new Date(moment).toISOString()
  const digits = `${iso.slice(0, 19).replace(/[-T:]/g, '')}Z`
  return Number(iso.slice(0, 4)) < 2050
    ? element(TAG.utcTime, latin1(digits.slice(2)))
    : element(TAG.generalizedTime, latin1(digits))
}

export interface Element {
  readonly tag: number
  readonly content: Uint8Array
  /** Header and content, as they stand in the input. */
  readonly whole: Uint8Array
}

/** The elements that fill `bytes` one after another. Throws CodecError. */
export function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = []
  let position = 0
  while (position < bytes.length) {
    const next = elementAt(bytes, position)
    found.push(next)
    position += next.whole.length
  }
  return found
}

/** The one element that is all of `bytes`, of tag `tag`. */
export function only(bytes: Uint8Array, tag: number): Element {
  const found = elementAt(bytes, 0)
  if (found.tag !== tag) throw new CodecError('syntax', 'unexpected DER element')
  if (found.whole.length !== bytes.length) throw new CodecError('trailing', 'bytes after a DER element')
  return found
}

function elementAt(bytes: Uint8Array, start: number): Element {
  const tag = bytes[start]
  const first = bytes[start + 1]
  if (tag === undefined || first === undefined) throw new CodecError('truncated', 'DER element without length')
  let length = first
  let header = 2
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 3) throw new CodecError('syntax', 'DER length of an unsupported form')
    length = 0
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[start + 2 + i] ?? 0)
    header += count
  }
  const end = start + header + length
  if (end > bytes.length) throw new CodecError('truncated', 'DER element longer than its place')
  return { tag, content: bytes.subarray(start + header, end), whole: bytes.subarray(start, end) }
}

/** The whole bytes of a bit string without unused bits. */
export function bitStringBytes(bits: Element): Uint8Array {
  if (bits.tag !== TAG.bitString || bits.content[0] !== 0) throw new CodecError('syntax', 'not a string of whole bytes')
  return bits.content.subarray(1)
}

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime. */
export function timeOf(moment: Element): number {
  const text = String.fromCharCode(...moment.content.subarray(0, 16))
  const full = moment.tag === TAG.utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)
  if (match === null || (moment.tag !== TAG.utcTime && moment.tag !== TAG.generalizedTime)) {
    throw new CodecError('syntax', 'not a time')
  }
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
