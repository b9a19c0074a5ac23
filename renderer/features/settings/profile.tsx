import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ProfileView } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { TextField } from '../../ui/field.tsx'
import { PicturePicker } from '../../ui/picture.tsx'
import css from './settings.module.css'
import { SettingsPage } from './settings-page.tsx'

/** Name and picture as others see them. */
export function ProfilePage() {
  const person = useHost((state) => state.profiles.find(({ superPeer }) => !superPeer))
  return (
    <SettingsPage section="profile">
      {person !== undefined && <ProfileForm key={person.id} person={person} />}
    </SettingsPage>
  )
}

function ProfileForm({ person }: { readonly person: ProfileView }) {
  const { t } = useTranslation()
  const [name, setName] = useState(person.displayName)
  const [image, setImage] = useState(person.image)
  const [saved, setSaved] = useState(false)
  const { busy, failure, run } = useCall()
  const displayName = name.trim()
  const changed = displayName !== person.displayName || image !== person.image

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    const { id, fullName } = person
    const done = await run(() => api().profiles.update({ profile: id, displayName, fullName, image: image ?? null }))
    setSaved(done)
  }

  return (
    <form className={css.form} onSubmit={save} onChange={() => setSaved(false)}>
      <PicturePicker name={name} image={image} onChange={setImage} />
      <TextField
        label={t('settings.profile.name')}
        hint={t('settings.profile.hint')}
        error={displayName === '' ? t('settings.profile.noName') : undefined}
        value={name}
        maxLength={60}
        autoComplete="nickname"
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <FailureNote failure={failure} />
      <div className={css.buttons}>
        <Button type="submit" look="primary" busy={busy} disabled={!changed || displayName === ''}>
          {t('action.save')}
        </Button>
        <span role="status" className={css.muted}>
          {saved && !changed ? t('settings.profile.saved') : ''}
        </span>
      </div>
    </form>
  )
}
