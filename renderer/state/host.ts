import { create } from 'zustand'
import type {
  BlockedGroup,
  Change,
  Group,
  ProfileView,
  RouterState,
  ServedGroup,
  ServingRequest,
  Snapshot,
  SuperPeerAddress,
  SuperPeerView,
} from '../../core/host/contract/types.ts'
import type { ConnectionState } from '../host/connection.ts'

/** What the host has committed, as plain data. Only `applySnapshot` and `applyChange` write it. */
export interface HostState {
  readonly connection: ConnectionState
  /** False until the first snapshot. */
  readonly loaded: boolean
  readonly profiles: readonly ProfileView[]
  readonly groups: ReadonlyMap<number, Group>
  /** By group, in the order in which they were added. */
  readonly superPeers: ReadonlyMap<number, readonly SuperPeerView[]>
  readonly address: SuperPeerAddress | undefined
  readonly requests: readonly ServingRequest[]
  readonly blocked: readonly BlockedGroup[]
  readonly served: readonly ServedGroup[]
  readonly routers: readonly RouterState[]
}

export const useHost = create<HostState>(() => ({
  connection: 'connecting',
  loaded: false,
  profiles: [],
  groups: new Map(),
  superPeers: new Map(),
  address: undefined,
  requests: [],
  blocked: [],
  served: [],
  routers: [],
}))

export function setConnection(connection: ConnectionState): void {
  useHost.setState({ connection })
}

export function applySnapshot(snapshot: Snapshot): void {
  const superPeers = new Map<number, readonly SuperPeerView[]>()
  for (const superPeer of snapshot.superPeers) {
    superPeers.set(superPeer.group, [...(superPeers.get(superPeer.group) ?? []), superPeer])
  }
  useHost.setState({
    loaded: true,
    profiles: snapshot.profiles,
    groups: new Map(snapshot.groups.map((group) => [group.id, group])),
    superPeers,
    address: snapshot.serving.address,
    requests: snapshot.serving.requests,
    blocked: snapshot.serving.blocked,
    served: snapshot.serving.groups,
    routers: snapshot.routers,
  })
}

/** Applies what belongs to this store; messages are `state/messages.ts`. */
export function applyChange(change: Change): void {
  useHost.setState((state) => reduce(state, change))
}

/** A group as it was just read. */
export function applyGroup(group: Group): void {
  useHost.setState((state) => ({ groups: new Map(state.groups).set(group.id, group) }))
}

function reduce(state: HostState, change: Change): Partial<HostState> {
  switch (change.type) {
    case 'profile':
      return { profiles: replaced(state.profiles, change.profile, (profile) => profile.id === change.profile.id) }
    case 'group': {
      const groups = new Map(state.groups)
      if (change.group === undefined) groups.delete(change.id)
      else groups.set(change.id, change.group)
      return { groups }
    }
    case 'super-peer': {
      const { superPeer } = change
      const list = state.superPeers.get(superPeer.group) ?? []
      const next = replaced(list, superPeer, (other) => other.id === superPeer.id)
      return { superPeers: new Map(state.superPeers).set(superPeer.group, next) }
    }
    case 'super-peer-gone': {
      const list = state.superPeers.get(change.group) ?? []
      const next = list.filter((superPeer) => superPeer.id !== change.superPeer)
      return { superPeers: new Map(state.superPeers).set(change.group, next) }
    }
    case 'request':
      return { requests: replaced(state.requests, change.request, (request) => request.id === change.request.id) }
    case 'request-gone':
      return { requests: state.requests.filter((request) => request.id !== change.request) }
    case 'address':
      return { address: change.address }
    case 'blocked':
      return { blocked: change.blocked }
    case 'router':
      return { routers: replaced(state.routers, change.router, (router) => router.address === change.router.address) }
    default:
      return {}
  }
}

/** The list with `item` in the place of the one that `same` finds, or at its end. */
function replaced<T>(list: readonly T[], item: T, same: (other: T) => boolean): readonly T[] {
  return list.some(same) ? list.map((other) => (same(other) ? item : other)) : [...list, item]
}
