import { MoreHorizontal, Replace, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Group, SuperPeerView } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'
import { useKnown } from '../../state/known.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { StateChip } from '../../ui/chip.tsx'
import { agoText } from '../../ui/duration.ts'
import { isolate } from '../../ui/isolate.ts'
import { Menu } from '../../ui/menu.tsx'
import { useSecond } from '../../ui/second.ts'
import { nameOf, operatorOf } from '../superpeers/names.ts'
import { RemoveSuperPeer } from '../superpeers/remove-dialog.tsx'
import { isUnderWay, type Standing, standingOf, TONES } from '../superpeers/standing.ts'
import { troubleOf } from '../superpeers/trouble.ts'
import css from './serving-row.module.css'

interface ServingRowProps {
  readonly group: Group
  readonly superPeer: SuperPeerView
  readonly all: readonly SuperPeerView[]
  readonly standing: Standing
  /** Another one was added to take its place. */
  readonly replaced: boolean
}

/** A super-peer that serves the group. */
export function ServingRow({ group, superPeer, all, standing, replaced }: ServingRowProps) {
  const { t, i18n } = useTranslation()
  const [, navigate] = useLocation()
  const now = useSecond()
  const known = useKnown()
  const own = useHost((state) => state.address)
  const [removing, setRemoving] = useState(false)
  const name = nameOf(superPeer, known, t)
  const operator = operatorOf(superPeer.address ?? superPeer.link, known, own, t)
  const trouble = group.status === 'active' ? troubleOf(superPeer, standing, name, now, t) : undefined
  const manage = group.part === 'owner' && group.status === 'active'
  const replacing = manage && replaced && all.length > 1
  const coming = all.some((other) => other.id > superPeer.id && isUnderWay(standingOf(other, all)))

  function replace(): void {
    navigate(`/groups/${group.id}/super-peers/add?replace=${superPeer.id}`)
  }

  return (
    <li className={css.row}>
      <Avatar name={name} image={superPeer.image} size={40} />
      <div className={css.who}>
        <bdi className={css.name}>{name}</bdi>
        {operator !== undefined && operator !== name && <bdi className={css.note}>{operator}</bdi>}
      </div>
      <div className={css.state}>
        <StateChip tone={TONES[standing]} text={t(`superPeers.standing.${standing}`)} />
        {superPeer.seenAt !== undefined && (
          <span className={css.note}>
            {t('groups.superPeersPage.seen', { ago: agoText(superPeer.seenAt, now, i18n.language) })}
          </span>
        )}
      </div>
      {manage && (
        <Menu
          label={t('superPeers.actions', { name: isolate(name) })}
          icon={<MoreHorizontal size={18} />}
          items={[
            { text: t('superPeers.replace'), icon: <Replace size={18} />, run: replace },
            { text: t('action.remove'), icon: <Trash2 size={18} />, danger: true, run: () => setRemoving(true) },
          ]}
        />
      )}
      {trouble !== undefined && <p className={css.trouble}>{trouble}</p>}
      {replacing && (
        <div className={css.trouble}>
          <p>
            {t(coming ? 'groups.superPeersPage.replacing' : 'groups.superPeersPage.replaced', { name: isolate(name) })}
          </p>
          <Button onClick={() => setRemoving(true)}>{t('superPeers.remove.action', { name: isolate(name) })}</Button>
        </div>
      )}
      {manage && standing === 'silent' && !replacing && (
        <div className={css.help}>
          <Button onClick={replace}>{t('superPeers.replace')}</Button>
          <Button look="quiet" onClick={() => setRemoving(true)}>
            {t('action.remove')}
          </Button>
        </div>
      )}
      <RemoveSuperPeer superPeer={superPeer} name={name} open={removing} onClose={() => setRemoving(false)} />
    </li>
  )
}
