import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { usePreferences } from '../state/preferences.ts'
import { LANGUAGES, type Language } from './languages.ts'
import { de, en } from './texts.ts'

/**
 * The language that the person chose, or the first of the browser's that we have; with its region where the browser
 * says one, since times, dates and numbers look different there.
 */
function currentLanguage(): string {
  const { language } = usePreferences.getState()
  const known = navigator.languages.map(baseOf).find((tag): tag is Language => tag in LANGUAGES)
  const shown = language === 'system' ? (known ?? 'en') : language
  return navigator.languages.find((tag) => baseOf(tag) === shown) ?? shown
}

function baseOf(tag: string): string {
  return tag.slice(0, 2)
}

export async function startTranslation(): Promise<void> {
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, de: { translation: de } },
    lng: currentLanguage(),
    fallbackLng: 'en',
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  document.documentElement.lang = i18next.language
  usePreferences.subscribe(() => {
    const language = currentLanguage()
    if (language === i18next.language) return
    void i18next.changeLanguage(language)
    document.documentElement.lang = language
  })
}
