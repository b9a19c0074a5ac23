import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Section } from '../../ui/page.tsx'
import { Licences } from './licences.tsx'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

/** What this is, which version, and whose work is in it. */
export function About() {
  const { t } = useTranslation()
  const version = useVersion()
  return (
    <SettingsPage section="about">
      <div className={css.about}>
        <img src="/icon.svg" width="56" height="56" alt="" />
        <div>
          <p className={css.lead}>
            <strong>{t('app.name')}</strong> {version}
          </p>
          <p className={css.muted}>{t('settings.about.slogan')}</p>
        </div>
      </div>
      <p>{t('settings.about.simplex')}</p>
      <p>{t('settings.about.licence')}</p>
      <Section title={t('settings.about.others')} hint={t('settings.about.othersHint')}>
        <Licences />
      </Section>
    </SettingsPage>
  )
}

function useVersion(): string | undefined {
  const online = useHost((state) => state.connection === 'online')
  const [version, setVersion] = useState<string>()
  useEffect(() => {
    if (!online) return
    api()
      .host.status()
      .then((status) => setVersion(status.version))
      .catch(() => {
        // With the next connection.
      })
  }, [online])
  return version
}
