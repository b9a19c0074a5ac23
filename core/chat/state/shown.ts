import { type Reaction, reaction as reactionCodec } from '../content.ts'

/** What conversations show, of two or of a group alike. */

/** How a conversation stands in the list. */
export interface Flags {
  readonly muted: boolean
  readonly pinned: boolean
  readonly archived: boolean
}

/** Messages in the order of the conversation, by row id. */
export interface MessagePage {
  /** Before this message; default: the newest. */
  readonly before?: number
  readonly after?: number
  /** At most 500, default 50. */
  readonly limit?: number
  readonly search?: string
}

/**
 * How far an own message is. `taken` of `total` super-peers have it, `waiting` are not connected at present; with a contact
 * `total` is 1: the router took it, or it waits, or it was given up.
 */
export interface DeliveryView {
  readonly total: number
  readonly taken: number
  readonly waiting: number
  readonly failed: number
}

export interface ReactionView {
  readonly reaction: Reaction
  readonly count: number
  readonly own: boolean
}

/** `n` reactions that are the same, and whether one of them is ours. */
export interface ReactionCount {
  readonly reaction: string
  readonly n: number
  readonly own: number
}

export function reactionView({ reaction, n, own }: ReactionCount): ReactionView {
  return { reaction: reactionCodec.decode(JSON.parse(reaction)), count: n, own: own === 1 }
}
