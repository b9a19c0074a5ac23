import { base64url, fromBase64url } from '../../codec/base64url.ts'
import { fromUtf8Lossy, utf8 } from '../../codec/bytes.ts'
import { CodecError } from '../../codec/error.ts'
import { decodePublicKey, encodePublicKey, narrowPublicKey, type PublicKey } from '../../codec/keys.ts'
import type { Reader } from '../../codec/reader.ts'
import {
  formatVersionRange,
  parseVersionRange,
  readVersionRange,
  type VersionRange,
  versionRange,
  writeVersionRange,
} from '../../codec/version.ts'
import type { Writer } from '../../codec/writer.ts'
import { parseHost } from '../../smp/host.ts'
import { KEM_CIPHERTEXT, KEM_PUBLIC_KEY, type KemParams } from '../ratchet/kem.ts'
import {
  E2E_KEM_VERSION,
  type E2eLinkParams,
  proposedOnly,
  readE2eLinkParams,
  writeE2eLinkParams,
} from '../ratchet/params.ts'
import { formatQuery, Query } from './query.ts'
import { formatQueueUri, parseQueueUri, type QueueUri, readQueueUri, writeQueueUri } from './queue-address.ts'

/** Versions of the agent protocol that we announce (agent §1.1). */
export const AGENT_VERSIONS: VersionRange = { min: 2, max: 7 }

interface RequestData {
  /** Agent versions of whoever made the link. */
  readonly versions: VersionRange
  /** Only the first is used (agent §1.2). */
  readonly queues: readonly [QueueUri, ...QueueUri[]]
  /** Opaque text of the application. */
  readonly clientData: string | undefined
}

export interface InvitationRequest extends RequestData {
  readonly mode: 'invitation'
  readonly e2e: E2eLinkParams
}

export interface ContactRequest extends RequestData {
  readonly mode: 'contact'
}

/** What a full link says (agent §2.2): where to send, and for an invitation the keys to begin with. */
export type ConnectionRequest = InvitationRequest | ContactRequest

/** `<scheme>/invitation#/?v=…&smp=…&e2e=…[&data=…]`, `<scheme>/contact#/?v=…&smp=…[&data=…]`. */
export function formatConnectionRequest(request: ConnectionRequest, scheme = 'simplex:'): string {
  const query = formatQuery([
    ['v', formatVersionRange(request.versions)],
    ['smp', request.queues.map(formatQueueUri).join(';')],
    ['e2e', request.mode === 'invitation' ? formatE2eParams(request.e2e) : undefined],
    ['data', request.clientData],
  ])
  return `${scheme}/${request.mode}#/?${query}`
}

const FULL_LINK = /^(?:simplex:|https:\/\/([^/#?]+))\/(invitation|contact)\/?#\/\?(.*)$/s

/** Reads every scheme alike; an unusable agent range of a contact link is lifted to ours. Errors: codec. */
export function parseConnectionRequest(text: string): ConnectionRequest {
  const match = FULL_LINK.exec(text)
  if (match === null) throw new CodecError('syntax', 'not a connection link')
  const [, authority, mode, queryText = ''] = match
  if (authority !== undefined) parseHost(authority.replace(/:\d{1,5}$/, ''))
  const query = new Query(queryText)
  const versions = parseVersionRange(query.required('v'))
  const queues = nonEmpty(query.required('smp').split(';').map(parseQueueUri))
  const clientData = query.text('data')
  if (mode === 'contact') return { mode, versions: liftVersions(versions), queues, clientData }
  return { mode: 'invitation', versions, queues, clientData, e2e: parseE2eParams(query.required('e2e')) }
}

/** Contact links are long-lived: those that were made for older agents stay usable (agent §1.2). */
function liftVersions(versions: VersionRange): VersionRange {
  const min = Math.max(AGENT_VERSIONS.min, versions.min)
  return versionRange(min, Math.max(min, versions.max))
}

/** The `e2e` value, which is not escaped inside (agent §2.2). */
export function formatE2eParams(e2e: E2eLinkParams): string {
  const parameters = [
    `v=${formatVersionRange(e2e.versions)}`,
    `x3dh=${[e2e.key1, e2e.key2].map((key) => base64url(encodePublicKey(key))).join(',')}`,
  ]
  if (e2e.kem !== undefined && e2e.versions.max >= E2E_KEM_VERSION) {
    if (e2e.kem.kind === 'accepted') parameters.push(`kem_ct=${base64url(e2e.kem.ciphertext)}`)
    parameters.push(`kem_key=${base64url(e2e.kem.publicKey)}`)
  }
  return parameters.join('&')
}

export function parseE2eParams(text: string): E2eLinkParams {
  const query = new Query(text)
  const versions = parseVersionRange(query.required('v'))
  const [key1, key2, ...more] = query.required('x3dh').split(',').map(parseX448)
  if (key1 === undefined || key2 === undefined || more.length > 0) throw new CodecError('syntax', 'two keys expected')
  return { versions, key1, key2, kem: versions.max >= E2E_KEM_VERSION ? proposedOnly(parseKem(query)) : undefined }
}

function parseX448(text: string): PublicKey<'X448'> {
  return narrowPublicKey(decodePublicKey(fromBase64url(text)), 'X448')
}

function parseKem(query: Query): KemParams | undefined {
  const ciphertext = sizedBytes(query.optional('kem_ct'), KEM_CIPHERTEXT)
  const publicKey = sizedBytes(query.optional('kem_key'), KEM_PUBLIC_KEY)
  if (publicKey === undefined) return undefined
  return ciphertext === undefined ? { kind: 'proposed', publicKey } : { kind: 'accepted', ciphertext, publicKey }
}

function sizedBytes(text: string | undefined, size: number): Uint8Array | undefined {
  if (text === undefined) return undefined
  const bytes = fromBase64url(text)
  if (bytes.length !== size) throw new CodecError('range', 'KEM data has a wrong size')
  return bytes
}

/** Binary form, inside link data (agent §2.3). */
export function writeConnectionRequest(writer: Writer, request: ConnectionRequest): void {
  writer.literal(request.mode === 'invitation' ? 'I' : 'C')
  writeVersionRange(writer, request.versions)
  writer.list1(request.queues, writeQueueUri)
  writer.optional(request.clientData, (w, data) => w.large(utf8(data)))
  if (request.mode === 'invitation') writeE2eLinkParams(writer, request.e2e)
}

export function readConnectionRequest(reader: Reader): ConnectionRequest {
  return reader.all((r) => {
    const invitation = r.accept('I')
    if (!invitation) r.literal('C')
    const versions = readVersionRange(r)
    const queues = nonEmpty(r.list1(readQueueUri).map(withMode))
    const clientData = r.optional((item) => fromUtf8Lossy(item.large()))
    if (!invitation) return { mode: 'contact', versions, queues, clientData }
    return { mode: 'invitation', versions, queues, clientData, e2e: readE2eLinkParams(r) }
  })
}

/** A contact queue announced for versions 1 to 4 has no mode byte. */
function withMode(queue: QueueUri): QueueUri {
  return { ...queue, mode: queue.mode ?? 'contact' }
}

function nonEmpty<T>(items: readonly T[]): [T, ...T[]] {
  const [first, ...rest] = items
  if (first === undefined) throw new CodecError('range', 'no queue in the link')
  return [first, ...rest]
}
