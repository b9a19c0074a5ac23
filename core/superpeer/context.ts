import type { Agent } from '../agent/api.ts'
import type { Env } from '../env/env.ts'
import type { GroupId } from '../group/api.ts'
import type { ReceiveContext } from '../group/receive/context.ts'
import type { Store, Tx } from '../store/database.ts'
import type { SuperPeerEvent, SuperPeerSettings } from './api.ts'

/** What every part of the super-peer works with. */
export interface SuperPeerContext {
  readonly env: Env
  readonly store: Store
  readonly agent: Agent
  readonly settings: SuperPeerSettings
  readonly receive: ReceiveContext
  /** Told after the commit. */
  notify(tx: Tx, event: SuperPeerEvent): void
  /** After the commit: the group has tasks, jobs or members that catch up. */
  wakeDelivery(tx: Tx, group: GroupId): void
  /** After the commit: an invitation can be worked on. */
  wakeRequests(tx: Tx): void
  /** After the commit: a paused member may have to be looked at earlier. */
  wakePaused(tx: Tx): void
  /** After the commit: a link check may be due earlier. */
  wakeWatch(tx: Tx): void
}
