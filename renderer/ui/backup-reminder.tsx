import { Archive, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'wouter'
import { api } from '../state/api.ts'
import { useHost } from '../state/host.ts'
import { setPreferences, usePreferences } from '../state/preferences.ts'
import css from './backup-reminder.module.css'
import { IconButton } from './button.tsx'

const WEEK = 7 * 86_400_000
const PAGE = '/settings/backup'

/** Once there is a group whose keys could be lost, and no backup: says so, until it is made or put off for a week. */
export function BackupReminder() {
  const { t } = useTranslation()
  const [location] = useLocation()
  const owns = useHost((state) =>
    [...state.groups.values()].some((group) => group.part === 'owner' && group.status === 'active'),
  )
  const putOff = usePreferences((preferences) => preferences.backupPutOff)
  const missing = useNoBackup(owns, location)
  if (!missing || location === PAGE || Date.now() - putOff < WEEK) return null
  return (
    <aside className={css.note} aria-label={t('backup.reminder.label')}>
      <Archive size={18} aria-hidden="true" />
      <p>{t('backup.reminder.text')}</p>
      <Link href={PAGE}>{t('backup.reminder.action')}</Link>
      <IconButton
        label={t('backup.reminder.later')}
        icon={<X size={18} aria-hidden="true" />}
        onClick={() => setPreferences({ backupPutOff: Date.now() })}
      />
    </aside>
  )
}

/** Looked for anew after each visit to another page: the backup may have been made there. */
function useNoBackup(wanted: boolean, location: string): boolean {
  const online = useHost((state) => state.connection === 'online')
  const onPage = location === PAGE
  const [missing, setMissing] = useState(false)
  useEffect(() => {
    if (!wanted || !online || onPage) return
    let ended = false
    api()
      .backup.status()
      .then(({ passphraseSince, files }) => {
        if (!ended) setMissing(passphraseSince === undefined && files.length === 0)
      })
      .catch(() => {
        // With the next connection.
      })
    return () => {
      ended = true
    }
  }, [wanted, online, onPage])
  return wanted && missing
}
