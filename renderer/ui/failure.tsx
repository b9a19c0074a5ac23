import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Failure } from '../host/errors.ts'
import { Button } from './button.tsx'
import css from './failure.module.css'

interface FailureProps {
  readonly failure: Failure | undefined
  readonly onRetry?: (() => void) | undefined
}

/** What went wrong, at the place where it did. */
export function FailureNote({ failure, onRetry }: FailureProps) {
  const { t } = useTranslation()
  if (failure === undefined) return null
  return (
    <div className={css.failure} role="alert">
      <TriangleAlert size={18} aria-hidden="true" />
      <span>{failure.text}</span>
      {onRetry !== undefined && (
        <Button look="quiet" onClick={onRetry}>
          {t('action.retry')}
        </Button>
      )}
    </div>
  )
}
