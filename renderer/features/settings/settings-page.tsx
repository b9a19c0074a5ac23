import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNarrow } from '../../ui/narrow.ts'
import { Page } from '../../ui/page.tsx'
import type { SectionName } from './sections.ts'

interface SettingsPageProps {
  readonly section: SectionName
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** One section; with a way back where the list is not beside it. */
export function SettingsPage({ section, actions, children }: SettingsPageProps) {
  const { t } = useTranslation()
  const narrow = useNarrow()
  return (
    <Page title={t(`settings.${section}.title`)} narrow actions={actions} {...(narrow ? { back: '/settings' } : {})}>
      {children}
    </Page>
  )
}
