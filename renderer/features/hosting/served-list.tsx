import { ChevronRight, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import type { ServedGroup } from '../../../core/host/contract/types.ts'
import { useHost } from '../../state/host.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { StateChip } from '../../ui/chip.tsx'
import { Empty } from '../../ui/page.tsx'
import css from './hosting.module.css'
import { isServed, standingOf, TONES } from './standing.ts'

/** The groups that this super-peer carries, then those that it carried. */
export function ServedList() {
  const { t } = useTranslation()
  const served = useHost((state) => state.served)
  const current = served.filter(isServed)
  const past = served.filter((group) => !isServed(group))
  return (
    <>
      <section className={css.section} aria-label={t('serve.groups.title')}>
        <h2>{t('serve.groups.title')}</h2>
        {current.length === 0 ? (
          <div className={css.card}>
            <Empty icon={<Users size={28} />} title={t('serve.groups.none')} text={t('serve.groups.noneText')} />
          </div>
        ) : (
          <GroupRows groups={current} />
        )}
      </section>
      <PastGroups groups={past} />
    </>
  )
}

function PastGroups({ groups }: { readonly groups: readonly ServedGroup[] }) {
  const { t } = useTranslation()
  if (groups.length === 0) return null
  return (
    <section className={css.section} aria-label={t('serve.groups.past')}>
      <h2>{t('serve.groups.past')}</h2>
      <GroupRows groups={groups} />
    </section>
  )
}

function GroupRows({ groups }: { readonly groups: readonly ServedGroup[] }) {
  return (
    <ul className={css.rows}>
      {groups.map((group) => (
        <GroupRow key={group.id} group={group} />
      ))}
    </ul>
  )
}

function GroupRow({ group }: { readonly group: ServedGroup }) {
  const { t, i18n } = useTranslation()
  const number = (value: number): string => value.toLocaleString(i18n.language)
  const standing = standingOf(group)
  const { members, messages, forwarded, since } = group
  return (
    <li>
      <Link href={`/serve/${group.id}`} className={css.row}>
        <Avatar name={group.name} image={group.image} size={44} />
        <span className={css.text}>
          <bdi className={css.name}>{group.name}</bdi>
          <span className={css.note}>
            {isServed(group) && `${t('serve.groups.members', { count: members, number: number(members) })} · `}
            {t('serve.groups.messages', { count: messages, number: number(messages) })} ·{' '}
            {t('serve.groups.forwarded', { count: forwarded, number: number(forwarded) })}
          </span>
        </span>
        <span className={css.end}>
          <StateChip tone={TONES[standing]} text={t(`serve.standing.${standing}`)} />
          <span className={css.since}>
            {t('serve.groups.since', {
              date: new Date(since).toLocaleDateString(i18n.language, {
                day: 'numeric',
                month: 'short',
                year: 'numeric',
              }),
            })}
          </span>
        </span>
        <ChevronRight size={18} aria-hidden="true" className={css.chevron} />
      </Link>
    </li>
  )
}
