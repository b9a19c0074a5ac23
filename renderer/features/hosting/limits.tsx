import { useTranslation } from 'react-i18next'
import { NumberSettings } from '../../ui/number-settings.tsx'
import { Page } from '../../ui/page.tsx'
import { RestartNote } from '../../ui/restart-note.tsx'
import css from './hosting.module.css'

const LIMITS = [
  { name: 'superPeer.maxGroups', text: 'groups' },
  { name: 'superPeer.maxMembers', text: 'members' },
  { name: 'superPeer.retentionMegabytes', text: 'storage' },
  { name: 'superPeer.retentionDays', text: 'days' },
  { name: 'superPeer.memberRate', text: 'rate' },
  { name: 'superPeer.memberBurst', text: 'burst' },
] as const

/** How much this super-peer takes on. */
export function Limits() {
  const { t } = useTranslation()
  return (
    <Page title={t('serve.limits.title')} back="/serve" narrow>
      <p className={css.muted}>{t('serve.limits.lead')}</p>
      <RestartNote />
      <NumberSettings
        fields={LIMITS.map(({ name, text }) => ({
          name,
          label: t(`serve.limits.${text}.label`),
          hint: t(`serve.limits.${text}.hint`),
        }))}
      />
    </Page>
  )
}
