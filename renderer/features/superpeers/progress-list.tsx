import { useTranslation } from 'react-i18next'
import type { SuperPeerView } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'
import { useKnown } from '../../state/known.ts'
import { isolate } from '../../ui/isolate.ts'
import { nameOf } from './names.ts'
import css from './progress-list.module.css'
import { ProgressRow } from './progress-row.tsx'
import { standingOf } from './standing.ts'

interface ProgressListProps {
  readonly superPeers: readonly SuperPeerView[]
  readonly part: 'owner' | 'member'
  /** Owners: leads to choosing another one in the place of this one. */
  readonly onReplace?: (superPeer: SuperPeerView) => void
}

/** A row for each super-peer with its steps; rows stay where they are. */
export function ProgressList({ superPeers, part, onReplace }: ProgressListProps) {
  const { t } = useTranslation()
  const known = useKnown()
  const own = useHost((state) => state.address)
  const states = superPeers.map((superPeer) => {
    const standing = standingOf(superPeer, superPeers)
    const word = t(`superPeers.standing.${standing === 'invited' && part === 'member' ? 'asked' : standing}`)
    return `${isolate(nameOf(superPeer, known, t))}: ${word}`
  })
  return (
    <>
      <ul className={css.list}>
        {superPeers.map((superPeer) => (
          <ProgressRow
            key={superPeer.id}
            superPeer={superPeer}
            all={superPeers}
            part={part}
            known={known}
            own={own}
            onReplace={onReplace}
          />
        ))}
      </ul>
      <p className="visually-hidden" role="status">
        {states.join('. ')}
      </p>
    </>
  )
}
