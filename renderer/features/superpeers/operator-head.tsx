import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { OperatorView } from '../../../core/host/contract/types.ts'
import { Avatar } from '../../ui/avatar.tsx'
import css from './super-peer-row.module.css'

/** Who an operator is. */
export function OperatorHead({ operator, actions }: { readonly operator: OperatorView; readonly actions: ReactNode }) {
  const { i18n } = useTranslation()
  const about = operator.about[i18n.resolvedLanguage ?? 'en'] ?? operator.about.en
  return (
    <div className={css.operator}>
      <Avatar name={operator.name} image={operator.image} size={40} />
      <div className={css.text}>
        <h2>{operator.name}</h2>
        {about !== undefined && <p className={css.about}>{about}</p>}
      </div>
      {actions}
    </div>
  )
}
