import { hex } from '../../core/codec/bytes.ts'

/** What can be read from values as the reference prints them (`show`). */

const CONTROL =
  'NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US SP'
const ESCAPES = new Map<string, number>([
  ...CONTROL.split(' ').map((name, code): [string, number] => [name, code]),
  ['DEL', 0x7f],
  ...[...'abfnrtv'].map((letter, i): [string, number] => [letter, [7, 8, 12, 10, 13, 9, 11][i]!]),
  ['\\', 0x5c],
  ['"', 0x22],
])

/** Contents of the string literals of a printed value, in order; characters above U+00FF do not occur. */
export function stringLiterals(shown: string): Uint8Array[] {
  return [...shown.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map((match) => unescaped(match[1]!))
}

function unescaped(literal: string): Uint8Array {
  const out: number[] = []
  for (const [part, name] of literal.matchAll(/\\(\d+|&|SOH|[A-Z][A-Z0-9]{1,2}|.)|[^\\]/gs)) {
    if (name === undefined) out.push(part.charCodeAt(0))
    else if (/^\d+$/.test(name)) out.push(Number(name))
    else if (name !== '&') out.push(...escaped(name))
  }
  return Uint8Array.from(out)
}

/** `\SUB` is one character, `\SOX` is `\SO` and `X`: the longest known name wins. */
function escaped(name: string): number[] {
  for (let length = name.length; length > 0; length--) {
    const code = ESCAPES.get(name.slice(0, length))
    if (code !== undefined) return [code, ...[...name.slice(length)].map((rest) => rest.charCodeAt(0))]
  }
  throw new Error(`unknown escape ${name}`)
}

/** Every byte string and text inside a decoded value, in hexadecimal. */
export function byteStrings(value: unknown, found = new Set<string>()): Set<string> {
  if (value instanceof Uint8Array) found.add(hex(value))
  else if (typeof value === 'string') found.add(Buffer.from(value, 'latin1').toString('hex'))
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) byteStrings(inner, found)
  }
  return found
}
