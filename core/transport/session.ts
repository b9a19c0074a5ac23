import { asHearthError, HearthError } from '../codec/error.ts'
import type { PrivateKey, PublicKey } from '../codec/keys.ts'
import type { VersionRange } from '../codec/version.ts'
import type { Connection, Env } from '../env/env.ts'
import { openBlock, openPlainBlock, plainBlock, sealBlock } from './block.ts'
import { type BlockStream, blockStream } from './block-stream.ts'
import { type Agreed, clientHandshake, handshakeError, type RouterIdentity, serverHandshake } from './handshake.ts'
import { SMP_VERSIONS } from './hello.ts'

/** A connection after the handshake: payloads of whole blocks, both ways. */
export interface Session {
  readonly version: number
  readonly sessionId: Uint8Array
  /** The peer's X25519 session key (version >= 7). */
  readonly peerKey: PublicKey<'X25519'> | undefined
  /** Own session private key: the router needs it for authenticators. */
  readonly ownKey: PrivateKey<'X25519'>
  /** For limits and logs on the router's side; never an identity. */
  readonly peerAddress: string
  /** Must be called once; nothing is read before. Blocks that came with the handshake are delivered at once. */
  start(events: SessionEvents): void
  /** Pads, encrypts and writes one block; false asks to wait for drain. Errors: crypto `large`. */
  sendBlock(payload: Uint8Array): boolean
  /** Bytes written but not yet taken by the system. */
  readonly buffered: number
  /** A block or two that were read already may still be delivered after `pause`. */
  pause(): void
  resume(): void
  /** Flushes what was written, then closes. */
  end(): void
  destroy(): void
}

export interface SessionEvents {
  block(payload: Uint8Array): void
  drain(): void
  /** Called exactly once, whoever closed. */
  close(error?: Error): void
  /**
   * A block could not be decrypted or unpadded. A router answers `ERR BLOCK` (smp §3.6); without this handler the
   * session closes with network `BLOCK`, as a client should.
   */
  badBlock?(): void
}

const DEFAULT_PORT = 5223
const ALPN = ['smp/1']

export interface RouterTarget {
  readonly hosts: readonly [string, ...string[]]
  /** '' means 5223 */
  readonly port: string
  readonly keyHash: Uint8Array
}

export interface ConnectOptions {
  /** Milliseconds for everything: names, TCP, TLS and handshake. */
  readonly timeout: number
  readonly versions?: VersionRange
}

/**
 * Connects to a router: its hosts in order, those behind onion names only where there are no others (smp §7.8).
 * Errors: network `timeout`, those of Network.dial and of clientHandshake.
 */
export async function connectSession(env: Env, router: RouterTarget, options: ConnectOptions): Promise<Session> {
  const deadline = env.clock.monotonic() + options.timeout
  const open = router.hosts.filter((host) => !host.endsWith('.onion'))
  const port = router.port === '' ? DEFAULT_PORT : Number(router.port)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new HearthError('usage', 'address', 'no such port')
  let failure: unknown
  for (const host of open.length > 0 ? open : router.hosts) {
    const left = deadline - env.clock.monotonic()
    if (failure !== undefined && left <= 0) break
    try {
      const connection = await env.network.dial({ host, port, alpn: ALPN, timeout: Math.max(left, 1) })
      return await withDeadline(env, connection, deadline - env.clock.monotonic(), (stream) =>
        clientHandshake(env, connection, stream, {
          keyHash: router.keyHash,
          versions: options.versions ?? SMP_VERSIONS,
        }),
      )
    } catch (error) {
      failure = error
    }
  }
  throw asHearthError(failure, 'network', 'connect')
}

export interface AcceptOptions {
  /** Milliseconds for the handshake. */
  readonly timeout: number
  readonly versions?: VersionRange
}

/** Takes a client in. Where it rejects, the connection is closed already. Errors: those of serverHandshake. */
export function acceptSession(
  env: Env,
  connection: Connection,
  identity: RouterIdentity,
  options: AcceptOptions,
): Promise<Session> {
  return withDeadline(env, connection, options.timeout, (stream) =>
    serverHandshake(env, connection, stream, { identity, versions: options.versions ?? SMP_VERSIONS }),
  )
}

async function withDeadline(
  env: Env,
  connection: Connection,
  timeout: number,
  handshake: (stream: BlockStream) => Promise<Agreed>,
): Promise<Session> {
  let late = false
  const timer = env.clock.timer(Math.max(timeout, 1), () => {
    late = true
    connection.destroy()
  })
  try {
    const stream = blockStream(connection)
    return session(connection, stream, await handshake(stream))
  } catch (error) {
    if (late) throw new HearthError('network', 'timeout', 'no handshake in time', true)
    // `end` lets a refusal that was written reach the client.
    connection.end()
    throw error
  } finally {
    timer.cancel()
  }
}

function session(connection: Connection, stream: BlockStream, agreed: Agreed): Session {
  const { chains } = agreed
  return {
    version: agreed.version,
    sessionId: connection.sessionId,
    peerKey: agreed.peerKey,
    ownKey: agreed.ownKey,
    peerAddress: connection.peerAddress,
    start(events) {
      let failure: HearthError | undefined
      stream.handOver({
        block(bytes) {
          let payload: Uint8Array
          try {
            payload = chains === undefined ? openPlainBlock(bytes) : openBlock(chains.receive, bytes)
          } catch {
            if (events.badBlock !== undefined) return events.badBlock()
            failure ??= handshakeError('BLOCK', 'a block does not open')
            return connection.destroy()
          }
          events.block(payload)
        },
        drain: () => events.drain(),
        close: (error) => events.close(failure ?? error),
      })
    },
    sendBlock(payload) {
      return connection.write(chains === undefined ? plainBlock(payload) : sealBlock(chains.send, payload))
    },
    get buffered() {
      return connection.buffered
    },
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    end: () => connection.end(),
    destroy: () => connection.destroy(),
  }
}
