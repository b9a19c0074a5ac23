import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { refreshServing } from '../../state/serving.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Page } from '../../ui/page.tsx'
import css from './hosting.module.css'
import { IdentityFields, useIdentity } from './identity-fields.tsx'

/** Name, picture and acceptance, to be changed. */
export function Identity() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const own = useHost((state) => state.address)
  const identity = useIdentity(own)
  const { busy, failure, run } = useCall()
  const [tried, setTried] = useState(false)

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    setTried(true)
    if (identity.options === undefined) return
    const { options } = identity
    if (!(await run(() => api().serving.enable(options)))) return
    void refreshServing()
    navigate('/serve')
  }

  return (
    <Page title={t('serve.identity.title')} back="/serve" narrow>
      <form className={css.form} onSubmit={save}>
        <IdentityFields identity={identity} complain={tried} />
        <p className={css.muted}>{t('serve.identity.seen')}</p>
        <FailureNote failure={failure} />
        <div className={css.buttons}>
          <Button type="submit" look="primary" busy={busy}>
            {t('action.save')}
          </Button>
          <Button onClick={() => navigate('/serve')}>{t('action.cancel')}</Button>
        </div>
      </form>
    </Page>
  )
}
