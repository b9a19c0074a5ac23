import { useTranslation } from 'react-i18next'
import { FailureNote } from '../../ui/failure.tsx'
import css from './backup.module.css'
import type { BackupWork } from './use-backup-work.ts'

/** How far the work is, or why it ended. */
export function Steps({ work }: { readonly work: BackupWork }) {
  const { t, i18n } = useTranslation()
  const { step, failure, busy } = work
  const share = step === undefined || step.total === 0 ? undefined : Math.min(1, step.done / step.total)
  return (
    <>
      {busy && (
        <div className={css.progress}>
          <span id="backup-step" role="status">
            {t(`backup.step.${step?.step ?? 'begin'}`)}
          </span>
          <span className={css.muted}>{share?.toLocaleString(i18n.language, { style: 'percent' })}</span>
          <progress aria-labelledby="backup-step" max={1} value={share} />
        </div>
      )}
      <FailureNote failure={failure} />
    </>
  )
}
