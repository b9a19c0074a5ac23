import { ShieldAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../state/api.ts'
import { useInstance } from '../state/instance.ts'
import { Button } from './button.tsx'
import { Confirm } from './confirm.tsx'
import css from './held-note.module.css'

/** A restored or copied host that must not run beside the other one: what happened, what is safe, what to do. */
export function HeldNote() {
  const { t, i18n } = useTranslation()
  const instance = useInstance()
  const [asking, setAsking] = useState(false)
  const held = instance?.held
  const other = instance?.otherAt
  const offered = held !== undefined && held !== 'checking' && held !== 'running'
  return (
    <div role="status">
      {held !== undefined && (
        <div className={css.note}>
          <ShieldAlert size={20} aria-hidden="true" />
          <p>
            <strong>{t('backup.held.title')}</strong> {t(`backup.held.${held}`)}{' '}
            {other !== undefined &&
              t('backup.held.other', {
                time: new Date(other).toLocaleString(i18n.language, { dateStyle: 'medium', timeStyle: 'short' }),
              })}
          </p>
          {offered && <Button onClick={() => setAsking(true)}>{t('backup.held.take')}</Button>}
        </div>
      )}
      <Confirm
        title={t('backup.held.takeTitle')}
        open={asking}
        onClose={() => setAsking(false)}
        action={t('backup.held.takeAction')}
        run={() => api().instance.takeOver({})}
      >
        <p>{t('backup.held.takeText')}</p>
      </Confirm>
    </div>
  )
}
