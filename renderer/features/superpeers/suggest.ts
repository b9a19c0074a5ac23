import type { KnownSuperPeer, KnownView, SuperPeerAddress } from '../../../core/host/contract/types.ts'

/** So many super-peers are suggested at the most: enough to lose one, few enough to look after. */
const ENOUGH = 3

/** May be chosen: neither it nor its operator is switched off. */
export function isUsable(superPeer: KnownSuperPeer, known: KnownView): boolean {
  const operator = known.operators.find(({ id }) => id === superPeer.operator)
  return superPeer.enabled && (operator === undefined || operator.enabled)
}

/** A sensible choice: this machine and own ones beside those that operators offer, so that no single one decides. */
export function suggestion(known: KnownView, own: SuperPeerAddress | undefined): readonly string[] {
  const usable = known.superPeers.filter(
    (superPeer) => isUsable(superPeer, known) && superPeer.test?.error === undefined,
  )
  const custom = usable.filter(({ operator }) => operator === undefined).map(({ address }) => address)
  const preset = known.operators.flatMap(({ id, preselected }) =>
    usable
      .filter(({ operator }) => operator === id)
      .slice(0, preselected)
      .map(({ address }) => address),
  )
  const [firstOwn, ...moreOwn] = [...(own === undefined ? [] : [own.address]), ...custom]
  const order = [...(firstOwn === undefined ? [] : [firstOwn]), ...preset, ...moreOwn]
  return [...new Set(order)].slice(0, ENOUGH)
}
