import { isIPv6 } from 'node:net'
import { CodecError } from '../codec/error.ts'

const QUAD = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})\.(\d{1,9})/
const ONION = /^[a-z0-9]*\.onion/

/**
 * Host of a router as text, in the order of smp §1.3: dotted quad, IPv6 (brackets are read and never written), onion
 * name, domain name. The reference does not look ahead: what begins like one of the first kinds must be it as a whole,
 * and of a quad's last octet only the low byte counts.
 * Returns the form that the network compares and sends; anything else is a `syntax` error.
 */
export function parseHost(text: string): string {
  const quad = QUAD.exec(text)
  const [a, b, c, d] = quad?.slice(1).map(Number) ?? []
  if (quad !== null && a! <= 255 && b! <= 255 && c! <= 255) {
    if (quad[0] === text) return [a, b, c, d! % 256].join('.')
    throw new CodecError('syntax', 'more than an IPv4 address')
  }
  const address = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9a-fA-F:.]+))$/.exec(text)
  const ipv6 = address?.[1] ?? address?.[2]
  if (ipv6 !== undefined && isIPv6(ipv6)) return canonicalIPv6(ipv6)
  const onion = ONION.exec(text)
  if (onion !== null) {
    if (onion[0] === text) return text
    throw new CodecError('syntax', 'more than an onion name')
  }
  if (/^[!-~]+$/.test(text) && !/[:#,;/[\]@]/.test(text) && !text.endsWith('.onion')) return text
  throw new CodecError('syntax', 'not a host name')
}

/**
 * Lower case, the longest run of zeros compressed; the reference writes an IPv4 address that is mapped (`::ffff:0:0/96`)
 * or embedded (`::/96`) as a dotted quad.
 */
function canonicalIPv6(text: string): string {
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1)
  const [, before = '', high = '', low = ''] = /^(::(?:ffff:)?)([0-9a-f]+):([0-9a-f]+)$/.exec(canonical) ?? []
  return before === '' ? canonical : `${before}${octets(high)}.${octets(low)}`
}

/** Sixteen bits in hexadecimal as two decimal octets. */
function octets(group: string): string {
  const value = Number.parseInt(group, 16)
  return `${value >> 8}.${value & 0xff}`
}
