import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SettingsView } from '../../core/host/contract/types.ts'
import { numberOf, saveSettings, useSettings } from '../state/settings.ts'
import { Button } from './button.tsx'
import { useCall } from './call.ts'
import { FailureNote } from './failure.tsx'
import { TextField } from './field.tsx'
import css from './number-settings.module.css'

interface NumberField {
  /** Of the host's setting: a whole number. */
  readonly name: string
  readonly label: string
  readonly hint: string
}

/** Numbers among the host's settings, saved together. */
export function NumberSettings({ fields }: { readonly fields: readonly NumberField[] }) {
  const { t, i18n } = useTranslation()
  const settings = useSettings()
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const { busy, failure, run } = useCall()
  if (settings === undefined) return null

  const shown = (name: string): string => typed[name] ?? String(numberOf(settings, name))
  const wrong = fields.some(({ name }) => !fits(shown(name), settings, name))
  const changed = fields.filter(({ name }) => shown(name).trim() !== String(numberOf(settings, name)))

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (wrong) return
    const values = Object.fromEntries(changed.map(({ name }) => [name, Number(shown(name))]))
    if (await run(() => saveSettings(values))) setTyped({})
  }

  return (
    <form className={css.form} onSubmit={save}>
      {fields.map(({ name, label, hint }) => {
        const range = settings.ranges[name]
        const fixed = settings.fixed.some((other) => other === name)
        const standard = Number(settings.defaults[name]).toLocaleString(i18n.language)
        return (
          <TextField
            key={name}
            label={label}
            hint={`${hint} ${fixed ? t('setting.fixed') : t('setting.standard', { value: standard })}`}
            error={
              range !== undefined && !fits(shown(name), settings, name)
                ? t('setting.range', {
                    min: range.min.toLocaleString(i18n.language),
                    max: range.max.toLocaleString(i18n.language),
                  })
                : undefined
            }
            inputMode="numeric"
            autoComplete="off"
            disabled={fixed}
            value={shown(name)}
            onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
          />
        )
      })}
      <FailureNote failure={failure} />
      <div className={css.buttons}>
        <Button type="submit" look="primary" busy={busy} disabled={changed.length === 0 || wrong}>
          {t('action.save')}
        </Button>
      </div>
    </form>
  )
}

function fits(text: string, settings: SettingsView, name: string): boolean {
  const range = settings.ranges[name]
  if (!/^\d{1,15}$/.test(text.trim())) return false
  return range === undefined || (Number(text) >= range.min && Number(text) <= range.max)
}
