import { ShieldCheck } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Contact, SecurityCode } from '../../../core/host/contract/contacts.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { FailureNote } from '../../ui/failure.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { Qr } from '../../ui/qr.tsx'
import css from './contacts.module.css'

/** Comparing the security code: the same on both sides, unless somebody stands between them. */
export function Code({ contact }: { readonly contact: Contact }) {
  const { t, i18n } = useTranslation()
  const [code, setCode] = useState<SecurityCode>()
  const [pasted, setPasted] = useState('')
  const online = useHost((state) => state.connection === 'online')
  const { busy, failure, run } = useCall()
  const { id, status, verifiedAt, renewedAt } = contact
  const active = status === 'active'

  useEffect(() => {
    if (online && active) void run(async () => setCode(await api().contacts.securityCode({ contact: id })))
  }, [id, active, online, run])

  if (status === 'ended' || status === 'failed') return null
  if (!active) {
    return (
      <Section title={t('contacts.about.code')}>
        <p className={css.muted}>{t('contacts.about.codeLater')}</p>
      </Section>
    )
  }
  const dateOf = (time: number) => new Date(time).toLocaleDateString(i18n.language, { dateStyle: 'long' })
  const told = digitsOf(pasted)
  const same = code !== undefined && told === digitsOf(code.code)
  const set = (verified: boolean) => run(() => api().contacts.setVerified({ contact: id, verified }))
  return (
    <Section title={t('contacts.about.code')} hint={t('contacts.about.codeHint')}>
      <div className={css.stack}>
        {renewedAt !== undefined && (
          <p className={css.muted}>{t('contacts.about.renewed', { date: dateOf(renewedAt) })}</p>
        )}
        {code !== undefined && (
          <div className={css.code}>
            <Qr text={code.code} label={t('contacts.about.codeQr')} />
            <div className={css.stack}>
              <p className={css.digits}>{code.code}</p>
              <div className={css.actions}>
                <CopyButton text={code.code} />
              </div>
            </div>
          </div>
        )}
        {verifiedAt !== undefined ? (
          <div className={css.actions}>
            <p className={css.compared}>
              <ShieldCheck size={18} aria-hidden="true" />
              {t('contacts.about.since', { date: dateOf(verifiedAt) })}
            </p>
            <Button look="quiet" busy={busy} onClick={() => set(false)}>
              {t('contacts.about.different')}
            </Button>
          </div>
        ) : (
          code !== undefined && (
            <>
              <TextField
                label={t('contacts.about.paste')}
                value={pasted}
                inputMode="numeric"
                autoComplete="off"
                onChange={(event) => setPasted(event.currentTarget.value)}
              />
              <div role="status">
                {told !== '' && (
                  <p className={same ? css.compared : css.differs}>
                    {t(same ? 'contacts.about.pasteSame' : 'contacts.about.pasteDifferent')}
                  </p>
                )}
              </div>
              <div className={css.actions}>
                <Button
                  icon={<ShieldCheck size={18} aria-hidden="true" />}
                  busy={busy}
                  disabled={told !== '' && !same}
                  onClick={() => set(true)}
                >
                  {t('contacts.about.same')}
                </Button>
              </div>
            </>
          )
        )}
        <FailureNote failure={failure} />
      </div>
    </Section>
  )
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D+/g, '')
}
