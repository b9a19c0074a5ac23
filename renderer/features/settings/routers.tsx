import { useTranslation } from 'react-i18next'
import { Section } from '../../ui/page.tsx'
import { RestartNote } from '../../ui/restart-note.tsx'
import { AddRouter } from './add-router.tsx'
import { EmbeddedRouter } from './embedded-router.tsx'
import { RouterPresets } from './router-presets.tsx'
import { RouterRow } from './router-row.tsx'
import { sameRouter } from './router-text.ts'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'
import { useRouters } from './use-routers.ts'

/** Where this host makes its queues. */
export function Routers() {
  const { t } = useTranslation()
  const routers = useRouters()
  return (
    <SettingsPage section="routers">
      <p className={css.muted}>{t('settings.routers.lead')}</p>
      <RestartNote />
      {routers !== undefined && (
        <>
          <Section title={t('settings.routers.used')} hint={t('settings.routers.usedHint')}>
            {routers.fixed && <p className={css.muted}>{t('setting.fixed')}</p>}
            <ul className={css.rows}>
              {routers.chosen.length === 0 && routers.embedded !== undefined && (
                <RouterRow address={routers.embedded.address} title={t('settings.routers.own')} />
              )}
              {routers.chosen.map((address) => (
                <RouterRow
                  key={address}
                  address={address}
                  title={routers.presets.find((preset) => sameRouter(preset.address, address))?.operator}
                  {...(routers.fixed ? {} : { remove: () => routers.remove([address]) })}
                />
              ))}
            </ul>
            {!routers.fixed && <AddRouter add={(address) => routers.add([address])} isKnown={routers.isChosen} />}
          </Section>
          <RouterPresets routers={routers} />
          <EmbeddedRouter routers={routers} />
        </>
      )}
    </SettingsPage>
  )
}
