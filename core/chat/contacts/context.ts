import type { Agent } from '../../agent/api.ts'
import { CodecError, HearthError } from '../../codec/error.ts'
import type { Env } from '../../env/env.ts'
import type { Store, Tx } from '../../store/database.ts'
import type { ContactEvent } from './api.ts'

/** What the parts of this module share. */
export interface ContactContext {
  readonly env: Env
  readonly store: Store
  readonly agent: Agent
  /** After the commit. */
  notify(tx: Tx, event: ContactEvent): void
}

/** Encodes what a person wrote. Errors: usage `large` where it does not fit one message. */
export function sized<T>(encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    if (error instanceof CodecError && error.code === 'oversize') {
      throw new HearthError('usage', 'large', 'the message is too long', false, { cause: error })
    }
    throw error
  }
}
