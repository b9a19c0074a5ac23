import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../state/api.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch, TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import css from './backup.module.css'

interface PassphraseProps {
  /** When the present one was set. */
  readonly since: number | undefined
  readonly onSet: () => void
}

const SHORTEST = 8

/** The passphrase of all backups from now on. */
export function Passphrase({ since, onSet }: PassphraseProps) {
  const { t, i18n } = useTranslation()
  const [open, setOpen] = useState(since === undefined)
  if (!open) {
    return (
      <Section
        title={t('backup.passphrase.title')}
        hint={t('backup.passphrase.since', {
          date: new Date(since ?? 0).toLocaleDateString(i18n.language, { dateStyle: 'long' }),
        })}
      >
        <div className={css.buttons}>
          <Button onClick={() => setOpen(true)}>{t('backup.passphrase.change')}</Button>
        </div>
      </Section>
    )
  }
  return (
    <Section title={t('backup.passphrase.title')} hint={t('backup.passphrase.why')}>
      <PassphraseForm
        first={since === undefined}
        onSet={() => {
          setOpen(false)
          onSet()
        }}
      />
    </Section>
  )
}

function PassphraseForm({ first, onSet }: { readonly first: boolean; readonly onSet: () => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [again, setAgain] = useState('')
  const [shown, setShown] = useState(false)
  const [tried, setTried] = useState(false)
  const { busy, failure, run } = useCall()
  const short = [...text].length < SHORTEST
  const different = text !== again

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    setTried(true)
    if (short || different) return
    if (await run(() => api().backup.setPassphrase({ passphrase: text }))) onSet()
  }

  const type = shown ? 'text' : 'password'
  return (
    <form className={css.form} onSubmit={save}>
      <TextField
        label={t('backup.passphrase.new')}
        hint={t('backup.passphrase.hint')}
        error={tried && short ? t('backup.passphrase.short', { count: SHORTEST }) : undefined}
        type={type}
        autoComplete="new-password"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <TextField
        label={t('backup.passphrase.again')}
        error={tried && !short && different ? t('backup.passphrase.different') : undefined}
        type={type}
        autoComplete="new-password"
        value={again}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
      <Switch label={t('backup.passphrase.show')} checked={shown} onChange={setShown} />
      <FailureNote failure={failure} />
      <div className={css.buttons}>
        <Button type="submit" look={first ? 'primary' : 'plain'} busy={busy}>
          {t('backup.passphrase.set')}
        </Button>
      </div>
    </form>
  )
}
