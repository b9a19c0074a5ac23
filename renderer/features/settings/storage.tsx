import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HostStatus } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { saveSettings, useSettings } from '../../state/settings.ts'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch } from '../../ui/field.tsx'
import { NumberSettings } from '../../ui/number-settings.tsx'
import { Section } from '../../ui/page.tsx'
import { RestartNote } from '../../ui/restart-note.tsx'
import { sizeText } from '../../ui/size.ts'
import { Tile, Tiles } from '../../ui/tiles.tsx'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

const STATISTICS = 'statistics.enabled'

/** What is kept on this machine, and for how long. */
export function Storage() {
  const { t, i18n } = useTranslation()
  const status = useStatus()
  const settings = useSettings()
  const groups = useHost((state) => state.groups.size)
  const { failure, run } = useCall()
  return (
    <SettingsPage section="storage">
      <RestartNote />
      <Tiles>
        <Tile
          label={t('settings.storage.database')}
          value={status && sizeText(status.databaseSize, i18n.language)}
          detail={t('settings.storage.databaseDetail')}
        />
        <Tile label={t('settings.storage.groups')} value={groups.toLocaleString(i18n.language)} />
      </Tiles>
      <Section title={t('settings.storage.counts')}>
        <Switch
          label={t('settings.storage.statistics')}
          hint={t('settings.storage.statisticsHint')}
          checked={settings?.values[STATISTICS] === true}
          disabled={settings === undefined || settings.fixed.some((name) => name === STATISTICS)}
          onChange={(on) => run(() => saveSettings({ [STATISTICS]: on }))}
        />
        <FailureNote failure={failure} />
      </Section>
      <Section title={t('settings.storage.serving')} hint={t('settings.storage.servingHint')}>
        <NumberSettings
          fields={[
            {
              name: 'superPeer.retentionDays',
              label: t('serve.limits.days.label'),
              hint: t('serve.limits.days.hint'),
            },
            {
              name: 'superPeer.retentionMegabytes',
              label: t('serve.limits.storage.label'),
              hint: t('serve.limits.storage.hint'),
            },
          ]}
        />
      </Section>
      <p className={css.muted}>{t('settings.storage.own')}</p>
    </SettingsPage>
  )
}

function useStatus(): HostStatus | undefined {
  const online = useHost((state) => state.connection === 'online')
  const [status, setStatus] = useState<HostStatus>()
  useEffect(() => {
    if (!online) return
    let ended = false
    api()
      .host.status()
      .then((fresh) => {
        if (!ended) setStatus(fresh)
      })
      .catch(() => {
        // With the next connection.
      })
    return () => {
      ended = true
    }
  }, [online])
  return status
}
