import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Redirect, useLocation } from 'wouter'
import { api } from '../../state/api.ts'
import { useHost } from '../../state/host.ts'
import { Button } from '../../ui/button.tsx'
import { Switch, TextField } from '../../ui/field.tsx'
import css from './backup.module.css'
import { Steps } from './steps.tsx'
import { Summary } from './summary.tsx'
import { useBackupWork } from './use-backup-work.ts'

/** A fresh host becomes the one that a backup came from. */
export function Restore() {
  const { t } = useTranslation()
  const [, navigate] = useLocation()
  const person = useHost((state) => state.profiles.some(({ superPeer }) => !superPeer))
  const [path, setPath] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [takeOver, setTakeOver] = useState(false)
  const work = useBackupWork()
  const begun = work.busy || work.done !== undefined
  // The host has started anew with what was restored.
  if (person) return <Redirect to="/chats" replace />

  async function restore(event: FormEvent): Promise<void> {
    event.preventDefault()
    await work.run((signal) => api().backup.restore({ path: path.trim(), passphrase, takeOver }, { signal }))
  }

  return (
    <main className={css.restore} aria-labelledby="restore-title">
      <form className={css.column} onSubmit={restore}>
        <h1 id="restore-title">{t('backup.restore.title')}</h1>
        <p className={css.muted}>{t('backup.restore.lead')}</p>
        <TextField
          label={t('backup.check.file')}
          hint={t('backup.pathHint')}
          value={path}
          disabled={begun}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        <TextField
          label={t('backup.check.passphrase')}
          type="password"
          value={passphrase}
          disabled={begun}
          autoComplete="current-password"
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
        <Switch
          label={t('backup.restore.takeOver')}
          hint={t('backup.restore.takeOverHint')}
          checked={takeOver}
          disabled={begun}
          onChange={setTakeOver}
        />
        <Steps work={work} />
        {work.done !== undefined && (
          <div role="status" className={css.result}>
            <Summary summary={work.done.summary} />
            <p>{t('backup.restore.done')}</p>
          </div>
        )}
        <div className={css.buttons}>
          <Button type="submit" look="primary" busy={begun} disabled={path.trim() === '' || passphrase === ''}>
            {t('backup.restore.action')}
          </Button>
          {!begun && <Button onClick={() => navigate('/welcome')}>{t('action.back')}</Button>}
        </div>
      </form>
    </main>
  )
}
