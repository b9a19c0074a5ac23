import { Flame, Link2, Users } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Redirect, useLocation } from 'wouter'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { TextField } from '../../ui/field.tsx'
import { PicturePicker } from '../../ui/picture.tsx'
import css from './welcome.module.css'

/** First run: a name, three sentences, one choice. */
export function Welcome() {
  const person = useHost((state) => state.profiles.find((profile) => !profile.superPeer))
  const [named, setNamed] = useState(false)
  if (person !== undefined && !named) return <Redirect to="/chats" replace />
  return (
    <main className={css.welcome} aria-labelledby="welcome-title">
      <div className={css.column}>
        <img src="/icon.svg" width="72" height="72" alt="" />
        {person === undefined ? <Name onNamed={() => setNamed(true)} /> : <Begin name={person.displayName} />}
      </div>
    </main>
  )
}

function Name({ onNamed }: { readonly onNamed: () => void }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [name, setName] = useState('')
  const [image, setImage] = useState<string>()
  const { busy, failure, run } = useCall()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    onNamed()
    await run(() => api().profiles.create({ displayName: name.trim(), ...(image === undefined ? {} : { image }) }))
  }

  return (
    <>
      <h1 id="welcome-title">{t('welcome.title')}</h1>
      <p className={css.lead}>{t('welcome.what')}</p>
      <form className={css.form} onSubmit={submit}>
        <PicturePicker name={name} image={image} onChange={setImage} />
        <TextField
          label={t('welcome.name')}
          hint={t('welcome.nameHint')}
          value={name}
          maxLength={60}
          autoComplete="nickname"
          autoFocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FailureNote failure={failure} />
        <Button type="submit" look="primary" busy={busy} disabled={name.trim() === ''}>
          {t('welcome.continue')}
        </Button>
        <Button look="quiet" onClick={() => navigate('/restore')}>
          {t('backup.restore.link')}
        </Button>
      </form>
    </>
  )
}

const CHOICES = [
  { path: '/join', Icon: Link2, text: 'welcome.join' },
  { path: '/groups/new', Icon: Users, text: 'welcome.create' },
  { path: '/serve', Icon: Flame, text: 'welcome.serve' },
] as const

function Begin({ name }: { readonly name: string }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  return (
    <>
      <h1 id="welcome-title">{t('welcome.begin', { name })}</h1>
      <ul className={css.choices}>
        {CHOICES.map(({ path, Icon, text }) => (
          <li key={path}>
            <button type="button" className={css.choice} onClick={() => navigate(path)}>
              <span className={css.glyph}>
                <Icon size={22} aria-hidden="true" />
              </span>
              <span>
                <strong>{t(`${text}.title`)}</strong>
                <span className={css.choiceText}>{t(`${text}.text`)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Button look="quiet" onClick={() => navigate('/chats')}>
        {t('welcome.later')}
      </Button>
    </>
  )
}
