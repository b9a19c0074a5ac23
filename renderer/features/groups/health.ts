import type { SuperPeerView } from '../../../core/host/contract/types.ts'
import { isOver, isUnderWay, type Standing, standingOf } from '../superpeers/standing.ts'

/** How a group is: one of these decides what its health strip says. */
export interface Health {
  readonly level: 'good' | 'warning' | 'danger'
  readonly active: number
  readonly total: number
  /** On their way in. */
  readonly coming: number
  readonly troubled: readonly { readonly superPeer: SuperPeerView; readonly standing: Standing }[]
  /** The newest sign of life. */
  readonly seenAt: number | undefined
}

export function healthOf(superPeers: readonly SuperPeerView[]): Health {
  const states = superPeers.map((superPeer) => ({ superPeer, standing: standingOf(superPeer, superPeers) }))
  const active = states.filter(({ standing }) => standing === 'active').length
  const troubled = states.filter(({ standing }) => standing === 'silent' || isOver(standing))
  const seen = superPeers.flatMap(({ seenAt }) => seenAt ?? [])
  return {
    level: active === 0 ? 'danger' : troubled.length > 0 ? 'warning' : 'good',
    active,
    total: superPeers.length,
    coming: states.filter(({ standing }) => isUnderWay(standing)).length,
    troubled,
    seenAt: seen.length === 0 ? undefined : Math.max(...seen),
  }
}
