import { base64url, fromBase64url } from '../../codec/base64url.ts'
import { CodecError } from '../../codec/error.ts'
import {
  decodePublicKey,
  encodePublicKey,
  narrowPublicKey,
  type PublicKey,
  readPublicKey,
  writePublicKey,
} from '../../codec/keys.ts'
import type { Reader } from '../../codec/reader.ts'
import {
  formatVersionRange,
  parseVersionRange,
  readVersionRange,
  type VersionRange,
  writeVersionRange,
} from '../../codec/version.ts'
import type { Writer } from '../../codec/writer.ts'
import {
  formatRouterAddress,
  parseRouterAddress,
  type RouterAddress,
  readLegacyRouterAddress,
  readRouterAddress,
  writeLegacyRouterAddress,
  writeRouterAddress,
} from '../../smp/address.ts'
import { parseHost } from '../../smp/host.ts'
import { formatQuery, Query } from './query.ts'

/** Versions of the SMP client that we announce (agent §1.1). */
export const CLIENT_VERSIONS: VersionRange = { min: 1, max: 4 }

/** In messaging mode the sender can secure the queue, in contact mode never; old addresses do not say. */
export type QueueMode = 'messaging' | 'contact'

/** Where a queue is, as its senders name it: in messages about queues (agent §6.4). */
export interface QueueAddress {
  readonly router: RouterAddress
  /** 24 bytes today. */
  readonly senderId: Uint8Array
}

interface QueueKeys extends QueueAddress {
  /** The recipient's key for the encryption of this queue. */
  readonly dhKey: PublicKey<'X25519'>
  readonly mode: QueueMode | undefined
}

/** A queue offered in a link (agent §2.1). */
export interface QueueUri extends QueueKeys {
  readonly versions: VersionRange
}

/** A queue with the one version agreed for it. */
export interface QueueInfo extends QueueKeys {
  readonly version: number
}

/** Onion hosts of the oldest public routers, which addresses of version 1 had no place for (agent §0.3). */
const LEGACY_ONIONS: ReadonlyMap<string, string> = new Map([
  ['smp4.simplex.im', 'o5vmywmrnaxalvz6wi3zicyftgio6psuvyniis6gco6bp6ekl4cqj4id.onion'],
  ['smp5.simplex.im', 'jjbyvoemxysm7qxap7m5d5m35jzv5qq6gnlv7s4rsn7tdwwmuqciwpid.onion'],
  ['smp6.simplex.im', 'bylepyau3ty4czmn77q4fglvperknl4bi2eb2fdy2bh4jxtf32kf73yd.onion'],
  ['smp8.simplex.im', 'beccx4yfxxbvyhqypaavemqurytl6hozr47wfc7uuecacjqdvwpw2xid.onion'],
  ['smp9.simplex.im', 'jssqzccmrcws6bhmn77vgmhfjmhwlyr3u7puw4erkyoosywgl67slqqd.onion'],
  ['smp10.simplex.im', 'rb2pbttocvnbrngnwziclp2f4ckjq65kebafws6g4hy22cdaiv5dwjqd.onion'],
])

function withLegacyOnion(router: RouterAddress): RouterAddress {
  const onion = router.hosts.length === 1 ? LEGACY_ONIONS.get(router.hosts[0]) : undefined
  return onion === undefined ? router : { ...router, hosts: [router.hosts[0], onion] }
}

/**
 * `smp://<hash>@<hosts>[:port]/<senderId>#/?v=…&dh=…[&q=m|&q=c][&k=s]`; from ranges that begin with version 1 the
 * hosts after the first follow in `srv`.
 */
export function formatQueueUri(queue: QueueUri): string {
  const { router, versions, mode } = queue
  const legacy = versions.min < 2
  const [first, ...others] = router.hosts
  const shown: RouterAddress = { hosts: legacy ? [first] : router.hosts, port: router.port, keyHash: router.keyHash }
  const query = formatQuery([
    ['v', formatVersionRange(versions)],
    ['dh', base64url(encodePublicKey(queue.dhKey))],
    ['q', mode && (mode === 'messaging' ? 'm' : 'c')],
    ['k', mode === 'messaging' && versions.min < 4 ? 's' : undefined],
    ['srv', legacy && others.length > 0 ? others.join(',') : undefined],
  ])
  return `${formatRouterAddress(shown)}/${base64url(queue.senderId)}#/?${query}`
}

/** Also reads the older forms with the key after `#`. Errors: codec. */
export function parseQueueUri(text: string): QueueUri {
  const match = /^(smp:\/\/[^/#]+)\/([A-Za-z0-9_-]+=*)\/?#([A-Za-z0-9_-]+=*)?(?:\/?\?(.*))?$/s.exec(text)
  if (match === null) throw new CodecError('syntax', 'not a queue address')
  const [, server = '', senderId = '', bareKey, queryText] = match
  const router = parseRouterAddress(server, 'refused')
  if (queryText === undefined) {
    if (bareKey === undefined) throw new CodecError('syntax', 'queue address has no key')
    return {
      versions: { min: 1, max: 1 },
      router: withLegacyOnion(router),
      senderId: fromBase64url(senderId),
      dhKey: parseDhKey(bareKey),
      mode: undefined,
    }
  }
  const query = new Query(queryText)
  const versions = parseVersionRange(query.required('v'))
  const others = query.list('srv').map(parseHost)
  const complete: RouterAddress = { ...router, hosts: [...router.hosts, ...others] }
  return {
    versions,
    router: versions.max < 2 ? withLegacyOnion(complete) : complete,
    senderId: fromBase64url(senderId),
    dhKey: parseDhKey(bareKey ?? query.required('dh')),
    mode: parseMode(query),
  }
}

function parseDhKey(text: string): PublicKey<'X25519'> {
  return narrowPublicKey(decodePublicKey(fromBase64url(text)), 'X25519')
}

/** `q` wins over `k`, unless it names a mode that we do not know. */
function parseMode(query: Query): QueueMode | undefined {
  const mode = query.optional('q')
  if (mode === 'c') return 'contact'
  return mode === 'm' || query.optional('k') === 's' ? 'messaging' : undefined
}

export function writeQueueUri(writer: Writer, queue: QueueUri): void {
  const { min, max } = queue.versions
  writeVersionRange(writer, queue.versions)
  writeRouterAddress(writer, queue.router)
  writer.short(queue.senderId)
  writePublicKey(writer, queue.dhKey)
  if (min >= 4) writeMode(writer, queue.mode)
  else if (min >= 3 || (max >= 3 && queue.mode === 'messaging')) writer.bool(queue.mode === 'messaging')
}

export function readQueueUri(reader: Reader): QueueUri {
  return reader.all((r) => ({
    versions: readVersionRange(r),
    router: readRouterAddress(r),
    senderId: r.short(),
    dhKey: readPublicKey(r, 'X25519'),
    mode: readMode(r),
  }))
}

export function writeQueueInfo(writer: Writer, queue: QueueInfo): void {
  const { version, mode } = queue
  writer.u16(version)
  if (version === 1) writeLegacyRouterAddress(writer, queue.router)
  else writeRouterAddress(writer, queue.router)
  writer.short(queue.senderId)
  writePublicKey(writer, queue.dhKey)
  if (version >= 4) writeMode(writer, mode)
  else if (version === 3 && mode === 'messaging') writer.bool(true)
}

export function readQueueInfo(reader: Reader): QueueInfo {
  return reader.all((r) => {
    const version = r.u16()
    const router = version === 1 ? withLegacyOnion(readLegacyRouterAddress(r)) : readRouterAddress(r)
    return { version, router, senderId: r.short(), dhKey: readPublicKey(r, 'X25519'), mode: readMode(r) }
  })
}

function writeMode(writer: Writer, mode: QueueMode | undefined): void {
  if (mode !== undefined) writer.literal(mode === 'messaging' ? 'M' : 'C')
}

/** Opportunistic (agent §2.1): where no mode follows, nothing is consumed. */
function readMode(reader: Reader): QueueMode | undefined {
  if (reader.accept('M') || reader.accept('T')) return 'messaging'
  return reader.accept('C') || reader.accept('F') ? 'contact' : undefined
}

export function writeQueueAddress(writer: Writer, address: QueueAddress): void {
  writeRouterAddress(writer, address.router)
  writer.short(address.senderId)
}

export function readQueueAddress(reader: Reader): QueueAddress {
  return reader.all((r) => ({ router: readRouterAddress(r), senderId: r.short() }))
}

/** The queue at the version agreed with us. */
export function queueInfo(queue: QueueUri, version: number): QueueInfo {
  const { router, senderId, dhKey, mode } = queue
  return { version, router, senderId, dhKey, mode }
}
