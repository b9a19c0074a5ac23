import { isIPv6 } from 'node:net'
import { CodecError } from '../codec/error.ts'

/**
 * Host of a router as text, in the order of smp §1.3: dotted quad, IPv6 (brackets are read and never written), onion
 * name, domain name. Returns the form that the network compares and sends; anything else is a `syntax` error.
 */
export function parseHost(text: string): string {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (octets?.every((octet) => octet <= 255)) return octets.join('.')
  const address = /^(?:\[([0-9a-fA-F:]+)\]|([0-9a-fA-F:]+))$/.exec(text)
  const ipv6 = address?.[1] ?? address?.[2]
  if (ipv6 !== undefined && isIPv6(ipv6)) return canonicalIPv6(ipv6)
  if (/^[a-z0-9]*\.onion$/.test(text)) return text
  if (/^[!-~]+$/.test(text) && !/[:#,;/[\]@]/.test(text) && !text.endsWith('.onion')) return text
  throw new CodecError('syntax', 'not a host name')
}

/** Lower case, the longest run of zeros compressed. */
function canonicalIPv6(text: string): string {
  return new URL(`http://[${text}]`).hostname.slice(1, -1)
}
