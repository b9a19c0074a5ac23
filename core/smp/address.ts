import { base64url, fromBase64url } from '../codec/base64url.ts'
import { fromLatin1, latin1 } from '../codec/bytes.ts'
import { CodecError } from '../codec/error.ts'
import type { Reader } from '../codec/reader.ts'
import type { Writer } from '../codec/writer.ts'
import { parseHost } from './host.ts'

/** Address of a router (smp §1.3, agent §0.3). */
export interface RouterAddress {
  /** The primary host, then its alternatives. */
  readonly hosts: readonly [string, ...string[]]
  /** Decimal; empty means the default, 5223, and stays empty, because addresses are compared as they are. */
  readonly port: string
  /** SHA-256 of the identity certificate. */
  readonly keyHash: Uint8Array
  /** Password for creating queues; part of the text form only, never of links. */
  readonly basicAuth?: string | undefined
}

const HOST = String.raw`(?:\[[0-9a-fA-F:.]+\]|[^:/,[\]]+)`
const ADDRESS = new RegExp(String.raw`^smp://([\w-]+=*)(?::([^@:/]+))?@(${HOST}(?:,${HOST})*)(?::(\d{1,5}))?$`)
/** A single IPv6 host without brackets and port, which the reference writes. */
const BARE_IPV6 = /^smp:\/\/([\w-]+=*)(?::([^@:/]+))?@([0-9a-fA-F.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/

/**
 * `smp://<fingerprint>[:<password>]@<host>[,<host>…][:<port>]`. A password is refused where `basicAuth` says so, as in
 * links. Errors: `syntax`, `range` (port).
 */
export function parseRouterAddress(text: string, basicAuth: 'allowed' | 'refused' = 'allowed'): RouterAddress {
  const match = ADDRESS.exec(text) ?? BARE_IPV6.exec(text)
  if (match === null) throw new CodecError('syntax', 'not a router address')
  const [, fingerprint = '', password, hostList = '', port = ''] = match
  if (password !== undefined && basicAuth === 'refused') throw new CodecError('syntax', 'password in a router address')
  return {
    hosts: nonEmpty(hostList.split(',').map(parseHost)),
    port: numericPort(port),
    keyHash: fromBase64url(fingerprint),
    ...(password === undefined ? {} : { basicAuth: checkedBasicAuth(password) }),
  }
}

export function formatRouterAddress(address: RouterAddress): string {
  const password = address.basicAuth === undefined ? '' : `:${address.basicAuth}`
  const port = address.port === '' ? '' : `:${address.port}`
  return `smp://${base64url(address.keyHash)}${password}@${address.hosts.join(',')}${port}`
}

/** `list1(host) ‖ port ‖ key hash`; the password is not part of it. */
export function writeRouterAddress(writer: Writer, address: RouterAddress): void {
  writer
    .list1(address.hosts, (w, host) => w.short(latin1(host)))
    .short(latin1(address.port))
    .short(address.keyHash)
}

export function readRouterAddress(reader: Reader): RouterAddress {
  return reader.all((r) => ({
    hosts: r.list1((item) => parseHost(fromLatin1(item.short()))),
    port: checkedPort(fromLatin1(r.short())),
    keyHash: r.short().slice(),
  }))
}

/** The form of client version 1: the first host only, without a count. */
export function writeLegacyRouterAddress(writer: Writer, address: RouterAddress): void {
  writer.short(latin1(address.hosts[0])).short(latin1(address.port)).short(address.keyHash)
}

export function readLegacyRouterAddress(reader: Reader): RouterAddress {
  return reader.all((r) => ({
    hosts: [parseHost(fromLatin1(r.short()))],
    port: checkedPort(fromLatin1(r.short())),
    keyHash: r.short().slice(),
  }))
}

/** The same router as agent §0.3 sees it: equal hosts in equal order and equal port; the key hash is not compared. */
export function sameRouter(a: RouterAddress, b: RouterAddress): boolean {
  return a.port === b.port && a.hosts.length === b.hosts.length && a.hosts.every((host, i) => host === b.hosts[i])
}

/** Key for maps: one session per hosts, port and identity. */
export function routerKey(address: RouterAddress): string {
  return `${base64url(address.keyHash)}@${address.hosts.join(',')}:${address.port}`
}

/** Printable Latin-1 without spaces and the soft hyphen, `@`, `:` and `/` (smp §1.1). */
export function checkedBasicAuth(text: string): string {
  if (!/^[!-~\u00a1-\u00ac\u00ae-\u00ff]+$/.test(text) || /[@:/]/.test(text))
    throw new CodecError('syntax', 'not a password')
  return text
}

/** Addresses are compared as texts, so that a port needs one text only: no zeros before it. */
function numericPort(text: string): string {
  return text === '' ? '' : String(Number(checkedPort(text)))
}

function checkedPort(text: string): string {
  if (text !== '' && !/^\d{1,5}$/.test(text)) throw new CodecError('syntax', 'not a port')
  if (Number(text) > 0xffff) throw new CodecError('range', 'port out of range')
  return text
}

function nonEmpty<T>(items: readonly T[]): [T, ...T[]] {
  const [first, ...rest] = items
  if (first === undefined) throw new CodecError('range', 'list must not be empty')
  return [first, ...rest]
}
