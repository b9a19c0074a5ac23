import type { VersionRange } from '../codec/version.ts'
import { encodeForwarded, encodeSigned, type ForwardSender, type Signed } from './element.ts'
import type { MemberId } from './ids.ts'
import type { MemberInfo } from './invitations.ts'
import { MAX_MESSAGE } from './limits.ts'
import { type ChatMessage, encodeMessage } from './message.ts'

/** What a super-peer sends on (chat §7.3, §7.7). */
export interface ForwardedMessage {
  readonly message: ChatMessage
  /** Kept byte for byte. */
  readonly signed?: Signed | undefined
  readonly sender: { readonly memberId: MemberId; readonly name: string }
  /** What is done to a post of the group itself, beside what says so in its own words. */
  readonly asGroup?: boolean | undefined
  /** Unix seconds: broker time at the super-peer. */
  readonly ts: number
}

/**
 * The forwarded element: the signed bytes as they came, or the message written anew from what was understood of it.
 * Errors: `oversize` where the message alone exceeds the limit; the whole element is judged with `fitsRelay`.
 */
export function forwardElement(forward: ForwardedMessage): Uint8Array {
  const inner =
    forward.signed === undefined ? encodeMessage(forward.message, MAX_MESSAGE) : encodeSigned(forward.signed)
  return encodeForwarded({ sender: forwardSender(forward), ts: forward.ts }, inner)
}

/** Only what is unsigned hides its author; otherwise it could not be verified. */
function forwardSender(forward: ForwardedMessage): ForwardSender {
  const { event } = forward.message
  const says = (event.type === 'x.msg.new' || event.type === 'x.msg.update') && event.params.asGroup === true
  if ((says || forward.asGroup === true) && forward.signed === undefined) return { type: 'channel' }
  return { type: 'member', ...forward.sender }
}

/** A member's record in front of its first message: no forward, no message id (chat §7.5). */
export function memberRecordElement(v: VersionRange, memberInfo: MemberInfo): Uint8Array {
  return encodeMessage({ v, event: { type: 'x.grp.mem.new', params: { memberInfo } } }, MAX_MESSAGE)
}
