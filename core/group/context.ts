import type { Agent } from '../agent/api.ts'
import type { Store, Tx } from '../store/database.ts'
import type { GroupId, GroupSettings, MemberRowId } from './api.ts'
import type { ReceiveContext } from './receive/context.ts'

/** What the parts of this layer share. */
export interface GroupContext extends ReceiveContext {
  readonly store: Store
  readonly agent: Agent
  readonly settings: GroupSettings
  /** After the commit, takes the next step that this subject's rows ask for. */
  wake(tx: Tx, subject: Subject): void
}

/** What has steps that need the network or a time, all of them derived from the database. */
export type Subject =
  /** Making the queue of an own group's link. */
  | { readonly type: 'creation'; readonly group: GroupId }
  /** Rewriting link data for the member count. */
  | { readonly type: 'link-data'; readonly group: GroupId }
  /** Coming to terms with a super-peer, or connecting to it. */
  | { readonly type: 'super-peer'; readonly member: MemberRowId }
  /** Comparing with link data after a super-peer was lost. */
  | { readonly type: 'resync'; readonly group: GroupId }
  | { readonly type: 'cleanup' }
  /** Removing messages that disappear. */
  | { readonly type: 'expiry' }

export function subjectKey(subject: Subject): string {
  if (subject.type === 'super-peer') return `${subject.type}:${subject.member}`
  return subject.type === 'cleanup' || subject.type === 'expiry' ? subject.type : `${subject.type}:${subject.group}`
}
