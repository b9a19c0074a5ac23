import { CircleAlert, CircleCheck, CircleX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { useKnown } from '../../state/known.ts'
import { useSuperPeers } from '../../state/super-peers.ts'
import { Button } from '../../ui/button.tsx'
import { agoText } from '../../ui/duration.ts'
import { useSecond } from '../../ui/second.ts'
import { nameOf } from '../superpeers/names.ts'
import { troubleOf } from '../superpeers/trouble.ts'
import { healthOf } from './health.ts'
import css from './health-strip.module.css'

const ICONS = { good: CircleCheck, warning: CircleAlert, danger: CircleX } as const

/** One sentence when all is well, a list of what is not otherwise. */
export function HealthStrip({ group }: { readonly group: Group }) {
  const { t, i18n } = useTranslation()
  const [, navigate] = useLocation()
  const now = useSecond()
  const known = useKnown()
  const health = healthOf(useSuperPeers(group.id))
  if (health.total === 0 && group.superPeers.total > 0) return null
  const owner = group.part === 'owner'
  const Icon = ICONS[health.level]
  const ago = health.seenAt === undefined ? undefined : agoText(health.seenAt, now, i18n.language)
  const { lastMessage } = group
  const waiting = lastMessage?.delivery !== undefined && lastMessage.delivery.taken < lastMessage.delivery.total
  return (
    <section className={css.strip} data-level={health.level} aria-label={t('groups.health.label')}>
      <Icon size={20} aria-hidden="true" />
      <div className={css.text}>
        <p>
          {health.active === 0
            ? t(owner ? 'groups.health.none' : 'groups.health.noneMember')
            : t('groups.health.active', { count: health.active })}{' '}
          {health.active > 0 && waiting && lastMessage.delivery !== undefined && (
            <>
              {t('groups.health.delivery', {
                taken: lastMessage.delivery.taken,
                total: lastMessage.delivery.total,
              })}{' '}
            </>
          )}
          {ago !== undefined && <span className={css.ago}>{t('groups.health.seen', { ago })}</span>}
        </p>
        {health.coming > 0 && <p>{t('groups.health.coming', { count: health.coming })}</p>}
        {health.troubled.length > 0 && (
          <ul className={css.troubles}>
            {health.troubled.map(({ superPeer, standing }) => (
              <li key={superPeer.id}>{troubleOf(superPeer, standing, nameOf(superPeer, known, t), now, t)}</li>
            ))}
          </ul>
        )}
      </div>
      {health.level !== 'good' && (
        <Button onClick={() => navigate(`/groups/${group.id}/super-peers${owner && health.total === 0 ? '/add' : ''}`)}>
          {t('groups.health.see')}
        </Button>
      )}
    </section>
  )
}
