import { useTranslation } from 'react-i18next'
import { useNarrow } from '../../ui/narrow.ts'
import { Page } from '../../ui/page.tsx'
import css from './backup.module.css'
import { BackupFiles } from './backup-files.tsx'
import { CheckBackup } from './check-backup.tsx'
import { MakeBackup } from './make-backup.tsx'
import { Passphrase } from './passphrase.tsx'
import { Schedule } from './schedule.tsx'
import { useBackups } from './use-backups.ts'

/** Everything about backups of this host. */
export function Backup() {
  const { t } = useTranslation()
  const narrow = useNarrow()
  const { status, refresh } = useBackups()
  return (
    <Page title={t('settings.backup.title')} narrow {...(narrow ? { back: '/settings' } : {})}>
      <p className={css.muted}>{t('backup.lead')}</p>
      {status !== undefined && (
        <>
          {status.passphraseSince === undefined ? (
            <Passphrase since={undefined} onSet={refresh} />
          ) : (
            <>
              <MakeBackup status={status} onMade={refresh} />
              <BackupFiles files={status.files} folder={status.folder} />
            </>
          )}
          <CheckBackup files={status.files} />
          {status.passphraseSince !== undefined && (
            <>
              <Schedule onSaved={refresh} />
              <Passphrase since={status.passphraseSince} onSet={refresh} />
            </>
          )}
        </>
      )}
    </Page>
  )
}
