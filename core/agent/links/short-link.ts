import { base64urlUnpadded, fromBase64url } from '../../codec/base64url.ts'
import { EMPTY, equal } from '../../codec/bytes.ts'
import { CodecError } from '../../codec/error.ts'
import type { Reader } from '../../codec/reader.ts'
import type { Writer } from '../../codec/writer.ts'
import { type RouterAddress, readRouterAddress, sameRouter, writeRouterAddress } from '../../smp/address.ts'
import { parseHost } from '../../smp/host.ts'
import { formatQuery, Query } from './query.ts'

/**
 * Short links (agent §2.4): a router and what opens the link data there.
 * `i` one-time invitation · `a` contact address · `c` channel · `g` group · `r` address of a super-peer ("chat relay").
 */
type ContactLinkType = 'a' | 'c' | 'g' | 'r'
type ShortLinkScheme = 'simplex' | 'https'

interface LinkData {
  /** How the text begins; both mean the same, and binary links do not keep it. */
  readonly scheme: ShortLinkScheme
  /** In a link shortened for a preset router the port and key hash are empty; see `restoreShortLink`. */
  readonly router: RouterAddress
  /** SHA3-256 of the fixed link data. */
  readonly linkKey: Uint8Array
}

export interface InvitationLink extends LinkData {
  readonly type: 'i'
  /** Chosen by the router, 24 bytes. */
  readonly linkId: Uint8Array
}

export interface ContactLink extends LinkData {
  readonly type: ContactLinkType
}

export type ShortLink = InvitationLink | ContactLink

const LINK_KEY = 32
const SHORT_LINK =
  /^(?:simplex:|https:\/\/([^/#?]+))\/(i|[acgrACGR])\/?#(?:([A-Za-z0-9_-]+)=*\/)?([A-Za-z0-9_-]+)=*(?:\?(.*))?$/s

export function formatShortLink(link: ShortLink): string {
  const { hosts, port, keyHash } = link.router
  const [first, ...others] = hosts
  const https = link.scheme === 'https'
  const query = formatQuery([
    ['h', shown((https ? others : hosts).join(','))],
    ['p', shown(port)],
    ['c', shown(base64urlUnpadded(keyHash))],
  ])
  const ids = [...(link.type === 'i' ? [link.linkId] : []), link.linkKey].map(base64urlUnpadded).join('/')
  return `${https ? `https://${first}` : 'simplex:'}/${link.type}#${ids}${query === '' ? '' : `?${query}`}`
}

function shown(value: string): string | undefined {
  return value === '' ? undefined : value
}

/** Errors: codec. */
export function parseShortLink(text: string): ShortLink {
  const match = SHORT_LINK.exec(text)
  if (match === null) throw new CodecError('syntax', 'not a short link')
  const [, authority, letter = '', linkId, linkKey = '', queryText = ''] = match
  const query = new Query(queryText)
  const named = [...(authority === undefined ? [] : [authority]), ...query.list('h')]
  const [first, ...rest] = named.map(parseHost)
  if (first === undefined) throw new CodecError('syntax', 'short link without a router')
  const port = parsePort(query.optional('p'))
  const hash = query.optional('c')
  const common = {
    scheme: authority === undefined ? 'simplex' : 'https',
    router: { hosts: [first, ...rest], port, keyHash: hash === undefined ? EMPTY : fromBase64url(hash) },
    linkKey: checkedKey(fromBase64url(linkKey)),
  } as const
  if ((letter === 'i') !== (linkId !== undefined)) throw new CodecError('syntax', 'link id and type do not agree')
  return linkId === undefined
    ? { type: letter.toLowerCase() as ContactLinkType, ...common }
    : { type: 'i', linkId: fromBase64url(linkId), ...common }
}

/** Ports are compared as texts, so that there must be one text for each. */
function parsePort(text: string | undefined): string {
  if (text === undefined) return ''
  if (!/^\d{1,5}$/.test(text) || Number(text) > 0xffff) throw new CodecError('syntax', 'not a port')
  return String(Number(text))
}

export function writeShortLink(writer: Writer, link: ShortLink): void {
  writer.literal(link.type === 'i' ? 'I' : `C${link.type.toUpperCase()}`)
  writeRouterAddress(writer, link.router)
  if (link.type === 'i') writer.short(link.linkId)
  writer.short(link.linkKey)
}

export function readShortLink(reader: Reader): ShortLink {
  return reader.all((r) => (r.peek() === 0x49 ? readInvitationLink(r) : readContactLink(r)))
}

function readInvitationLink(r: Reader): InvitationLink {
  r.literal('I')
  const router = readRouterAddress(r)
  return { type: 'i', scheme: 'https', router, linkId: r.short(), linkKey: checkedKey(r.short()) }
}

export function readContactLink(reader: Reader): ContactLink {
  return reader.all((r) => {
    r.literal('C')
    const type = String.fromCharCode(r.u8()).toLowerCase()
    if (type !== 'a' && type !== 'c' && type !== 'g' && type !== 'r')
      throw new CodecError('syntax', 'unknown link type')
    return { type, scheme: 'https', router: readRouterAddress(r), linkKey: checkedKey(r.short()) }
  })
}

function checkedKey(key: Uint8Array): Uint8Array {
  if (key.length !== LINK_KEY) throw new CodecError('range', 'link key has a wrong size')
  return key
}

/** Two texts of one link: the scheme does not matter, nor the key hash (agent §2.4). */
export function sameShortLink(a: ShortLink, b: ShortLink): boolean {
  if (a.type !== b.type || !sameRouter(a.router, b.router) || !equal(a.linkKey, b.linkKey)) return false
  return a.type !== 'i' || b.type !== 'i' || equal(a.linkId, b.linkId)
}

/** Leaves out what readers know from their list of preset routers; `presets` are all of them, not those in use. */
export function shortenShortLink<L extends ShortLink>(link: L, presets: readonly RouterAddress[]): L {
  if (!presets.some((preset) => isPreset(link.router, preset))) return link
  return { ...link, router: { hosts: [link.router.hosts[0]], port: '', keyHash: EMPTY } }
}

function isPreset(router: RouterAddress, preset: RouterAddress): boolean {
  return (
    router.hosts[0] === preset.hosts[0] &&
    router.hosts.every((host) => preset.hosts.includes(host)) &&
    equal(router.keyHash, preset.keyHash) &&
    (router.port === preset.port || (preset.port === '' && (router.port === '443' || router.port === '5223')))
  )
}

/** The opposite: must be done before connecting, because an empty key hash identifies nobody. */
export function restoreShortLink<L extends ShortLink>(link: L, presets: readonly RouterAddress[]): L {
  const { hosts, port, keyHash } = link.router
  if (hosts.length !== 1 || port !== '' || keyHash.length !== 0) return link
  const preset = presets.find((router) => router.hosts[0] === hosts[0])
  return preset === undefined ? link : { ...link, router: preset }
}
