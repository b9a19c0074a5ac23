import { useTranslation } from 'react-i18next'
import { LANGUAGES, type Language } from '../../i18n/languages.ts'
import { setPreferences, usePreferences } from '../../state/preferences.ts'
import { Choice } from '../../ui/field.tsx'
import { SettingsPage } from './settings-page.tsx'

export function LanguageSection() {
  const { t } = useTranslation()
  const language = usePreferences((preferences) => preferences.language)
  const languages = Object.entries(LANGUAGES) as [Language, string][]
  return (
    <SettingsPage section="language">
      <Choice<Language | 'system'>
        label={t('settings.language.label')}
        value={language}
        options={[
          { value: 'system', label: t('settings.language.system') },
          ...languages.map(([value, label]) => ({ value, label })),
        ]}
        onChange={(value) => setPreferences({ language: value })}
      />
    </SettingsPage>
  )
}
