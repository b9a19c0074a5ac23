import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRuntime } from '../../runtime/context.ts'
import { setPreferences, usePreferences } from '../../state/preferences.ts'
import { Button } from '../../ui/button.tsx'
import { Switch } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { SettingsPage } from './settings-page.tsx'

/** Whether this window tells about new messages, and whether the browser lets it. */
export function Notifications() {
  const { t } = useTranslation()
  const { kind } = useRuntime()
  const wanted = usePreferences((preferences) => preferences.notifications)
  return (
    <SettingsPage section="notifications">
      <Section title={t('settings.notifications.messages')}>
        <Switch
          label={t('settings.notifications.show')}
          hint={t('settings.notifications.hint')}
          checked={wanted}
          onChange={(notifications) => setPreferences({ notifications })}
        />
        {kind === 'browser' && wanted && <Permission />}
      </Section>
    </SettingsPage>
  )
}

function Permission() {
  const { t } = useTranslation()
  const [permission, setPermission] = useState('Notification' in window ? Notification.permission : 'denied')
  if (permission === 'granted') return null
  if (permission === 'denied') return <p>{t('settings.notifications.denied')}</p>
  return (
    <div>
      <p>{t('settings.notifications.ask')}</p>
      <Button onClick={() => void Notification.requestPermission().then(setPermission)}>
        {t('settings.notifications.allow')}
      </Button>
    </div>
  )
}
