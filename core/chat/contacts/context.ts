import type { Agent } from '../../agent/api.ts'
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
