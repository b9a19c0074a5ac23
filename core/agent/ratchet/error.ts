import { HearthError } from '../../codec/error.ts'

/**
 * Why the ratchet refused (agent §4.6, §10.4).
 *
 *     header     no header key opens the header              A_CRYPTO RATCHET_HEADER
 *     earlier    older than every key that we keep           A_CRYPTO RATCHET_EARLIER count
 *     skipped    too many messages are missing before it     A_CRYPTO RATCHET_SKIPPED count
 *     body       the message does not authenticate           A_CRYPTO DECRYPT_AES
 *     duplicate  decrypted before                            A_DUPLICATE
 *     syntax     message or header is not of the form        A_MESSAGE
 *     kem        accepts a KEM key that we never proposed    INTERNAL
 *     state      nothing to send with yet                    INTERNAL
 */
export type RatchetErrorCode = 'header' | 'earlier' | 'skipped' | 'body' | 'duplicate' | 'syntax' | 'kem' | 'state'

export class RatchetError extends HearthError {
  readonly reason: RatchetErrorCode
  /** Messages, where `reason` is `earlier` or `skipped`; otherwise 0. */
  readonly count: number

  constructor(reason: RatchetErrorCode, message: string, count = 0, options?: ErrorOptions) {
    super('crypto', `ratchet-${reason}`, message, false, options)
    this.name = 'RatchetError'
    this.reason = reason
    this.count = count
  }
}
