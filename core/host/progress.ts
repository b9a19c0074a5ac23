import { HearthError } from '../codec/error.ts'
import type { GroupId, Groups, SuperPeerView } from '../group/api.ts'
import type { GroupStatus } from '../store/schema/chat.ts'
import type { Group, GroupProgress } from './contract/types.ts'
import type { HostChanges } from './follow.ts'
import { groupView } from './views.ts'

/**
 * The steps of creating or joining `group`, from where it stands until every super-peer has answered, refused or was
 * given up. Ending the stream changes nothing: the work goes on in the background.
 */
export async function* groupProgress(
  groups: Groups,
  changes: HostChanges,
  group: GroupId,
  signal?: AbortSignal,
): AsyncGenerator<GroupProgress, void> {
  let usable = false
  for await (const state of states(groups, changes, group, signal)) {
    if (state.superPeer === undefined) yield { step: 'group', group: state.group }
    else yield { step: 'super-peer', superPeer: state.superPeer }
    if (!usable && isUsable(state)) {
      usable = true
      yield { step: 'usable', group: state.group }
    }
    if (settled(state)) {
      yield { step: 'done', group: state.group }
      return
    }
  }
}

interface State {
  readonly group: Group
  readonly superPeers: ReadonlyMap<number, SuperPeerView>
  /** The one that changed; undefined: the group itself. */
  readonly superPeer: SuperPeerView | undefined
}

async function* states(
  groups: Groups,
  changes: HostChanges,
  id: GroupId,
  signal: AbortSignal | undefined,
): AsyncGenerator<State, void> {
  async function read(): Promise<Group> {
    const view = await groups.get(id)
    if (view === undefined) throw new HearthError('usage', 'no-group', 'there is no such group')
    return groupView(view)
  }
  async function readSuperPeers(): Promise<Map<number, SuperPeerView>> {
    return new Map((await groups.superPeers(id)).map((superPeer) => [superPeer.id, superPeer]))
  }

  const start = changes.position()
  let group = await read()
  let superPeers = await readSuperPeers()
  yield { group, superPeers, superPeer: undefined }
  for (const superPeer of superPeers.values()) yield { group, superPeers, superPeer }
  for await (const entry of changes.follow(start, signal)) {
    const event = 'change' in entry && entry.change.from === 'groups' ? entry.change.event : undefined
    if ('reset' in entry) {
      superPeers = await readSuperPeers()
    } else if (event === undefined || groupOf(event) !== id) {
      continue
    } else if (event.type === 'super-peer') {
      superPeers.set(event.superPeer.id, event.superPeer)
      group = await read()
      yield { group, superPeers, superPeer: event.superPeer }
      continue
    } else if (event.type === 'super-peer-gone') {
      superPeers.delete(event.superPeer)
    } else if (event.type !== 'group') {
      continue
    }
    group = await read()
    yield { group, superPeers, superPeer: undefined }
  }
}

function groupOf(event: { readonly group: GroupId }): GroupId {
  return event.group
}

/** An own group that has its link can be confirmed once somebody serves it. */
function isUsable({ group, superPeers }: State): boolean {
  if (group.status !== 'ready') return group.status === 'active'
  return [...superPeers.values()].some(({ status }) => status === 'active')
}

const LINKED: ReadonlySet<GroupStatus> = new Set(['ready', 'active'])
const OVER: ReadonlySet<GroupStatus> = new Set(['left', 'removed', 'deleted', 'failed'])
const SETTLED: ReadonlySet<SuperPeerView['status']> = new Set(['active', 'inactive', 'rejected', 'failed'])

function settled({ group, superPeers }: State): boolean {
  if (OVER.has(group.status)) return true
  if (!LINKED.has(group.status)) return false
  return [...superPeers.values()].every(({ status }) => SETTLED.has(status))
}
