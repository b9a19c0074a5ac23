import { CodecError } from '../codec/error.ts'
import type { PrivateKey } from '../codec/keys.ts'
import type { VersionRange } from '../codec/version.ts'
import { authorBatches } from './batch.ts'
import { encodeForwarded, encodeSigned, type Signed } from './element.ts'
import type { ChatEvent } from './events.ts'
import { type MemberId, newSharedMsgId, type PublicGroupId, type SharedMsgId } from './ids.ts'
import { MAX_CONN_INFO, MAX_RELAY_ELEMENT } from './limits.ts'
import { encodeMessage } from './message.ts'
import { relayGroupBinding, signBody } from './signing.ts'
import { isModeration, requiresSignature } from './verification.ts'
import { CHAT_VERSIONS } from './versions.ts'

/** Who writes in a relay group, and with what it signs. */
export interface GroupAuthor {
  readonly publicGroupId: PublicGroupId
  readonly memberId: MemberId
  readonly key: PrivateKey<'Ed25519'>
  /** Shown in forwards. */
  readonly name: string
}

export interface OutgoingEvent {
  readonly event: ChatEvent
  /** A fresh one where absent; the same for every super-peer (chat §5.8). */
  readonly msgId?: SharedMsgId | undefined
  /** Sign content of one's own will; what must be signed is signed in any case. */
  readonly sign?: boolean | undefined
}

export interface OutgoingElement {
  readonly event: ChatEvent
  readonly msgId: SharedMsgId
  /** The JSON text. */
  readonly body: Uint8Array
  readonly signed?: Signed | undefined
  /** What goes into a batch. */
  readonly element: Uint8Array
}

/**
 * Encodes an event for every super-peer alike. Errors: `oversize` where it is too long, judged in the envelope in which
 * super-peers forward it, so that nothing is accepted here that they would have to drop (chat §7.3).
 */
export function groupElement(
  author: GroupAuthor,
  outgoing: OutgoingEvent,
  random: (size: number) => Uint8Array,
  v: VersionRange = CHAT_VERSIONS,
): OutgoingElement {
  const { event } = outgoing
  const msgId = outgoing.msgId ?? newSharedMsgId(random)
  const body = encodeMessage({ v, msgId, event })
  const sign = outgoing.sign === true || requiresSignature(event) || isModeration(event)
  const signed = sign ? signBody(author.key, bindingOf(author), body) : undefined
  const element = signed === undefined ? body : encodeSigned(signed)
  const envelope = encodeForwarded(
    { sender: { type: 'member', memberId: author.memberId, name: author.name }, ts: 0 },
    element,
  )
  if (envelope.length > MAX_RELAY_ELEMENT) throw new CodecError('oversize', `message of ${body.length} bytes`)
  return { event, msgId, body, signed, element }
}

/** The bodies that carry the elements to one super-peer. */
export function groupBodies(elements: readonly OutgoingElement[]): readonly Uint8Array[] {
  return authorBatches(elements.map(({ element }) => element))
}

/** connInfo: one message without id, signed where an author is given (`x.member`, chat §5.2). */
export function encodeConnInfo(event: ChatEvent, author?: GroupAuthor, v: VersionRange = CHAT_VERSIONS): Uint8Array {
  const body = encodeMessage({ v, event }, MAX_CONN_INFO)
  if (author === undefined) return body
  const info = encodeSigned(signBody(author.key, bindingOf(author), body))
  if (info.length > MAX_CONN_INFO) throw new CodecError('oversize', `connInfo of ${info.length} bytes`)
  return info
}

function bindingOf(author: GroupAuthor): Uint8Array {
  return relayGroupBinding(author.publicGroupId, author.memberId)
}
