import { ArrowLeft } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'wouter'
import css from './page.module.css'

interface PageProps {
  readonly title: string
  /** Where «back» leads; absent where the rail is the way out. */
  readonly back?: string
  readonly actions?: ReactNode
  /** The narrow column of the wizard, joining and first run. */
  readonly narrow?: boolean
  /** The content fills the screen below the title and scrolls by itself. */
  readonly fill?: boolean
  readonly children: ReactNode
}

/** A screen with a title, its own scrolling and one column. */
export function Page({ title, back, actions, narrow = false, fill = false, children }: PageProps) {
  const { t } = useTranslation()
  return (
    <main className={css.page} aria-labelledby="page-title">
      <header className={css.header}>
        {back !== undefined && (
          <Link href={back} className={css.back} aria-label={t('action.back')} title={t('action.back')}>
            <ArrowLeft size={18} aria-hidden="true" />
          </Link>
        )}
        <h1 id="page-title">{title}</h1>
        <div className={css.actions}>{actions}</div>
      </header>
      {fill ? (
        <div className={css.fill}>{children}</div>
      ) : (
        <div className={css.scroll}>
          <div className={narrow ? css.narrow : css.column}>{children}</div>
        </div>
      )}
    </main>
  )
}

interface SectionProps {
  readonly title: string
  readonly hint?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A titled card on a page. */
export function Section({ title, hint, actions, children }: SectionProps) {
  return (
    <section className={css.section} aria-label={title}>
      <div className={css.sectionHead}>
        <h2>{title}</h2>
        {actions}
      </div>
      {hint !== undefined && <p className={css.hint}>{hint}</p>}
      <div className={css.card}>{children}</div>
    </section>
  )
}

interface EmptyProps {
  readonly icon: ReactNode
  readonly title: string
  readonly text: string
  readonly action?: ReactNode
}

/** Teaches one thing and offers one action. */
export function Empty({ icon, title, text, action }: EmptyProps) {
  return (
    <div className={css.empty}>
      <span className={css.emptyIcon} aria-hidden="true">
        {icon}
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  )
}
