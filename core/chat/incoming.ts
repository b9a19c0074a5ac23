import type { CodecError } from '../codec/error.ts'
import type { PublicKey } from '../codec/keys.ts'
import type { MessageElement, ParsedElement } from './container.ts'
import type { FileChunk, Forwarded } from './element.ts'
import type { MemberId, PublicGroupId } from './ids.ts'
import { DEFAULT_ROLE, type MemberRole } from './roles.ts'
import { relayGroupBinding, verifySigned } from './signing.ts'
import { type Verification, verification } from './verification.ts'

/** What the receiver knows of a member. */
export interface KnownMember {
  readonly memberId: MemberId
  readonly key: PublicKey<'Ed25519'> | undefined
  readonly role: MemberRole
}

export interface GroupView {
  readonly relayGroup: boolean
  readonly publicGroupId: PublicGroupId | undefined
  /** Our own role. */
  readonly receiverRole: MemberRole
  /** The member at the other end of the connection. */
  readonly peer: KnownMember
  member(memberId: MemberId): KnownMember | undefined
}

/** Whose event it is: the peer's own, a member's that the peer forwards, or the group's. */
export type Sender =
  | { readonly type: 'peer'; readonly member: KnownMember }
  | {
      readonly type: 'member'
      readonly memberId: MemberId
      readonly name: string
      /** Undefined for one never heard of. */
      readonly member: KnownMember | undefined
    }
  | { readonly type: 'channel' }

export type Incoming =
  | {
      readonly type: 'event'
      readonly element: MessageElement
      readonly sender: Sender
      readonly verification: Exclude<Verification, 'rejected'>
    }
  /** A bad or missing signature: no effect, not stored, not forwarded; shown as such (chat §6.4). */
  | { readonly type: 'rejected'; readonly element: MessageElement; readonly sender: Sender }
  | { readonly type: 'chunk'; readonly chunk: FileChunk; readonly forwarded?: Forwarded | undefined }
  | { readonly type: 'error'; readonly error: CodecError }

/** Attributes one element of a group connection to its sender and judges its signature. */
export function receiveElement(element: ParsedElement, group: GroupView): Incoming {
  if (element.type === 'error') return { type: 'error', error: element.error }
  if (element.type === 'chunk') return { type: 'chunk', chunk: element.chunk, forwarded: element.forwarded }
  const sender = senderOf(element, group)
  const outcome = verification({
    event: element.message.event,
    signed: element.signed,
    relayGroup: group.relayGroup,
    publicGroupId: group.publicGroupId,
    sender: knownSender(sender),
    receiverRole: group.receiverRole,
  })
  if (outcome === 'rejected') return { type: 'rejected', element, sender }
  return { type: 'event', element, sender, verification: outcome }
}

function senderOf(element: MessageElement, group: GroupView): Sender {
  const { forwarded } = element
  if (forwarded === undefined) return { type: 'peer', member: group.peer }
  if (forwarded.sender.type === 'channel') return { type: 'channel' }
  const { memberId, name } = forwarded.sender
  return { type: 'member', memberId, name, member: group.member(memberId) }
}

function knownSender(sender: Sender): KnownMember | undefined {
  if (sender.type === 'channel') return undefined
  if (sender.type === 'peer') return sender.member
  return sender.member ?? { memberId: sender.memberId, key: undefined, role: DEFAULT_ROLE }
}

/** Does a join request carry a signature of the key that it introduces (chat §5.2)? */
export function verifyJoinRequest(element: MessageElement, publicGroupId: PublicGroupId): boolean {
  const { event } = element.message
  if (event.type !== 'x.member' || element.signed === undefined) return false
  const { newMemberId, newMemberKey } = event.params
  return verifySigned(element.signed, relayGroupBinding(publicGroupId, newMemberId), newMemberKey)
}
