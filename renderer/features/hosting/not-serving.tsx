import { Flame } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { refreshServing } from '../../state/serving.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Page } from '../../ui/page.tsx'
import { ReachNote } from '../../ui/reach-note.tsx'
import css from './hosting.module.css'
import { IdentityFields, useIdentity } from './identity-fields.tsx'
import { Sees } from './sees.tsx'
import { ServedList } from './served-list.tsx'

/** The switch: a name, a picture, and how invitations are answered. */
export function NotServing() {
  const { t } = useTranslation()
  const any = useHost((state) => state.served.length > 0)
  const identity = useIdentity(undefined)
  const { busy, failure, run } = useCall()
  const [tried, setTried] = useState(false)

  async function start(event: FormEvent): Promise<void> {
    event.preventDefault()
    setTried(true)
    if (identity.options === undefined) return
    const { options } = identity
    if (await run(() => api().serving.enable(options))) await refreshServing()
  }

  return (
    <Page title={t('serve.title')} narrow>
      <div className={css.hero}>
        <span className={css.heroIcon}>
          <Flame size={28} aria-hidden="true" />
        </span>
        <h2>{t('serve.start.title')}</h2>
        <p>{t('serve.start.text')}</p>
      </div>
      <ReachNote />
      <form className={css.form} onSubmit={start}>
        <IdentityFields identity={identity} complain={tried} />
        <FailureNote failure={failure} />
        <Button type="submit" look="primary" busy={busy}>
          {t('serve.start.action')}
        </Button>
        <p className={css.muted}>{t('serve.start.after')}</p>
      </form>
      {any && <ServedList />}
      <Sees />
    </Page>
  )
}
