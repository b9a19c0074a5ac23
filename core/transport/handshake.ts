import { equal } from '../codec/bytes.ts'
import { asHearthError, HearthError, unlessMalformed } from '../codec/error.ts'
import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import { includes, intersect, type VersionRange } from '../codec/version.ts'
import { agree } from '../crypto/agreement.ts'
import { generateKeyPair } from '../crypto/keypair.ts'
import type { SigningAlgorithm } from '../crypto/sign.ts'
import type { Connection, Env } from '../env/env.ts'
import { type BlockChain, type BlockChains, blockChains, openPlainBlock, plainBlock } from './block.ts'
import type { BlockStream } from './block-stream.ts'
import { validateChain } from './chain.ts'
import {
  decodeClientHello,
  decodeServerHello,
  encodeClientHello,
  encodeServerHello,
  encodeServiceResponse,
  SINCE,
} from './hello.ts'
import { signKey, verifySignedKey } from './signed-key.ts'
import type { TransportError } from './transport-error.ts'

/** What the two sides have agreed on. */
export interface Agreed {
  readonly version: number
  readonly ownKey: PrivateKey<'X25519'>
  readonly peerKey: PublicKey<'X25519'> | undefined
  /** Absent where blocks are not encrypted (smp §2.8). */
  readonly chains: { readonly send: BlockChain; readonly receive: BlockChain } | undefined
}

/** A handshake that can not succeed with this peer: the code is the transport error of smp §5.6. */
export function handshakeError(code: TransportError, message: string): HearthError {
  return new HearthError('network', code, message)
}

export interface ClientHandshake {
  readonly keyHash: Uint8Array
  readonly versions: VersionRange
}

/**
 * The client's side (smp §3.7): waits for the router's hello, checks session, versions, certificates and session key,
 * answers. Errors: network `SESSION`, `VERSION`, `HANDSHAKE PARSE`, `HANDSHAKE BAD_AUTH`, `unknown-ca`, `bad-chain`.
 */
export async function clientHandshake(
  env: Env,
  connection: Connection,
  stream: BlockStream,
  { keyHash, versions }: ClientHandshake,
): Promise<Agreed> {
  const hello = parsed(await stream.read(), decodeServerHello)
  if (!equal(hello.sessionId, connection.sessionId)) throw handshakeError('SESSION', 'session id of another connection')
  const common = intersect(hello.versions, versions)
  if (common === undefined) throw handshakeError('VERSION', 'no version in common')

  const leaf = validateChain(hello.auth?.chain ?? connection.peerCertificates, keyHash, env.clock.now())
  let peerKey: PublicKey<'X25519'> | undefined
  if (hello.auth !== undefined) {
    const shown = connection.peerCertificates[0]
    if (shown === undefined || !equal(shown, hello.auth.chain[0]!)) {
      throw handshakeError('HANDSHAKE BAD_AUTH', 'the certificate of the handshake is not that of TLS')
    }
    peerKey = sessionKey(hello.auth.signedKey, leaf)
  }

  const version = common.max
  const own = generateKeyPair('X25519', env.random)
  connection.write(
    plainBlock(encodeClientHello({ version, keyHash, key: own.publicKey, proxyServer: false, service: undefined })),
  )
  const chains = encryption(version, connection.sessionId, own.privateKey, peerKey)
  return {
    version,
    ownKey: own.privateKey,
    peerKey,
    chains: chains && { send: chains.clientToServer, receive: chains.serverToClient },
  }
}

function sessionKey(signedKey: Uint8Array, leaf: PublicKey<SigningAlgorithm>): PublicKey<'X25519'> {
  const key = unlessMalformed(() => verifySignedKey(signedKey, leaf, 'X25519'))
  if (key === undefined) throw handshakeError('HANDSHAKE BAD_AUTH', 'the session key is not signed by the certificate')
  return key
}

/** What a router shows of itself. */
export interface RouterIdentity {
  /** DER: leaf, identity. */
  readonly chain: readonly [leaf: Uint8Array, identity: Uint8Array]
  /** The fingerprint of the identity certificate. */
  readonly keyHash: Uint8Array
  readonly leafKey: PrivateKey<SigningAlgorithm>
}

export interface ServerHandshake {
  readonly identity: RouterIdentity
  readonly versions: VersionRange
}

/**
 * The router's side. A client without ALPN is offered version 6 alone (smp §3.3). We never ask for client certificates,
 * so a service is refused (smp §8.3). Errors: network `VERSION`, `HANDSHAKE PARSE`, `HANDSHAKE IDENTITY`,
 * `HANDSHAKE BAD_SERVICE`; the caller closes without a word.
 */
export async function serverHandshake(
  env: Env,
  connection: Connection,
  stream: BlockStream,
  { identity, versions }: ServerHandshake,
): Promise<Agreed> {
  const offered = connection.alpn === undefined ? intersect(versions, LEGACY) : versions
  if (offered === undefined) throw handshakeError('VERSION', 'a client without ALPN speaks only version 6')
  const own = generateKeyPair('X25519', env.random)
  const auth = { chain: identity.chain, signedKey: signKey(own.publicKey, identity.leafKey) }
  connection.write(plainBlock(encodeServerHello({ versions: offered, sessionId: connection.sessionId, auth })))

  const hello = parsed(await stream.read(), decodeClientHello)
  if (!equal(hello.keyHash, identity.keyHash)) throw handshakeError('HANDSHAKE IDENTITY', 'client wants another router')
  if (!includes(offered, hello.version)) throw handshakeError('VERSION', 'client chose a version that was not offered')
  if (hello.service !== undefined) {
    connection.write(plainBlock(encodeServiceResponse({ error: 'HANDSHAKE BAD_SERVICE' })))
    throw handshakeError('HANDSHAKE BAD_SERVICE', 'services are not supported')
  }
  const chains = hello.proxyServer
    ? undefined
    : encryption(hello.version, connection.sessionId, own.privateKey, hello.key)
  return {
    version: hello.version,
    ownKey: own.privateKey,
    peerKey: hello.key,
    chains: chains && { send: chains.serverToClient, receive: chains.clientToServer },
  }
}

const LEGACY: VersionRange = { min: 6, max: 6 }

function encryption(
  version: number,
  sessionId: Uint8Array,
  own: PrivateKey<'X25519'>,
  peer: PublicKey<'X25519'> | undefined,
): BlockChains | undefined {
  if (version < SINCE.blockEncryption || peer === undefined) return undefined
  try {
    return blockChains(sessionId, agree(own, peer))
  } catch {
    throw handshakeError('HANDSHAKE BAD_AUTH', 'no agreement with the key of the peer')
  }
}

function parsed<T>(block: Uint8Array, decoder: (payload: Uint8Array) => T): T {
  try {
    return decoder(openPlainBlock(block))
  } catch (error) {
    throw handshakeError('HANDSHAKE PARSE', asHearthError(error, 'network', 'HANDSHAKE PARSE').message)
  }
}
