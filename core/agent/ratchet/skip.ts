import { RatchetError } from './error.ts'
import { chainStep } from './kdf.ts'
import type { RatchetState, SkippedKey } from './state.ts'

/** A gap of this many messages is bridged; one more is not (agent §4.6, pitfall 28). */
export const MAX_SKIP = 512

/**
 * Advances the receiving chain to message `until`, keeping the keys of the messages in between.
 * Errors: RatchetError `earlier`, `duplicate`, `skipped`.
 */
export function skipTo(
  state: RatchetState,
  until: number,
): { readonly state: RatchetState; readonly added: readonly SkippedKey[] } {
  const { receive, receiveCount } = state
  if (receive === undefined || receiveCount === until) return { state, added: [] }
  if (receiveCount > until + 1) {
    throw new RatchetError('earlier', 'message is older than all kept keys', receiveCount - until - 1)
  }
  if (receiveCount === until + 1) throw new RatchetError('duplicate', 'message was decrypted before')
  if (receiveCount + MAX_SKIP < until) {
    throw new RatchetError('skipped', 'too many messages are missing', until + 1 - receiveCount)
  }
  const added: SkippedKey[] = []
  let { chainKey } = receive
  for (let number = receiveCount; number < until; number++) {
    const chain = chainStep(chainKey)
    added.push({ headerKey: receive.headerKey, number, messageKey: chain.messageKey, iv: chain.messageIv })
    chainKey = chain.chainKey
  }
  return { state: { ...state, receive: { ...receive, chainKey }, receiveCount: until }, added }
}
