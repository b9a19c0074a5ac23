import { useTranslation } from 'react-i18next'
import { setPreferences, usePreferences } from '../../state/preferences.ts'
import { Choice } from '../../ui/field.tsx'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

const THEMES = ['system', 'light', 'dark'] as const
const SIZES = ['small', 'normal', 'large', 'largest'] as const

/** How this window looks. */
export function Appearance() {
  const { t } = useTranslation()
  const { theme, textSize } = usePreferences()
  return (
    <SettingsPage section="appearance">
      <Choice
        label={t('settings.appearance.theme')}
        value={theme}
        options={THEMES.map((value) => ({ value, label: t(`settings.appearance.${value}`) }))}
        onChange={(value) => setPreferences({ theme: value })}
      />
      <Choice
        label={t('settings.appearance.textSize')}
        value={textSize}
        options={SIZES.map((value) => ({ value, label: t(`settings.appearance.${value}`) }))}
        onChange={(value) => setPreferences({ textSize: value })}
      />
      <p className={css.muted}>{t('settings.appearance.here')}</p>
    </SettingsPage>
  )
}
