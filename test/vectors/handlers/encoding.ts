import assert from 'node:assert/strict'
import { base64url, fromBase64url } from '../../../core/codec/base64url.ts'
import { fromHex, fromLatin1, hex, latin1 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { decode, type Reader } from '../../../core/codec/reader.ts'
import {
  formatVersionRange,
  intersect,
  parseVersionRange,
  readVersionRange,
  writeVersionRange,
} from '../../../core/codec/version.ts'
import { encode, type Writer } from '../../../core/codec/writer.ts'
import {
  formatRouterAddress,
  parseRouterAddress,
  readLegacyRouterAddress,
  readRouterAddress,
  writeLegacyRouterAddress,
  writeRouterAddress,
} from '../../../core/smp/address.ts'
import { parseHost } from '../../../core/smp/host.ts'
import { bytes, number, object, same, text } from '../fields.ts'
import type { Handler, VectorRecord } from '../handler.ts'
import { byteStrings, stringLiterals } from '../haskell.ts'

/** How a primitive is written and read, between its JSON value and bytes. */
interface Primitive {
  readonly write: (writer: Writer, value: never) => unknown
  readonly read: (reader: Reader) => unknown
}

function primitive<T>(write: (writer: Writer, value: T) => unknown, read: (reader: Reader) => T): Primitive {
  return { write, read }
}

interface Hex {
  readonly hex: string
}

const MAYBE_MAYBE_BOOL = ['Nothing', 'Just Nothing', 'Just (Just True)', 'Just (Just False)']

const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  Word16: primitive<number>(
    (w, v) => w.u16(v),
    (r) => r.u16(),
  ),
  Word32: primitive<number>(
    (w, v) => w.u32(v),
    (r) => r.u32(),
  ),
  Int64: primitive<string>(
    (w, v) => w.i64(BigInt(v)),
    (r) => `${r.i64()}`,
  ),
  SystemTime: primitive<number>(
    (w, v) => w.i64(BigInt(v)),
    (r) => Number(r.i64()),
  ),
  Bool: primitive<boolean>(
    (w, v) => w.bool(v),
    (r) => r.bool(),
  ),
  Char: primitive<string>(
    (w, v) => w.literal(v),
    (r) => fromLatin1(r.raw(1)),
  ),
  ByteString: primitive<Hex>(
    (w, v) => w.short(fromHex(v.hex)),
    (r) => ({ hex: hex(r.short()) }),
  ),
  Large: primitive<Hex>(
    (w, v) => w.large(fromHex(v.hex)),
    (r) => ({ hex: hex(r.large()) }),
  ),
  Tail: primitive<Hex>(
    (w, v) => w.raw(fromHex(v.hex)),
    (r) => ({ hex: hex(r.tail()) }),
  ),
  Text: primitive<string>(
    (w, v) => w.text(v),
    (r) => r.text(),
  ),
  'String(Char8)': primitive<string>(
    (w, v) => w.short(latin1(v)),
    (r) => fromLatin1(r.short()),
  ),
  'Maybe Word16': primitive<number | null>(
    (w, v) => w.optional(v ?? undefined, (x, n) => x.u16(n)),
    (r) => r.optional((x) => x.u16()) ?? null,
  ),
  'Maybe ByteString': primitive<string | null>(
    (w, v) => w.optional(v ?? undefined, (x, b) => x.short(fromHex(b))),
    (r) => r.optional((x) => hex(x.short())) ?? null,
  ),
  'Maybe (Maybe Bool)': primitive<string>(
    (w, v) => {
      assert(MAYBE_MAYBE_BOOL.includes(v))
      if (v === 'Nothing') return w.optional(undefined, () => w)
      const inner = v === 'Just Nothing' ? undefined : v.includes('True')
      return w.optional(true, (x) => x.optional(inner, (y, b) => y.bool(b)))
    },
    (r) => {
      const outer = r.optional((x) => ({ inner: x.optional((y) => y.bool()) }))
      if (outer === undefined) return 'Nothing'
      if (outer.inner === undefined) return 'Just Nothing'
      return outer.inner ? 'Just (Just True)' : 'Just (Just False)'
    },
  ),
  '[Word16]': primitive<number[]>(
    (w, v) => w.list(v, (x, n) => x.u16(n)),
    (r) => r.list((x) => x.u16()),
  ),
  'NonEmpty Word16': primitive<number[]>(
    (w, v) => w.list1(v, (x, n) => x.u16(n)),
    (r) => r.list1((x) => x.u16()),
  ),
  'NonEmpty ByteString': primitive<string[]>(
    (w, v) => w.list1(v, (x, b) => x.short(fromHex(b))),
    (r) => r.list1((x) => hex(x.short())),
  ),
  '(Word16,Bool)': primitive<[number, boolean]>(
    (w, [n, b]) => w.u16(n).bool(b),
    (r) => [r.u16(), r.bool()],
  ),
  '(ByteString,Maybe Word32,Large)': primitive<[string, number | null, string]>(
    (w, [b, n, l]) =>
      w
        .short(latin1(b))
        .optional(n ?? undefined, (x, v) => x.u32(v))
        .large(latin1(l)),
    (r) => [fromLatin1(r.short()), r.optional((x) => x.u32()) ?? null, fromLatin1(r.large())],
  ),
  '(Char,ByteString,Tail)': primitive<[string, string, string]>(
    (w, [c, b, t]) => w.literal(c).short(latin1(b)).raw(latin1(t)),
    (r) => [fromLatin1(r.raw(1)), fromLatin1(r.short()), fromLatin1(r.tail())],
  ),
}

/** Encodes, decodes, and refuses the encoding with a byte too many or, where it has a length, one too few. */
function checkPrimitive(record: VectorRecord): void {
  const type = text(record, 'type')
  const kind = PRIMITIVES[type]
  assert(kind !== undefined, `unknown type ${type}`)
  const value = record.value as never
  same(
    encode((w) => kind.write(w, value)),
    text(record, 'hex'),
    'encoding',
  )
  assert.deepEqual(decode(bytes(record, 'hex'), kind.read), value)
  if (type.includes('Tail')) return
  assert.throws(() => decode(Uint8Array.from([...bytes(record, 'hex'), 0]), kind.read), HearthError)
  assert.throws(() => decode(bytes(record, 'hex').subarray(0, -1), kind.read), HearthError)
}

/** `shown` is the reference's constructor: numbers for addresses, the text for names. */
function checkHostKind(host: string, shown: string): void {
  const [kind] = shown.split(' ')
  const words = (shown.match(/\d+(?=[,)])/g) ?? []).map(Number)
  switch (kind) {
    case 'THIPv4':
      assert.equal(words.join('.'), host)
      break
    case 'THIPv6': {
      const groups = words.flatMap((word) => [word >>> 16, word & 0xffff])
      assert.equal(parseHost(groups.map((group) => group.toString(16)).join(':')), host)
      break
    }
    default:
      assert.equal(kind, host.endsWith('.onion') ? 'THOnionHost' : 'THDomainName')
      assert.deepEqual(stringLiterals(shown).map(fromLatin1), [host])
  }
}

export const handlers: Handler[] = [
  {
    name: 'VersionRange',
    check(record) {
      const range = { min: number(record, 'min'), max: number(record, 'max') }
      same(
        encode((w) => writeVersionRange(w, range)),
        text(record, 'hex'),
        'encoding',
      )
      assert.deepEqual(decode(bytes(record, 'hex'), readVersionRange), range)
      assert.equal(formatVersionRange(range), text(record, 'str'))
      assert.deepEqual(parseVersionRange(text(record, 'str')), range)
    },
  },
  {
    name: 'Version',
    check(record) {
      const version = number(record, 'value')
      same(
        encode((w) => w.u16(version)),
        text(record, 'hex'),
        'encoding',
      )
      assert.equal(
        decode(bytes(record, 'hex'), (r) => r.u16()),
        version,
      )
      assert.equal(formatVersionRange({ min: version, max: version }), text(record, 'str'))
    },
  },
  {
    name: 'compatibleVRange',
    check(record) {
      const [a, b] = [parseVersionRange(text(record, 'a')), parseVersionRange(text(record, 'b'))]
      const common = intersect(a, b)
      assert.equal(common === undefined ? null : formatVersionRange(common), record.result)
      assert.deepEqual(intersect(b, a), common)
    },
  },
  {
    name: 'TransportHost invalid',
    check(record) {
      assert.throws(() => parseHost(text(record, 'str')), HearthError)
    },
  },
  {
    name: 'TransportHost',
    check(record) {
      const host = parseHost(text(record, 'str'))
      assert.equal(host, text(record, 'strEncode'))
      assert.equal(parseHost(host), host)
      checkHostKind(host, text(record, 'constructor'))
      same(
        encode((w) => w.short(latin1(host))),
        text(record, 'hex'),
        'encoding',
      )
      assert.equal(
        decode(bytes(record, 'hex'), (r) => parseHost(fromLatin1(r.short()))),
        host,
      )
    },
  },
  {
    name: 'ProtocolServer',
    check(record) {
      const result = object(record.result)
      if (result.error !== undefined) {
        assert.throws(() => parseRouterAddress(text(record, 'str')), HearthError)
        return
      }
      const address = parseRouterAddress(text(record, 'str'))
      assert.equal(address.basicAuth ?? null, result.auth)
      assert.equal(formatRouterAddress(address), text(result, 'strEncode'))
      if (result.auth !== null) {
        assert.throws(() => parseRouterAddress(text(record, 'str'), 'refused'), HearthError)
      }
      const { basicAuth: _, ...server } = address
      same(
        encode((w) => writeRouterAddress(w, address)),
        text(result, 'serverHex'),
        'encoding',
      )
      assert.deepEqual(decode(bytes(result, 'serverHex'), readRouterAddress), server)
      same(
        encode((w) => writeLegacyRouterAddress(w, address)),
        text(result, 'legacyHex'),
        'legacy encoding',
      )
      assert.deepEqual(decode(bytes(result, 'legacyHex'), readLegacyRouterAddress), {
        ...server,
        hosts: [server.hosts[0]],
      })
      const parts = byteStrings(server)
      for (const part of stringLiterals(text(result, 'show'))) assert(parts.has(hex(part)), `shown part ${hex(part)}`)
    },
  },
  {
    name: 'base64url',
    check(record) {
      const encoded = text(record, 'str')
      assert.equal(base64url(bytes(record, 'hex')), encoded)
      same(fromBase64url(encoded), text(record, 'hex'), 'padded')
      same(fromBase64url(encoded.replace(/=+$/, '')), text(record, 'hex'), 'unpadded')
    },
  },
  {
    name: 'strEncode prims',
    check(record) {
      assert.equal(text(record, 'type'), 'Int64')
      const value = BigInt(text(record, 'str'))
      assert.equal(`${value}`, text(record, 'str'))
      assert.equal(BigInt.asIntN(64, value), value)
      // JSON's numbers have lost the last digits of large values.
      assert.equal(Number(value), number(record, 'value'))
    },
  },
  {
    name: 'UTCTime',
    check(record) {
      const [, whole, fraction = ''] = /^(.{19})(?:\.(\d*[1-9]))?Z$/.exec(text(record, 'str')) ?? []
      assert(whole !== undefined, 'ISO 8601 with Z, without trailing zeros')
      const milliseconds = fraction.slice(0, 3).padEnd(3, '0')
      assert.equal(new Date(text(record, 'str')).toISOString(), `${whole}.${milliseconds}Z`)
    },
  },
  {
    name: /^(?:Word|Int64|Bool$|Char$|ByteString|Large|Tail|Text|String|Maybe|list|NonEmpty|SystemTime|\()/,
    check: checkPrimitive,
  },
]
