import { FileLock2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { BackupFile } from '../../../core/host/contract/backup.ts'
import { Section } from '../../ui/page.tsx'
import { sizeText } from '../../ui/size.ts'
import css from './backup.module.css'

/** The backups in the folder of scheduled ones, newest first. */
export function BackupFiles({ files, folder }: { readonly files: readonly BackupFile[]; readonly folder: string }) {
  const { t, i18n } = useTranslation()
  if (files.length === 0) return null
  return (
    <Section title={t('backup.files.title')} hint={t('backup.files.hint', { folder })}>
      <ul className={css.rows}>
        {files.map(({ path, name, size, createdAt }) => (
          <li key={path} className={css.row}>
            <FileLock2 size={18} aria-hidden="true" />
            <span className={css.text}>
              <span className={css.name}>{name}</span>
              <span className={css.muted}>
                {new Date(createdAt).toLocaleString(i18n.language, { dateStyle: 'medium', timeStyle: 'short' })} ·{' '}
                {sizeText(size, i18n.language)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
