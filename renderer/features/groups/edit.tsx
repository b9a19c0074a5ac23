import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import type { Group } from '../../../core/host/contract/types.ts'
import { api } from '../../state/api.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Choice, TextArea, TextField } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { PicturePicker } from '../../ui/picture.tsx'
import css from './group.module.css'

/** The owner changes name, picture, description, and who may write. */
export function EditGroup({ group }: { readonly group: Group }) {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const [name, setName] = useState(group.displayName)
  const [description, setDescription] = useState(group.description ?? '')
  const [image, setImage] = useState(group.image)
  const [writers, setWriters] = useState(group.writers)
  const { busy, failure, run } = useCall()
  const back = `/groups/${group.id}`

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    const saved = await run(() =>
      api().groups.update({
        group: group.id,
        displayName: name.trim(),
        description: description.trim() === '' ? null : description.trim(),
        image: image ?? null,
        ...(writers === group.writers ? {} : { writers }),
      }),
    )
    if (saved) navigate(back)
  }

  return (
    <Page title={t('groups.edit.title')} back={back} narrow>
      <form className={css.form} onSubmit={save}>
        <PicturePicker name={name} image={image} onChange={setImage} />
        <TextField
          label={t('groups.name')}
          value={name}
          maxLength={60}
          error={name.trim() === '' ? t('groups.nameMissing') : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextArea
          label={t('groups.description')}
          hint={t('groups.descriptionHint')}
          value={description}
          maxLength={2000}
          rows={5}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Choice
          label={t('groups.writers.label')}
          value={writers}
          onChange={setWriters}
          options={[
            { value: 'everyone', label: t('groups.writers.everyone'), hint: t('groups.writers.everyoneHint') },
            { value: 'owners', label: t('groups.writers.owners'), hint: t('groups.writers.ownersHint') },
          ]}
        />
        <p className={css.muted} aria-live="polite">
          {writers !== group.writers && t(`groups.writers.to.${writers}`)}
        </p>
        <FailureNote failure={failure} />
        <div className={css.end}>
          <Button onClick={() => navigate(back)}>{t('action.cancel')}</Button>
          <Button type="submit" look="primary" busy={busy} disabled={name.trim() === ''}>
            {t('action.save')}
          </Button>
        </div>
      </form>
    </Page>
  )
}
