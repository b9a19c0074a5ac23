import type { ChatMessage } from '../../chat/message.ts'
import type { Verification } from '../../chat/verification.ts'
import type { Env } from '../../env/env.ts'
import type { Tx } from '../../store/database.ts'
import type { GroupEvent, MessageRowId } from '../api.ts'
import type { DeliveryScope, Effect, Processed } from '../processed.ts'
import type { Group } from '../state/groups.ts'
import type { Member } from '../state/members.ts'

/** What processing needs beside the transaction. */
export interface ReceiveContext {
  readonly env: Env
  /** Called within the transaction; the context passes it on after the commit. */
  notify(tx: Tx, event: GroupEvent): void
}

/** One attributed event that passed the check of its signature, on its way to its handler. */
export interface Received {
  readonly context: ReceiveContext
  readonly tx: Tx
  readonly group: Group
  /** The member at the other end of the connection. */
  readonly via: Member
  /** Undefined: the group itself. */
  readonly author: Member | undefined
  readonly message: ChatMessage
  readonly verification: Exclude<Verification, 'rejected'>
  /** The signed bytes as they came. */
  readonly signed: { readonly body: Uint8Array; readonly signature: Uint8Array } | undefined
  /** When the super-peer's router, or ours, took it: milliseconds since 1970. */
  readonly time: number
  readonly now: number
  readonly forwarded: boolean
}

/** What a handler says; the rest of Processed is known already. */
export interface Outcome {
  readonly outcome: Processed['outcome']
  readonly scope?: DeliveryScope | undefined
  readonly asGroup?: boolean
  readonly item?: MessageRowId | undefined
  readonly effects?: readonly Effect[]
  readonly reason?: string
  /** Another copy may still have its effect: the id is not remembered. */
  readonly open?: boolean
}

export const GROUP_SCOPE: DeliveryScope = { type: 'group' }

export function applied(rest: Omit<Outcome, 'outcome'> = {}): Outcome {
  return { outcome: 'applied', ...rest }
}

export function ignored(reason: string, rest: Omit<Outcome, 'outcome' | 'reason'> = {}): Outcome {
  return { outcome: 'ignored', reason, ...rest }
}

/** Forbidden or forged. The id stays free, so that a forgery cannot take the place of the real event. */
export function refused(reason: string, rest: Omit<Outcome, 'outcome' | 'reason'> = {}): Outcome {
  return { outcome: 'refused', reason, open: true, ...rest }
}
