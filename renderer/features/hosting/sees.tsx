import { Eye, EyeOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import css from './hosting.module.css'

const SEES = ['messages', 'profiles', 'times'] as const
const NOT = ['write', 'change', 'where', 'else'] as const

/** What whoever runs a super-peer can learn and do, said plainly. */
export function Sees() {
  const { t } = useTranslation()
  return (
    <section className={css.section} aria-label={t('serve.sees.title')}>
      <h2>{t('serve.sees.title')}</h2>
      <div className={css.sees}>
        <div>
          <h3>
            <Eye size={18} aria-hidden="true" /> {t('serve.sees.can')}
          </h3>
          <ul>
            {SEES.map((text) => (
              <li key={text} className={css.point}>
                {t(`serve.sees.seen.${text}`)}
              </li>
            ))}
          </ul>
        </div>
        <div>
          <h3>
            <EyeOff size={18} aria-hidden="true" /> {t('serve.sees.cannot')}
          </h3>
          <ul>
            {NOT.map((text) => (
              <li key={text} className={css.point}>
                {t(`serve.sees.not.${text}`)}
              </li>
            ))}
          </ul>
        </div>
      </div>
      <p className={css.muted}>{t('serve.sees.withhold')}</p>
    </section>
  )
}
