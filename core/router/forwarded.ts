import { EMPTY } from '../codec/bytes.ts'
import { HearthError } from '../codec/error.ts'
import { agree } from '../crypto/agreement.ts'
import { boxKey } from '../crypto/box.ts'
import type { Command } from '../smp/commands.ts'
import type { SmpError } from '../smp/errors.ts'
import type { BrokerMessage } from '../smp/messages.ts'
import {
  type ForwardedTransmission,
  openForwarded,
  openProxied,
  sealForwardedAnswer,
  sealProxiedAnswer,
} from '../smp/proxy.ts'
import { encodeMessageFrame, type ReceivedCommand, receiveCommand, splitBlock } from '../smp/transmission.ts'
import type { Session } from '../transport/session.ts'
import type { VerifyingSession } from './verify.ts'

/** What a sender may do through a proxy (smp §6.10). */
const ALLOWED: ReadonlySet<Command['type']> = new Set(['SEND', 'SKEY', 'LKEY', 'LGET'])

/**
 * Verifies and executes a command that came through a proxy. The session is the proxy's, but for the version, which the
 * command's sender chose.
 */
type ForwardedWork = (
  session: VerifyingSession,
  received: Extract<ReceivedCommand, { readonly command: Command }>,
) => BrokerMessage

/**
 * The router as the relay of other routers' clients (smp §6.10 `RFWD`): opens both layers, works on the one command
 * inside, seals the answer for its sender. What is wrong with the layers is told to the proxy, what is wrong with the
 * command to its sender alone.
 */
export function forwarding(session: Session, work: ForwardedWork) {
  /** With the proxy, for all that it forwards in this session. */
  let outer: Uint8Array | undefined

  return function forward(corrId: Uint8Array, sealed: Uint8Array): BrokerMessage {
    if (session.peerKey === undefined) return noSessionKey
    outer ??= attempt(() => boxKey(agree(session.ownKey, session.peerKey!)))
    const key = outer
    const forwarded = key === undefined ? CRYPTO : opened(() => openForwarded(key, corrId, sealed))
    if ('type' in forwarded) return failure(forwarded)
    const inner = attempt(() => boxKey(agree(session.ownKey, forwarded.key)))
    const payload = inner && attempt(() => openProxied(inner, forwarded.corrId, forwarded.transmission))
    if (inner === undefined || payload === undefined) return failure(CRYPTO)
    // A block that cannot be split is the sender's mistake, as one transmission that cannot be read is.
    const [transmission = EMPTY, ...more] = attempt(() => splitBlock(payload)) ?? []
    if (more.length > 0) return failure({ type: 'BLOCK' })
    const sender: VerifyingSession = {
      version: forwarded.version,
      sessionId: session.sessionId,
      ownKey: session.ownKey,
    }
    return answer(outer!, inner, corrId, forwarded, executed(sender, transmission, work))
  }
}

function executed(session: VerifyingSession, transmission: Uint8Array, work: ForwardedWork): Uint8Array {
  const received = receiveCommand(session, transmission)
  const { corrId, entityId } = received
  return encodeMessageFrame(session, corrId, entityId, outcome(session, received, work))
}

function outcome(session: VerifyingSession, received: ReceivedCommand, work: ForwardedWork): BrokerMessage {
  if (received.error !== undefined) return failure(received.error)
  if (!ALLOWED.has(received.command.type)) return failure({ type: 'CMD', error: 'PROHIBITED' })
  return work(session, received)
}

function answer(
  outer: Uint8Array,
  inner: Uint8Array,
  corrId: Uint8Array,
  forwarded: ForwardedTransmission,
  block: Uint8Array,
): BrokerMessage {
  const sealed = attempt(() => sealProxiedAnswer(inner, forwarded.corrId, block))
  if (sealed === undefined) return failure({ type: 'BLOCK' })
  return { type: 'RRES', response: sealForwardedAnswer(outer, corrId, { corrId: forwarded.corrId, answer: sealed }) }
}

const CRYPTO: SmpError = { type: 'CRYPTO' }
const noSessionKey = failure({
  type: 'PROXY',
  error: { type: 'BROKER', error: { type: 'TRANSPORT', error: 'NO_AUTH' } },
})

function failure(error: SmpError): BrokerMessage {
  return { type: 'ERR', error }
}

function opened(open: () => ForwardedTransmission): ForwardedTransmission | SmpError {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof HearthError)) throw error
    return error.kind === 'codec' ? { type: 'CMD', error: 'SYNTAX' } : CRYPTO
  }
}

function attempt<T>(task: () => T): T | undefined {
  try {
    return task()
  } catch (error) {
    if (error instanceof HearthError) return undefined
    throw error
  }
}
