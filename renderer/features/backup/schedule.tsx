import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { saveSettings, useSettings } from '../../state/settings.ts'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch, TextField } from '../../ui/field.tsx'
import { NumberSettings } from '../../ui/number-settings.tsx'
import { Section } from '../../ui/page.tsx'
import css from './backup.module.css'

const MEDIA = 'backup.media'
const FOLDER = 'backup.folder'

/** How often, where to, how many, and with or without pictures. */
export function Schedule({ onSaved }: { readonly onSaved: () => void }) {
  const { t } = useTranslation()
  const settings = useSettings()
  const { busy, failure, run } = useCall()
  const [typed, setTyped] = useState<string>()
  if (settings === undefined) return null
  const folder = String(settings.values[FOLDER] ?? '')
  const fixed = (name: string): boolean => settings.fixed.some((other) => other === name)

  async function saveFolder(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (!(await run(() => saveSettings({ [FOLDER]: (typed ?? '').trim() })))) return
    setTyped(undefined)
    onSaved()
  }

  return (
    <Section title={t('backup.schedule.title')} hint={t('backup.schedule.hint')}>
      <Switch
        label={t('backup.make.media')}
        hint={t('backup.make.mediaHint')}
        checked={settings.values[MEDIA] === true}
        disabled={busy || fixed(MEDIA)}
        onChange={(on) => run(() => saveSettings({ [MEDIA]: on }))}
      />
      <form className={css.form} onSubmit={saveFolder}>
        <TextField
          label={t('backup.schedule.folder')}
          hint={t(fixed(FOLDER) ? 'setting.fixed' : 'backup.schedule.folderHint')}
          value={typed ?? folder}
          disabled={fixed(FOLDER)}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {typed !== undefined && typed.trim() !== folder && (
          <div className={css.buttons}>
            <Button type="submit" busy={busy}>
              {t('action.save')}
            </Button>
          </div>
        )}
      </form>
      <FailureNote failure={failure} />
      <div className={css.apart}>
        <NumberSettings
          fields={[
            {
              name: 'backup.everyHours',
              label: t('backup.schedule.hours'),
              hint: t('backup.schedule.hoursHint'),
            },
            { name: 'backup.keep', label: t('backup.schedule.keep'), hint: t('backup.schedule.keepHint') },
          ]}
        />
      </div>
    </Section>
  )
}
