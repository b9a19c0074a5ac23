import { ArrowLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import css from './conversation.module.css'

/** Back to the list, where list and conversation take turns. */
export function BackLink() {
  const { t } = useTranslation()
  return (
    <Link href="/chats" className={css.back} aria-label={t('action.back')} title={t('action.back')}>
      <ArrowLeft size={18} aria-hidden="true" />
    </Link>
  )
}
