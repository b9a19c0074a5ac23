import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { KnownView, SuperPeerAddress, SuperPeerView } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { StateChip } from '../../ui/chip.tsx'
import { stopwatch } from '../../ui/duration.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { useSecond } from '../../ui/second.ts'
import { imageOf, nameOf, operatorOf } from './names.ts'
import css from './progress-list.module.css'
import { RemoveSuperPeer } from './remove-dialog.tsx'
import { isOver, isUnderWay, marksOf, standingOf, TONES } from './standing.ts'
import { needsHelp, troubleOf } from './trouble.ts'

interface ProgressRowProps {
  readonly superPeer: SuperPeerView
  readonly all: readonly SuperPeerView[]
  readonly part: 'owner' | 'member'
  readonly known: KnownView | undefined
  readonly own: SuperPeerAddress | undefined
  readonly onReplace: ((superPeer: SuperPeerView) => void) | undefined
}

export function ProgressRow({ superPeer, all, part, known, own, onReplace }: ProgressRowProps) {
  const { t } = useTranslation()
  const now = useSecond()
  const standing = standingOf(superPeer, all)
  const name = nameOf(superPeer, known, t)
  const operator = operatorOf(superPeer.address ?? superPeer.link, known, own, t)
  const word = standing === 'invited' && part === 'member' ? 'asked' : standing
  const trouble = troubleOf(superPeer, standing, name, now, t)
  const { new: began, active, ended } = superPeer.steps
  const until = isOver(standing) ? ended : isUnderWay(standing) ? now : active
  return (
    <li className={css.row}>
      <Avatar name={name} image={imageOf(superPeer, known)} size={40} />
      <div className={css.who}>
        <bdi className={css.name}>{name}</bdi>
        {operator !== undefined && operator !== name && <bdi className={css.operator}>{operator}</bdi>}
      </div>
      <div className={css.state}>
        <StateChip tone={TONES[standing]} text={t(`superPeers.standing.${word}`)} />
        {began !== undefined && until !== undefined && <span className={css.time}>{stopwatch(until - began)}</span>}
      </div>
      <ol className={css.marks} aria-label={t('superPeers.steps')}>
        {marksOf(superPeer, part, isOver(standing)).map((mark) => (
          <li key={mark.name} data-state={mark.state} aria-current={mark.state === 'current' ? 'step' : undefined}>
            <span className={css.mark} aria-hidden="true" />
            <span className={css.markName}>{t(`superPeers.mark.${mark.name}`)}</span>
            <span className="visually-hidden">{t(`superPeers.markState.${mark.state}`)}</span>
          </li>
        ))}
      </ol>
      {trouble !== undefined && <p className={css.trouble}>{trouble}</p>}
      {part === 'owner' && needsHelp(superPeer, standing, now) && (
        <Help superPeer={superPeer} name={name} last={all.length === 1} onReplace={onReplace} />
      )}
    </li>
  )
}

interface HelpProps {
  readonly superPeer: SuperPeerView
  readonly name: string
  readonly last: boolean
  readonly onReplace: ((superPeer: SuperPeerView) => void) | undefined
}

/** The actions that help one that is stuck. */
function Help({ superPeer, name, last, onReplace }: HelpProps) {
  const { t } = useTranslation()
  const { busy, failure, run } = useCall()
  const [removing, setRemoving] = useState(false)
  const { group, id } = superPeer
  return (
    <div className={css.help}>
      {superPeer.status !== 'active' && superPeer.address !== undefined && (
        <Button busy={busy} onClick={() => run(() => api().superPeers.retry({ group, superPeer: id }))}>
          {t('action.retry')}
        </Button>
      )}
      {onReplace !== undefined && <Button onClick={() => onReplace(superPeer)}>{t('superPeers.replace')}</Button>}
      {!last && (
        <Button look="quiet" onClick={() => setRemoving(true)}>
          {t('action.remove')}
        </Button>
      )}
      <FailureNote failure={failure} />
      <RemoveSuperPeer superPeer={superPeer} name={name} open={removing} onClose={() => setRemoving(false)} />
    </div>
  )
}
