import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { SuperPeerView } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'
import { StateChip } from '../../ui/chip.tsx'
import { standingOf, TONES } from './standing.ts'
import css from './super-peer-row.module.css'

type ByGroup = ReadonlyMap<number, readonly SuperPeerView[]>

/** Where the super-peer of an address serves own groups. */
export function usesOf(superPeers: ByGroup, address: string): readonly SuperPeerView[] {
  return [...superPeers.values()].flat().filter((superPeer) => superPeer.address === address)
}

/** The groups that use it, each with the state there. */
export function Uses({ uses }: { readonly uses: readonly SuperPeerView[] }) {
  const { t } = useTranslation()
  const groups = useHost((state) => state.groups)
  const all = useHost((state) => state.superPeers)
  const shown = uses.filter(({ group }) => groups.has(group))
  if (shown.length === 0) return null
  return (
    <ul className={css.uses} aria-label={t('superPeers.usedBy')}>
      {shown.map((superPeer) => {
        const standing = standingOf(superPeer, all.get(superPeer.group) ?? [])
        return (
          <li key={superPeer.id}>
            <Link href={`/groups/${superPeer.group}/super-peers`} className={css.use}>
              <bdi>{groups.get(superPeer.group)?.displayName}</bdi>
              <StateChip tone={TONES[standing]} text={t(`superPeers.standing.${standing}`)} />
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
