import { ChartColumn, Table } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SuperPeerStatistics } from '../../../core/host/contract/types.ts'
import { IconButton } from '../../ui/button.tsx'
import { useSecond } from '../../ui/second.ts'
import css from './hours.module.css'

type Hour = SuperPeerStatistics['hours'][number]

const HOUR = 3600_000
const COUNT = 24

/** Deliveries of the last 24 hours, hour by hour, as columns or as a table. */
export function Hours({ hours }: { readonly hours: readonly Hour[] | undefined }) {
  const { t } = useTranslation()
  const [table, setTable] = useState(false)
  const now = useSecond()
  const all = filled(hours ?? [], now)
  return (
    <section className={css.hours} aria-label={t('serve.hours.title')}>
      <div className={css.head}>
        <h2>{t('serve.hours.title')}</h2>
        <IconButton
          label={t(table ? 'serve.hours.chart' : 'serve.hours.table')}
          icon={table ? <ChartColumn size={18} aria-hidden="true" /> : <Table size={18} aria-hidden="true" />}
          onClick={() => setTable(!table)}
        />
      </div>
      {table ? <HoursTable hours={all} /> : <Columns hours={all} />}
    </section>
  )
}

function Columns({ hours }: { readonly hours: readonly Hour[] }) {
  const { t, i18n } = useTranslation()
  const most = Math.max(1, ...hours.map(({ forwarded }) => forwarded))
  const sum = hours.reduce((total, { forwarded }) => total + forwarded, 0)
  const time = (at: number): string => new Date(at).toLocaleTimeString(i18n.language, { hour: 'numeric' })
  return (
    <figure className={css.figure}>
      <div
        className={css.columns}
        role="img"
        aria-label={t('serve.hours.summary', { number: sum.toLocaleString(i18n.language) })}
      >
        {hours.map(({ at, forwarded }) => (
          <span
            key={at}
            className={css.column}
            title={`${time(at)}: ${forwarded.toLocaleString(i18n.language)}`}
            data-empty={forwarded === 0}
            style={{ height: `${Math.max(2, (forwarded / most) * 100)}%` }}
          />
        ))}
      </div>
      <figcaption className={css.axis}>
        <span>{t('serve.hours.ago')}</span>
        <span>
          {sum === 0 ? t('serve.hours.nothing') : t('serve.hours.most', { number: most.toLocaleString(i18n.language) })}
        </span>
        <span>{t('serve.hours.now')}</span>
      </figcaption>
    </figure>
  )
}

const FIGURES = ['received', 'forwarded', 'joined', 'gone', 'refused'] as const

function HoursTable({ hours }: { readonly hours: readonly Hour[] }) {
  const { t, i18n } = useTranslation()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls, so the keyboard must reach it
    <section className={css.scroll} tabIndex={0} aria-label={t('serve.hours.title')}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('serve.hours.hour')}</th>
            {FIGURES.map((name) => (
              <th key={name} scope="col">
                {t(`serve.hours.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hours.toReversed().map((hour) => (
            <tr key={hour.at}>
              <th scope="row">
                {new Date(hour.at).toLocaleString(i18n.language, {
                  weekday: 'short',
                  hour: 'numeric',
                  minute: '2-digit',
                })}
              </th>
              {FIGURES.map((name) => (
                <td key={name}>{hour[name].toLocaleString(i18n.language)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The host leaves out hours in which nothing happened. */
function filled(hours: readonly Hour[], now: number): readonly Hour[] {
  const last = Math.floor(now / HOUR)
  return Array.from({ length: COUNT }, (_, index) => {
    const at = (last - COUNT + 1 + index) * HOUR
    return (
      hours.find((hour) => hour.at === at) ?? {
        at,
        received: 0,
        forwarded: 0,
        bytes: 0,
        refused: 0,
        joined: 0,
        gone: 0,
        missed: 0,
      }
    )
  })
}
