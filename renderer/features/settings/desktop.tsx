import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRuntime } from '../../runtime/context.ts'
import type { DesktopSettings } from '../../runtime/runtime.ts'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { SettingsPage } from './settings-page.tsx'

const SWITCHES = ['startWithSystem', 'startHidden', 'keepRunning'] as const

/** What only the desktop program can do. */
export function DesktopSection() {
  const { t } = useTranslation()
  const { desktop } = useRuntime()
  const [settings, setSettings] = useState<DesktopSettings>()
  const { busy, failure, run } = useCall()

  useEffect(() => {
    void desktop?.settings().then(setSettings, () => {})
  }, [desktop])

  if (desktop === undefined) return null
  return (
    <SettingsPage section="desktop">
      <Section title={t('settings.desktop.window')}>
        {settings !== undefined &&
          SWITCHES.map((name) => (
            <Switch
              key={name}
              label={t(`settings.desktop.${name}`)}
              hint={t(`settings.desktop.${name}Hint`)}
              checked={settings[name]}
              disabled={busy || (name === 'startHidden' && !settings.startWithSystem)}
              onChange={(value) => run(async () => setSettings(await desktop.setSettings({ [name]: value })))}
            />
          ))}
        <FailureNote failure={failure} />
      </Section>
    </SettingsPage>
  )
}
