import type { TFunction } from 'i18next'
import type { KnownView, SuperPeerAddress, SuperPeerView } from '../../../core/host/contract/types.ts'

/** What the host calls one whose address was not read yet. */
const UNKNOWN = 'super-peer'

export function nameOf(superPeer: SuperPeerView, known: KnownView | undefined, t: TFunction): string {
  if (superPeer.displayName !== UNKNOWN) return superPeer.displayName
  const listed = known?.superPeers.find(({ address }) => address === superPeer.address)
  return listed?.name ?? hostOf(superPeer.address ?? superPeer.link) ?? t('superPeers.unnamed')
}

/** Its picture: as it showed itself, or as it was when it was put on the list. */
export function imageOf(superPeer: SuperPeerView, known: KnownView | undefined): string | undefined {
  return superPeer.image ?? known?.superPeers.find(({ address }) => address === superPeer.address)?.image
}

/** Who runs it: an operator of the list, this machine, or the host that its address names. */
export function operatorOf(
  address: string | undefined,
  known: KnownView | undefined,
  own: SuperPeerAddress | undefined,
  t: TFunction,
): string | undefined {
  if (address === undefined) return undefined
  if (address === own?.address) return t('superPeers.thisMachine')
  const listed = known?.superPeers.find((other) => other.address === address)
  const operator = known?.operators.find(({ id }) => id === listed?.operator)
  return operator?.name ?? hostOf(address)
}

/** The first host of a link. */
export function hostOf(link: string | undefined): string | undefined {
  if (link === undefined) return undefined
  const host = /^https:\/\/([^/#?:]+)/.exec(link)?.[1] ?? /[?&]h=([^&,]+)/.exec(link)?.[1]
  return host === undefined ? undefined : decodeURIComponent(host)
}

/** Operators by which a choice is judged: one for each listed operator, this machine, and each host of custom ones. */
export function operatorsBehind(
  addresses: readonly string[],
  known: KnownView | undefined,
  own: SuperPeerAddress | undefined,
  t: TFunction,
): readonly string[] {
  return [...new Set(addresses.map((address) => operatorOf(address, known, own, t) ?? address))]
}
