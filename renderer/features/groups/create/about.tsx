import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'wouter'
import { Button } from '../../../ui/button.tsx'
import { Choice, Switch, TextArea, TextField } from '../../../ui/field.tsx'
import { PicturePicker } from '../../../ui/picture.tsx'
import { clearDraft, setDraft, useDraft } from './draft.ts'
import css from './wizard.module.css'
import { Wizard, WizardActions } from './wizard.tsx'

/** Step 1: what the group is. */
export function About() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const draft = useDraft()
  const [missing, setMissing] = useState(false)

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (draft.displayName.trim() === '') setMissing(true)
    else navigate('/groups/new/super-peers')
  }

  function cancel(): void {
    clearDraft()
    navigate('/chats')
  }

  return (
    <Wizard step="about" back="/chats">
      <form className={css.form} onSubmit={submit} noValidate>
        <PicturePicker name={draft.displayName} image={draft.image} onChange={(image) => setDraft({ image })} />
        <TextField
          label={t('groups.name')}
          value={draft.displayName}
          maxLength={60}
          autoFocus
          error={missing && draft.displayName.trim() === '' ? t('groups.nameMissing') : undefined}
          onChange={(event) => setDraft({ displayName: event.currentTarget.value })}
        />
        <TextArea
          label={t('groups.description')}
          hint={t('groups.descriptionHint')}
          value={draft.description}
          maxLength={2000}
          rows={3}
          onChange={(event) => setDraft({ description: event.currentTarget.value })}
        />
        <Choice
          label={t('groups.writers.label')}
          value={draft.writers}
          onChange={(writers) => setDraft({ writers })}
          options={[
            { value: 'everyone', label: t('groups.writers.everyone'), hint: t('groups.writers.everyoneHint') },
            { value: 'owners', label: t('groups.writers.owners'), hint: t('groups.writers.ownersHint') },
          ]}
        />
        <Switch
          label={t('groups.history.label')}
          hint={t('groups.history.hint')}
          checked={draft.history}
          onChange={(history) => setDraft({ history })}
        />
        <WizardActions
          out={
            <Button look="quiet" onClick={cancel}>
              {t('action.cancel')}
            </Button>
          }
          on={
            <Button type="submit" look="primary">
              {t('action.next')}
            </Button>
          }
        />
      </form>
    </Wizard>
  )
}
