import { fromUtf8, fromUtf8Lossy, utf8 } from '../../codec/bytes.ts'
import { CodecError } from '../../codec/error.ts'

/** Query strings as links carry them (agent §0.2). */

/** Everything but `A-Z a-z 0-9 - _ . ~` becomes `%XX`. */
function escapeQuery(text: string): string {
  let escaped = ''
  for (const byte of utf8(text)) {
    const char = String.fromCharCode(byte)
    escaped += /[A-Za-z0-9\-_.~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return escaped
}

/** `name=value` pairs in order, values escaped; absent ones are left out. */
export function formatQuery(parameters: readonly (readonly [string, string | undefined])[]): string {
  return parameters
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeQuery(value!)}`)
    .join('&')
}

/** Parameters of a query string; the first of a name counts, unknown ones do no harm. */
export class Query {
  readonly #values = new Map<string, Uint8Array>()

  /** Takes the text after `?`, or with it. Errors: `syntax` where it holds a space or a line end. */
  constructor(text: string) {
    if (/[ \n]/.test(text)) throw new CodecError('syntax', 'space in a query')
    for (const part of text.replace(/^\?/, '').split(/[&;]/)) {
      const split = part.indexOf('=')
      const name = fromUtf8Lossy(unescapeQuery(split === -1 ? part : part.slice(0, split)))
      if (!this.#values.has(name)) this.#values.set(name, unescapeQuery(split === -1 ? '' : part.slice(split + 1)))
    }
  }

  /** Undefined where there is none. Errors: `syntax` where the value is not UTF-8. */
  optional(name: string): string | undefined {
    const bytes = this.#values.get(name)
    if (bytes === undefined) return undefined
    const text = fromUtf8(bytes)
    if (text === undefined) throw new CodecError('syntax', `parameter ${name} is not UTF-8`)
    return text
  }

  required(name: string): string {
    const value = this.optional(name)
    if (value === undefined) throw new CodecError('syntax', `parameter ${name} is missing`)
    return value
  }

  /** A list separated by commas; absent and empty ones have no items. Errors: as above. */
  list(name: string): string[] {
    const text = this.optional(name) ?? ''
    return text === '' ? [] : text.split(',')
  }

  /** A text for people or applications: broken UTF-8 is replaced. */
  text(name: string): string | undefined {
    const bytes = this.#values.get(name)
    return bytes && fromUtf8Lossy(bytes)
  }
}

/** `%XX` and `+`; a `%` that begins no escape stays. */
function unescapeQuery(text: string): Uint8Array {
  const bytes = utf8(text)
  const out = new Uint8Array(bytes.length)
  let length = 0
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i]!
    if (byte === 0x2b) byte = 0x20
    if (byte === 0x25) {
      const high = hexDigit(bytes[i + 1])
      const low = hexDigit(bytes[i + 2])
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low
        i += 2
      }
    }
    out[length++] = byte
  }
  return out.subarray(0, length)
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
