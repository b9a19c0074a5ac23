import { CodecError } from '../codec/error.ts'
import { type PublicKey, readPublicKey, writePublicKey } from '../codec/keys.ts'
import { Reader } from '../codec/reader.ts'
import { readVersionRange, type VersionRange, writeVersionRange } from '../codec/version.ts'
import { encode, type Writer } from '../codec/writer.ts'
import { readTransportError, type TransportError, writeTransportError } from './transport-error.ts'

/**
 * The messages of the handshake (smp §3.7), one unencrypted block each. Decoders ignore what follows the last field:
 * later versions may append.
 */

/** Versions from which a field of the handshake exists (smp §0.3). */
export const SINCE = { sessionKeys: 7, blockEncryption: 11, proxyServer: 14, services: 16 } as const

/** All the versions that we speak, in both roles. */
export const SMP_VERSIONS: VersionRange = { min: 6, max: 18 }

/** A certificate chain, leaf first, and a session key signed by the leaf's key. */
export interface ChainAndKey {
  readonly chain: readonly Uint8Array[]
  readonly signedKey: Uint8Array
}

export function writeChainAndKey(writer: Writer, value: ChainAndKey): void {
  writer.list1(value.chain, (w, certificate) => w.large(certificate)).large(value.signedKey)
}

export function readChainAndKey(reader: Reader): ChainAndKey {
  return reader.all((r) => ({ chain: r.list1((item) => item.large()), signedKey: r.large() }))
}

export interface ServerHello {
  readonly versions: VersionRange
  readonly sessionId: Uint8Array
  /** Written where the range reaches version 7. */
  readonly auth: ChainAndKey | undefined
}

export function encodeServerHello(hello: ServerHello): Uint8Array {
  return encode((writer) => {
    writeVersionRange(writer, hello.versions)
    writer.short(hello.sessionId)
    if (hello.auth !== undefined && hello.versions.max >= SINCE.sessionKeys) writeChainAndKey(writer, hello.auth)
  })
}

export function decodeServerHello(bytes: Uint8Array): ServerHello {
  const reader = new Reader(bytes)
  const versions = readVersionRange(reader)
  const sessionId = reader.short()
  const auth = versions.max >= SINCE.sessionKeys ? reader.attempt(readChainAndKey) : undefined
  return { versions, sessionId, auth }
}

/** `M` messaging, `N` notifier, `P` proxy */
type ServiceRole = 'M' | 'N' | 'P'

interface ClientService extends ChainAndKey {
  readonly role: ServiceRole
}

export interface ClientHello {
  readonly version: number
  /** The fingerprint of the router that the client wants to talk to. */
  readonly keyHash: Uint8Array
  /** Absent: no bytes at all, not an `opt` marker. */
  readonly key: PublicKey<'X25519'> | undefined
  readonly proxyServer: boolean
  readonly service: ClientService | undefined
}

export function encodeClientHello(hello: ClientHello): Uint8Array {
  const { version } = hello
  return encode((writer) => {
    writer.u16(version).short(hello.keyHash)
    if (version >= SINCE.sessionKeys && hello.key !== undefined) writePublicKey(writer, hello.key)
    if (version >= SINCE.proxyServer) writer.bool(hello.proxyServer)
    if (version >= SINCE.services) {
      writer.optional(hello.service, (w, service) => {
        w.literal(service.role)
        writeChainAndKey(w, service)
      })
    }
  })
}

export function decodeClientHello(bytes: Uint8Array): ClientHello {
  const reader = new Reader(bytes)
  const version = reader.u16()
  const keyHash = reader.short()
  const key = version >= SINCE.sessionKeys ? reader.attempt((r) => readPublicKey(r, 'X25519')) : undefined
  const proxyServer = version >= SINCE.proxyServer && reader.bool()
  const service = version >= SINCE.services ? reader.optional(readService) : undefined
  return { version, keyHash, key, proxyServer, service }
}

function readService(reader: Reader): ClientService {
  for (const role of ['M', 'N', 'P'] as const) {
    if (reader.accept(role)) return { role, ...readChainAndKey(reader) }
  }
  throw new CodecError('syntax', 'unknown service role')
}

/** The router's answer to a client that brought a service. */
export type ServiceResponse = { readonly serviceId: Uint8Array } | { readonly error: TransportError }

export function encodeServiceResponse(response: ServiceResponse): Uint8Array {
  return encode((writer) => {
    if ('serviceId' in response) writer.literal('R').short(response.serviceId)
    else writeTransportError(writer.literal('E'), response.error)
  })
}

export function decodeServiceResponse(bytes: Uint8Array): ServiceResponse {
  const reader = new Reader(bytes)
  if (reader.accept('R')) return { serviceId: reader.short() }
  reader.literal('E')
  return { error: readTransportError(reader) }
}
