import { RotateCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { api } from '../state/api.ts'
import { useSettings } from '../state/settings.ts'
import { Button } from './button.tsx'
import { useCall } from './call.ts'
import { FailureNote } from './failure.tsx'
import css from './restart-note.module.css'

/** Says that changed settings wait for a new start of the host, and offers it. */
export function RestartNote() {
  const { t } = useTranslation()
  const settings = useSettings()
  const { busy, failure, run } = useCall()
  const waiting = settings?.waitingForRestart.length ?? 0
  return (
    <div role="status" className={css.status}>
      {waiting > 0 && (
        <div className={css.note}>
          <RotateCw size={18} aria-hidden="true" />
          <span>{t('restart.text')}</span>
          <Button busy={busy} onClick={() => run(() => api().host.restart())}>
            {t('restart.now')}
          </Button>
        </div>
      )}
      <FailureNote failure={failure} />
    </div>
  )
}
