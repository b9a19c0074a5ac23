import { base64url, fromBase64url } from '../codec/base64url.ts'
import { fromUtf8, utf8 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import { decodePublicKey, encodePublicKey, narrowPublicKey, type PublicKey } from '../codec/keys.ts'
import { formatVersionRange, parseVersionRange, type VersionRange } from '../codec/version.ts'
import { MAX_JSON_DEPTH } from './limits.ts'

/**
 * JSON of the chat protocol (chat §0.3): unknown fields are ignored, `null` reads as absent, absent fields are left
 * out when writing. A codec is a decoder and its encoder side by side; a decoder throws CodecError and nothing else.
 */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

export interface JsonObject {
  readonly [key: string]: Json
}

export interface JsonCodec<T> {
  decode(value: Json): T
  encode(value: T): Json
}

/** Parses UTF-8 JSON of bounded depth. V8 parses without recursion, but writing and walking the value would recurse. */
export function parseJson(bytes: Uint8Array): Json {
  const source = fromUtf8(bytes)
  if (source === undefined) throw new CodecError('syntax', 'JSON is not UTF-8')
  checkDepth(bytes)
  try {
    return JSON.parse(source) as Json
  } catch {
    throw new CodecError('syntax', 'not JSON')
  }
}

export function encodeJson(value: Json): Uint8Array {
  return utf8(JSON.stringify(value))
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

function checkDepth(bytes: Uint8Array): void {
  let depth = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (inString) {
      if (byte === BACKSLASH) i++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) {
      inString = true
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_JSON_DEPTH) throw new CodecError('oversize', 'JSON is nested too deeply')
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--
    }
  }
}

/** One text for equal values: keys in order. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`)
  return `{${fields.join(',')}}`
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(expected: string): CodecError {
  return new CodecError('syntax', `${expected} expected in JSON`)
}

export const text: JsonCodec<string> = {
  decode(value) {
    if (typeof value !== 'string') throw wrong('text')
    return value
  },
  encode: (value) => value,
}

export const bool: JsonCodec<boolean> = {
  decode(value) {
    if (typeof value !== 'boolean') throw wrong('boolean')
    return value
  },
  encode: (value) => value,
}

/** An integer that a double holds exactly. */
export const integer: JsonCodec<number> = {
  decode(value) {
    if (!Number.isSafeInteger(value)) throw wrong('integer')
    return value as number
  },
  encode: (value) => value,
}

/** An object kept as it came. */
export const opaqueObject: JsonCodec<JsonObject> = {
  decode(value) {
    if (!isObject(value)) throw wrong('object')
    return value
  },
  encode: (value) => value,
}

/** b64u(bytes) of `min`..`max` bytes (chat §0.3). */
export function bytesText(min: number, max: number): JsonCodec<Uint8Array> {
  return {
    decode(value) {
      const bytes = fromBase64url(text.decode(value))
      if (bytes.length < min || bytes.length > max) throw new CodecError('range', `${bytes.length} bytes in base64url`)
      return bytes
    },
    encode: (value) => base64url(value),
  }
}

/** b64u(DER SPKI) of an Ed25519 key (chat §3.5). */
export const signingKey: JsonCodec<PublicKey<'Ed25519'>> = {
  decode: (value) => narrowPublicKey(decodePublicKey(fromBase64url(text.decode(value))), 'Ed25519'),
  encode: (value) => base64url(encodePublicKey(value)),
}

/** "9-19", or "9" where both ends are the same (chat §1.1). */
export const versionText: JsonCodec<VersionRange> = {
  decode: (value) => parseVersionRange(text.decode(value)),
  encode: (value) => formatVersionRange(value),
}

/** ISO-8601 UTC, kept as text because its fraction may be finer than a millisecond (chat §1.1). */
export const timestamp: JsonCodec<string> = {
  decode(value) {
    const source = text.decode(value)
    if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?Z$/.test(source) || Number.isNaN(Date.parse(source))) {
      throw wrong('UTC time')
    }
    return source
  },
  encode: (value) => value,
}

/** Milliseconds since 1970 of a timestamp. */
export function timestampMs(value: string): number {
  return Date.parse(value)
}

export function timestampOf(ms: number): string {
  return new Date(ms).toISOString()
}

export function array<T>(item: JsonCodec<T>): JsonCodec<readonly T[]> {
  return {
    decode(value) {
      if (!Array.isArray(value)) throw wrong('array')
      return value.map((element: Json) => item.decode(element))
    },
    encode: (value) => value.map((element) => item.encode(element)),
  }
}

/** An object used as a dictionary: keys are data, hence a Map and not properties. */
export function dictionary<T>(item: JsonCodec<T>): JsonCodec<ReadonlyMap<string, T>> {
  return {
    decode: (value) =>
      new Map(Object.entries(opaqueObject.decode(value)).map(([key, element]) => [key, item.decode(element)])),
    encode: (value) => Object.fromEntries([...value].map(([key, element]) => [key, item.encode(element)])),
  }
}

export interface OptionalField<T> {
  readonly optional: JsonCodec<T>
}

export function optional<T>(codec: JsonCodec<T>): OptionalField<T> {
  return { optional: codec }
}

/** One codec for every property of T; the optional ones wrapped in `optional`. */
export type Fields<T> = {
  readonly [K in keyof T]-?: undefined extends T[K] ? OptionalField<Exclude<T[K], undefined>> : JsonCodec<T[K]>
}

type AnyField = JsonCodec<unknown> | OptionalField<unknown>

/** An object with the given fields. Errors name the field, never its value. */
export function record<T extends object>(fields: Fields<T>): JsonCodec<T> {
  const entries = Object.entries(fields) as [string, AnyField][]
  return {
    decode(value) {
      const source = opaqueObject.decode(value)
      const result: Record<string, unknown> = {}
      for (const [name, field] of entries) {
        const decoded = decodeField(source[name], name, field)
        if (decoded !== undefined) result[name] = decoded
      }
      return result as T
    },
    encode(value) {
      const result: Record<string, Json> = {}
      for (const [name, field] of entries) {
        const current = (value as Record<string, unknown>)[name]
        if (current !== undefined) result[name] = ('optional' in field ? field.optional : field).encode(current)
      }
      return result
    },
  }
}

function decodeField(value: Json | undefined, name: string, field: AnyField): unknown {
  if ('optional' in field) {
    return value === undefined || value === null ? undefined : inField(name, field.optional, value)
  }
  if (value === undefined) throw new CodecError('syntax', `${name} is missing`)
  return inField(name, field, value)
}

function inField(name: string, codec: JsonCodec<unknown>, value: Json): unknown {
  try {
    return codec.decode(value)
  } catch (error) {
    if (error instanceof CodecError) throw new CodecError(error.code as 'syntax', `${name}: ${error.message}`)
    throw error
  }
}

/** Text of an enumeration that newer versions extend: other values are kept (chat §2.1). */
export type Open<K extends string> = K | (string & Record<never, never>)

export function openText<K extends string>(): JsonCodec<Open<K>> {
  return text
}
