import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './settings.module.css'

/** What the build wrote (build/licences.ts). */
interface Collected {
  readonly packages: readonly {
    readonly name: string
    readonly version: string
    readonly licence: string
    readonly homepage?: string
    readonly text?: number
  }[]
  readonly texts: readonly string[]
}

/** Every package of others with its licence. */
export function Licences() {
  const { t } = useTranslation()
  const [collected, setCollected] = useState<Collected>()
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    fetch('/licences.json')
      .then((response) => response.json() as Promise<Collected>)
      .then(setCollected)
      .catch(() => setFailed(true))
  }, [])
  if (failed) return <p className={css.muted}>{t('settings.about.noLicences')}</p>
  return (
    <ul className={css.rows}>
      {collected?.packages.map(({ name, version, licence, homepage, text }) => (
        <li key={`${name}@${version}`}>
          <details className={css.details}>
            <summary>
              {name} <span className={css.muted}>{`${version} · ${licence}`}</span>
            </summary>
            {homepage !== undefined && <p className={css.note}>{homepage}</p>}
            {text !== undefined && <pre>{collected.texts[text]}</pre>}
          </details>
        </li>
      ))}
    </ul>
  )
}
