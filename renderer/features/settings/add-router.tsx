import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { useCall } from '../../ui/call.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { TextField } from '../../ui/field.tsx'
import css from './settings.module.css'
import { useRouterTest } from './use-router-test.ts'

interface AddRouterProps {
  readonly add: (address: string) => Promise<void>
  readonly isKnown: (address: string) => boolean
}

/** A router of one's own, or of somebody one trusts: tested first, added where it passes. */
export function AddRouter({ add, isKnown }: AddRouterProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const address = text.trim()
  const test = useRouterTest(address)
  const adding = useCall()
  const known = address !== '' && isKnown(address)

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (address === '' || known || !(await test.start())) return
    if (await adding.run(() => add(address))) setText('')
  }

  return (
    <form className={css.apart} onSubmit={submit}>
      <TextField
        label={t('settings.routers.address')}
        hint={t('settings.routers.addressHint')}
        error={known ? t('settings.routers.known') : undefined}
        value={text}
        autoComplete="off"
        spellCheck={false}
        placeholder="smp://fingerprint@smp.example.org"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <FailureNote failure={test.failure ?? adding.failure} />
      <div className={css.buttons}>
        <Button type="submit" busy={test.busy || adding.busy} disabled={address === '' || known}>
          {t('settings.routers.testAndAdd')}
        </Button>
      </div>
    </form>
  )
}
