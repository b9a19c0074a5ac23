import { useTranslation } from 'react-i18next'
import { retryConnection } from '../state/api.ts'
import { useHost } from '../state/host.ts'
import { Button } from './button.tsx'
import css from './starting.module.css'

/** Before the host has told what there is. */
export function Starting() {
  const { t } = useTranslation()
  const state = useHost((host) => host.connection)
  return (
    <main className={css.starting}>
      <img src="/icon.svg" width="64" height="64" alt="" />
      <h1 className="visually-hidden">{t('app.name')}</h1>
      <p role="status">{state === 'offline' ? t('connection.offline') : t('connection.connecting')}</p>
      {state === 'offline' && <Button onClick={retryConnection}>{t('connection.retry')}</Button>}
    </main>
  )
}

/** A browser that the host does not know. */
export function SignedOut() {
  const { t } = useTranslation()
  return (
    <main className={css.starting}>
      <img src="/icon.svg" width="64" height="64" alt="" />
      <h1>{t('connection.signedOut.title')}</h1>
      <p>
        {t('connection.signedOut.text')} <code>hearth ctl sign-in</code>.
      </p>
      <Button look="primary" onClick={() => window.location.reload()}>
        {t('connection.signedOut.again')}
      </Button>
    </main>
  )
}
