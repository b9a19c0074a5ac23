import { concat } from '../../codec/bytes.ts'
import { Writer } from '../../codec/writer.ts'
import { gcmSeal } from '../../crypto/gcm.ts'
import { pad } from '../../crypto/padding.ts'
import { RatchetError } from './error.ts'
import { encodeEncryptedHeader, encodeHeader, messagePrefixSize, paddedHeaderSize, writeSized } from './header.ts'
import { chainStep } from './kdf.ts'
import { type KemState, kemParams } from './kem.ts'
import { E2E_KEM_VERSION, E2E_VERSIONS } from './params.ts'
import { type RatchetState, x448Public } from './state.ts'

/**
 * Everything that encrypts one message body later, at delivery (agent §4.5, §7.6). The keys serve one message only,
 * and every attempt to deliver it must use the same: same key, same plaintext, same ciphertext.
 */
export interface MessageKey {
  readonly version: number
  /** The ratchet's associated data. */
  readonly ad: Uint8Array
  readonly key: Uint8Array
  readonly iv: Uint8Array
  /** Encrypted header: 123 bytes in version 2, 124 in version 3, 2346 with KEM support. */
  readonly encHeader: Uint8Array
}

export interface RatchetStep {
  readonly state: RatchetState
  readonly messageKey: MessageKey
}

export interface StepOptions {
  /** The wish to use the KEM from now on, or not to; absent leaves it as it is. */
  readonly pq?: boolean | undefined
  readonly maxVersion?: number
}

/**
 * Advances the sending chain and encrypts the header: what happens when a message is enqueued.
 * Errors: RatchetError `state` where an initiator has not received anything yet.
 */
export function ratchetStep(state: RatchetState, options: StepOptions = {}): RatchetStep {
  const { send, version } = state
  if (send === undefined) throw new RatchetError('state', 'nothing was received yet, so nothing can be sent')
  const chain = chainStep(send.chainKey)
  const enableKem = options.pq ?? state.enableKem
  const supportKem = state.supportKem || (version >= E2E_KEM_VERSION && enableKem)
  const maxVersion = Math.max(options.maxVersion ?? E2E_VERSIONS.max, version)
  const header = encodeHeader(version, {
    maxVersion,
    dh: x448Public(state.dhPublic),
    kem: state.kem === undefined ? undefined : kemParams(state.kem),
    previousCount: state.previousSendCount,
    number: state.sendCount,
  })
  const sealed = gcmSeal(send.headerKey, chain.headerIv, state.ad, pad(header, paddedHeaderSize(version, supportKem)))
  const encHeader = encodeEncryptedHeader({ version, iv: chain.headerIv, ...sealed })
  return {
    state: {
      ...state,
      maxVersion,
      supportKem,
      enableKem,
      kem: options.pq === false ? withoutAccepted(state.kem) : state.kem,
      send: { ...send, chainKey: chain.chainKey },
      sendCount: state.sendCount + 1,
    },
    messageKey: { version, ad: state.ad, key: chain.messageKey, iv: chain.messageIv, encHeader },
  }
}

function withoutAccepted(kem: KemState | undefined): KemState | undefined {
  return kem?.accepted === undefined ? kem : { own: kem.own, accepted: undefined }
}

/** Size of the ratchet message that `encryptBody` makes. */
export function encryptedSize(messageKey: MessageKey, paddedLength: number): number {
  return messagePrefixSize(messageKey.version, messageKey.encHeader) + paddedLength
}

/** The complete ratchet message. Errors: crypto `large` where `plaintext` does not fit into `paddedLength`. */
export function encryptBody(messageKey: MessageKey, plaintext: Uint8Array, paddedLength: number): Uint8Array {
  const { version, encHeader, key, iv } = messageKey
  const sealed = gcmSeal(key, iv, concat(messageKey.ad, encHeader), pad(plaintext, paddedLength))
  const writer = new Writer(encryptedSize(messageKey, paddedLength))
  writeSized(writer, version, encHeader)
  return writer.raw(sealed.tag).raw(sealed.ciphertext).done()
}
