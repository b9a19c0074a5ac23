import { PenLine, RadioTower, ShieldAlert, ShieldCheck, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Preview } from '../../../../core/host/contract/types.ts'
import { isolate } from '../../../ui/isolate.ts'
import { Description, Presented } from '../../../ui/presented.tsx'
import { hostOf } from '../../superpeers/names.ts'
import css from './preview.module.css'

/** The group behind a link, as its owner signed it. */
export function PreviewCard({ preview }: { readonly preview: Preview }) {
  const { t, i18n } = useTranslation()
  const { displayName, fullName, description, image, memberCount, superPeerLinks, owners, writers } = preview
  const hosts = [...new Set(superPeerLinks.map((link) => hostOf(link)).filter((host) => host !== undefined))]
  const signed = owners.length > 0
  return (
    <section className={css.card} aria-label={displayName}>
      <Presented name={displayName} fullName={fullName} image={image} size={72} />
      <Description text={description} />
      <ul className={css.facts}>
        {memberCount !== undefined && (
          <Fact icon={<Users size={18} />}>
            {t('groups.members', { count: memberCount, shown: memberCount.toLocaleString(i18n.language) })}
          </Fact>
        )}
        <Fact icon={<PenLine size={18} />}>{t(`groups.writers.${writers}`)}</Fact>
        <Fact icon={<RadioTower size={18} />} note={new Intl.ListFormat(i18n.language).format(hosts.map(isolate))}>
          {superPeerLinks.length === 0
            ? t('groups.join.noSuperPeers')
            : t('groups.superPeers', { count: superPeerLinks.length })}
        </Fact>
        <Fact
          icon={signed ? <ShieldCheck size={18} className={css.good} /> : <ShieldAlert size={18} className={css.bad} />}
          note={t(signed ? 'groups.join.signedNote' : 'groups.join.unsignedNote')}
        >
          {signed ? t('groups.join.signed', { count: owners.length }) : t('groups.join.unsigned')}
        </Fact>
      </ul>
    </section>
  )
}

interface FactProps {
  readonly icon: ReactNode
  readonly note?: string
  readonly children: ReactNode
}

function Fact({ icon, note, children }: FactProps) {
  return (
    <li className={css.fact}>
      <span aria-hidden="true">{icon}</span>
      <span>
        {children}
        {note !== undefined && note !== '' && <small>{note}</small>}
      </span>
    </li>
  )
}
