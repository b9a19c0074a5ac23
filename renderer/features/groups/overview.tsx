import { ChartLine, ChevronRight, MessageCircle, Pencil, RadioTower, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { useSuperPeers } from '../../state/super-peers.ts'
import { Button } from '../../ui/button.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { Description, Presented } from '../../ui/presented.tsx'
import { LinkCard } from './create/link-card.tsx'
import { hasEnded } from './ended.ts'
import { Ending } from './ending.tsx'
import css from './group.module.css'
import { healthOf } from './health.ts'
import { HealthStrip } from './health-strip.tsx'
import { Preferences } from './preferences.tsx'

/** What a group is, how it is, and where its pages are. */
export function Overview({ group }: { readonly group: Group }) {
  const { t, i18n } = useTranslation()
  const [, navigate] = useLocation()
  const { id, part, status, displayName, description, memberCount, incognito } = group
  const health = healthOf(useSuperPeers(id))
  const owner = part === 'owner'
  const inUse = status === 'active'
  const ended = hasEnded(group)
  const count = memberCount.toLocaleString(i18n.language)
  return (
    <Page
      title={t('groups.title')}
      back={`/chats/${id}`}
      actions={
        owner &&
        inUse && (
          <Button icon={<Pencil size={18} aria-hidden="true" />} onClick={() => navigate(`/groups/${id}/edit`)}>
            {t('groups.edit.open')}
          </Button>
        )
      }
    >
      <Presented name={displayName} image={group.image} size={88}>
        <p>
          {t('groups.members', { count: memberCount, shown: count })}
          {!ended && ` · ${t(`groups.role.${group.role}`, { defaultValue: group.role })}`}
        </p>
        {incognito !== undefined && <p>{t('groups.incognito', { name: incognito.displayName })}</p>}
      </Presented>
      <Description text={description} />
      {inUse && <HealthStrip group={group} />}
      <ul className={css.nav}>
        <NavRow href={`/chats/${id}`} icon={<MessageCircle size={18} />} name={t('groups.openChat')} value="" />
        <NavRow
          href={`/groups/${id}/members`}
          icon={<Users size={18} />}
          name={t('groups.membersTitle')}
          value={count}
        />
        {!ended && (
          <NavRow
            href={`/groups/${id}/super-peers`}
            icon={<RadioTower size={18} />}
            name={t('rail.superPeers')}
            value={t('groups.activeOf', { active: health.active, total: health.total })}
          />
        )}
        {owner && inUse && (
          <NavRow
            href={`/groups/${id}/statistics`}
            icon={<ChartLine size={18} />}
            name={t('groups.statistics.title')}
            value=""
          />
        )}
      </ul>
      {inUse && (
        <Section title={t('groups.share.title')} hint={t('groups.share.hint')}>
          <LinkCard group={group} />
        </Section>
      )}
      <Preferences group={group} />
      <Ending group={group} />
    </Page>
  )
}

interface NavRowProps {
  readonly href: string
  readonly icon: ReactNode
  readonly name: string
  readonly value: string
}

function NavRow({ href, icon, name, value }: NavRowProps) {
  return (
    <li>
      <Link href={href} className={css.navRow}>
        {icon}
        <span className={css.navName}>{name}</span>
        <span className={css.navValue}>{value}</span>
        <ChevronRight size={18} aria-hidden="true" />
      </Link>
    </li>
  )
}
