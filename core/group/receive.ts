import type { ParsedElement } from '../chat/container.ts'
import { HearthError } from '../codec/error.ts'
import type { Env } from '../env/env.ts'
import type { Tx } from '../store/database.ts'
import type { GroupEvent } from './api.ts'
import type { Arrival, Processed } from './processed.ts'

/** What processing needs beside the transaction. */
export interface ReceiveContext {
  readonly env: Env
  /** Called within the transaction; the context passes it on after the commit. */
  notify(tx: Tx, event: GroupEvent): void
}

/**
 * Applies one element of a received body to the group, as every client does: owner, member and super-peer alike
 * (chat §7.1). Never throws for what the element says; store errors pass through.
 */
export async function receiveElement(
  _context: ReceiveContext,
  _tx: Tx,
  _arrival: Arrival,
  _element: ParsedElement,
): Promise<Processed> {
  throw new HearthError('usage', 'unfinished')
}
