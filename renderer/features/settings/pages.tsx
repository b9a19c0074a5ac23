import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { useRuntime } from '../../runtime/context.ts'
import { Backup } from '../backup/backup.tsx'
import { About } from './about.tsx'
import { Appearance } from './appearance.tsx'
import { Browsers } from './browsers.tsx'
import { DesktopSection } from './desktop.tsx'
import { DiagnosticsPage } from './diagnostics.tsx'
import { LanguageSection } from './language.tsx'
import { Notifications } from './notifications.tsx'
import css from './pages.module.css'
import { ProfilePage } from './profile.tsx'
import { Routers } from './routers.tsx'
import { SECTIONS, type SectionName } from './sections.ts'
import { Storage } from './storage.tsx'

const PAGES: Readonly<Record<SectionName, ComponentType>> = {
  profile: ProfilePage,
  notifications: Notifications,
  appearance: Appearance,
  language: LanguageSection,
  desktop: DesktopSection,
  backup: Backup,
  storage: Storage,
  routers: Routers,
  browsers: Browsers,
  diagnostics: DiagnosticsPage,
  about: About,
}

/** The list of sections and one of them; on narrow windows they take turns. */
export function Settings() {
  const { t } = useTranslation()
  const [location] = useLocation()
  const { desktop } = useRuntime()
  const shown = SECTIONS.filter(({ name }) => name !== 'desktop' || desktop !== undefined)
  return (
    <div className={css.settings} data-open={location !== '/settings'}>
      <nav className={css.list} aria-label={t('rail.settings')}>
        <h1 className={css.title}>{t('rail.settings')}</h1>
        {shown.map(({ name, Icon }) => {
          const current = location === `/settings/${name}` || (location === '/settings' && name === 'profile')
          return (
            <Link
              key={name}
              href={`/settings/${name}`}
              className={css.item}
              aria-current={current ? 'page' : undefined}
            >
              <Icon size={18} aria-hidden="true" />
              {t(`settings.${name}.title`)}
            </Link>
          )
        })}
      </nav>
      <div className={css.content}>
        <Switch>
          <Route path="/settings" component={ProfilePage} />
          {shown.map(({ name }) => (
            <Route key={name} path={`/settings/${name}`} component={PAGES[name]} />
          ))}
          <Route>
            <Redirect to="/settings" replace />
          </Route>
        </Switch>
      </div>
    </div>
  )
}
