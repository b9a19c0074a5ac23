import type { ContactEvent, Contacts } from '../chat/contacts/api.ts'
import type { GroupEvent, Groups } from '../group/api.ts'
import type { SuperPeer, SuperPeerEvent } from '../superpeer/api.ts'
import type { ChangeLog, Position } from './changes.ts'
import { contactChange } from './contact-views.ts'
import type { Change, ChangeMessage, KnownView, ProfileView, RouterState } from './contract/types.ts'
import type { InstanceView } from './instance/view.ts'
import { groupView, messageView } from './views.ts'

/** What the change log keeps: names of what changed. The state itself is read when somebody follows. */
export type LoggedChange =
  | { readonly from: 'groups'; readonly event: GroupEvent }
  | { readonly from: 'super-peer'; readonly event: SuperPeerEvent }
  | { readonly from: 'contacts'; readonly event: ContactEvent }
  | { readonly from: 'host'; readonly change: Change & { readonly type: 'profile' | 'router' | 'known' | 'instance' } }

export type HostChanges = ChangeLog<LoggedChange>

export function profileChange(profile: ProfileView): LoggedChange {
  return { from: 'host', change: { type: 'profile', profile } }
}

export function routerChange(router: RouterState): LoggedChange {
  return { from: 'host', change: { type: 'router', router } }
}

export function knownChange(known: KnownView): LoggedChange {
  return { from: 'host', change: { type: 'known', known } }
}

export function instanceChange(instance: InstanceView): LoggedChange {
  return { from: 'host', change: { type: 'instance', instance } }
}

/** Whose state is read. */
interface Followed {
  readonly groups: Groups
  readonly contacts: Contacts
  readonly superPeer: Pick<SuperPeer, 'blocked' | 'address'>
}

/** The stream of `changes.follow`. */
export async function* followChanges(
  changes: HostChanges,
  followed: Followed,
  after: Position,
  signal?: AbortSignal,
): AsyncGenerator<ChangeMessage, void> {
  for await (const entry of changes.follow(after, signal)) {
    if ('reset' in entry) yield entry
    else yield { position: entry.position, change: await withState(entry.change, followed) }
  }
}

async function withState(logged: LoggedChange, { groups, contacts, superPeer }: Followed): Promise<Change> {
  if (logged.from === 'host') return logged.change
  if (logged.from === 'contacts') return contactChange(logged.event, contacts)
  if (logged.from === 'super-peer') {
    const { event } = logged
    if (event.type === 'refused') return { ...event, by: 'super-peer' }
    if (event.type === 'address') return { type: 'address', address: await superPeer.address() }
    if (event.type === 'blocked') return { type: 'blocked', blocked: await superPeer.blocked() }
    if (event.type === 'served-group') {
      return { type: 'served-group', id: event.group, change: event.change, status: event.status }
    }
    return event
  }
  const { event } = logged
  switch (event.type) {
    case 'group': {
      const view = await groups.get(event.group)
      return {
        type: 'group',
        id: event.group,
        change: event.change,
        group: view && groupView(view),
        error: event.error,
      }
    }
    case 'super-peer':
      return { type: 'super-peer', superPeer: event.superPeer }
    case 'message': {
      const view = await groups.message(event.message)
      return {
        type: 'message',
        group: event.group,
        id: event.message,
        change: event.change,
        message: view && messageView(view),
      }
    }
    case 'refused':
      return { ...event, by: 'group' }
    case 'super-peer-gone':
    case 'member':
    case 'message-state':
      return event
  }
}
