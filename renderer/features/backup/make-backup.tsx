import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackupStatus } from '../../../core/host/contract/backup.ts'
import { api } from '../../state/api.ts'
import { Button } from '../../ui/button.tsx'
import { StateChip } from '../../ui/chip.tsx'
import { agoText } from '../../ui/duration.ts'
import { FailureNote } from '../../ui/failure.tsx'
import { Switch, TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { useSecond } from '../../ui/second.ts'
import css from './backup.module.css'
import { Steps } from './steps.tsx'
import { Summary } from './summary.tsx'
import { useBackupWork } from './use-backup-work.ts'

/** The newest backup, when the next is due, and one more now. */
export function MakeBackup({ status, onMade }: { readonly status: BackupStatus; readonly onMade: () => void }) {
  const { t, i18n } = useTranslation()
  const now = useSecond()
  const [elsewhere, setElsewhere] = useState(false)
  const [path, setPath] = useState('')
  const [media, setMedia] = useState(true)
  const work = useBackupWork()
  const [newest] = status.files
  const when = (time: number): string =>
    new Date(time).toLocaleString(i18n.language, { dateStyle: 'medium', timeStyle: 'short' })

  async function make(event: FormEvent): Promise<void> {
    event.preventDefault()
    const target = elsewhere && path.trim() !== '' ? { path: path.trim() } : {}
    if (await work.run((signal) => api().backup.create({ ...target, media }, { signal }))) onMade()
  }

  return (
    <Section title={t('backup.make.title')}>
      <div className={css.state}>
        {newest === undefined ? (
          <StateChip tone={status.somethingToLose ? 'warning' : 'off'} text={t('backup.make.none')} />
        ) : (
          <StateChip
            tone="good"
            text={t('backup.make.newest', { ago: agoText(newest.createdAt, now, i18n.language) })}
          />
        )}
        {status.nextAt !== undefined && status.nextAt > now && (
          <span className={css.muted}>{t('backup.make.next', { time: when(status.nextAt) })}</span>
        )}
      </div>
      {status.failure !== undefined && (
        <FailureNote
          failure={{
            text: t('backup.make.failed', { time: when(status.failure.at), reason: status.failure.message }),
            temporary: true,
          }}
        />
      )}
      <form className={css.form} onSubmit={make}>
        <div>
          <Switch
            label={t('backup.make.media')}
            hint={t('backup.make.mediaHint')}
            checked={media}
            onChange={setMedia}
          />
          <Switch
            label={t('backup.make.elsewhere')}
            hint={t('backup.make.folder', { folder: status.folder })}
            checked={elsewhere}
            onChange={setElsewhere}
          />
        </div>
        {elsewhere && (
          <TextField
            label={t('backup.path')}
            hint={t('backup.pathHint')}
            value={path}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
        )}
        <Steps work={work} />
        {work.done !== undefined && (
          <div role="status" className={css.result}>
            <p>{t('backup.make.done', { path: work.done.path })}</p>
            <Summary summary={work.done.summary} />
          </div>
        )}
        <div className={css.buttons}>
          <Button type="submit" look="primary" busy={work.busy} disabled={elsewhere && path.trim() === ''}>
            {t('backup.make.now')}
          </Button>
          {work.busy && <Button onClick={work.cancel}>{t('action.cancel')}</Button>}
        </div>
      </form>
    </Section>
  )
}
