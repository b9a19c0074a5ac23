import type { PublicKey } from '../codec/keys.ts'
import type { Signed } from './element.ts'
import type { ChatEvent, EventName } from './events.ts'
import type { MemberId, PublicGroupId } from './ids.ts'
import { atLeast, type MemberRole } from './roles.ts'
import { memberBinding, relayGroupBinding, verifySigned } from './signing.ts'

/** Events that a relay group accepts only signed (chat §6.3). */
const MANDATORY: ReadonlySet<string> = new Set<EventName>([
  'x.grp.del',
  'x.grp.info',
  'x.grp.prefs',
  'x.grp.mem.del',
  'x.grp.mem.role',
  'x.grp.mem.restrict',
  'x.grp.leave',
  'x.grp.relay.new',
  'x.grp.roster',
  'x.info',
])

/** Is this event signed in a relay group whatever the preferences say? The same events are refused without signature. */
export function requiresSignature(event: ChatEvent): boolean {
  return MANDATORY.has(event.type)
}

/** A moderation names the author; it is always signed (chat §2.3). */
export function isModeration(event: ChatEvent): boolean {
  return event.type === 'x.msg.del' && event.params.memberId !== undefined
}

/**
 * `unsigned` and `unverified` (signed, not checked) are accepted, but change nothing that is stored as verified;
 * `rejected` has no effect, is not stored and not forwarded.
 */
export type Verification = 'unsigned' | 'verified' | 'unverified' | 'rejected'

export interface VerificationInput {
  readonly event: ChatEvent
  readonly signed: Signed | undefined
  readonly relayGroup: boolean
  /** Without it a relay group cannot verify anything (chat §11.5). */
  readonly publicGroupId: PublicGroupId | undefined
  /** Undefined: attributed to the group itself. */
  readonly sender:
    | {
        readonly memberId: MemberId
        readonly key: PublicKey<'Ed25519'> | undefined
        readonly role: MemberRole
      }
    | undefined
  readonly receiverRole: MemberRole
}

/** The outcomes of chat §6.4. */
export function verification(input: VerificationInput): Verification {
  const { event, signed, relayGroup, publicGroupId, sender, receiverRole } = input
  const optional = !relayGroup || !requiresSignature(event)
  // Attributed to the group itself: no sender, hence never more than unsigned.
  if (signed === undefined || sender === undefined) return optional ? 'unsigned' : 'rejected'
  if (sender.key === undefined) {
    const strangers = !atLeast(sender.role, 'moderator') && !atLeast(receiverRole, 'moderator')
    const tolerated = (event.type === 'x.grp.leave' || event.type === 'x.info') && strangers
    return optional || tolerated ? 'unverified' : 'rejected'
  }
  const binding = relayGroup
    ? publicGroupId && relayGroupBinding(publicGroupId, sender.memberId)
    : memberBinding(sender.memberId, sender.key)
  if (signed.binding !== 'G' || binding === undefined) return optional ? 'unverified' : 'rejected'
  return verifySigned(signed, binding, sender.key) ? 'verified' : 'rejected'
}

/** May an event with this outcome edit or delete an item? One stored as verified yields only to a verified event. */
export function mayChangeItem(itemVerified: boolean, outcome: Verification): boolean {
  return outcome !== 'rejected' && (!itemVerified || outcome === 'verified')
}

/** A message sent as the group is accepted from an owner, or from the group itself (chat §6.4). */
export function mayPostAsGroup(sender: { readonly role: MemberRole } | undefined): boolean {
  return sender === undefined || sender.role === 'owner'
}
