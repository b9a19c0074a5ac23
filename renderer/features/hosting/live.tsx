import { useTranslation } from 'react-i18next'
import { lengthText } from '../../ui/duration.ts'
import { sizeText } from '../../ui/size.ts'
import { Tile, Tiles } from '../../ui/tiles.tsx'
import css from './hosting.module.css'
import type { Figures } from './use-figures.ts'

/** What the super-peer is doing right now. */
export function Live({ figures }: { readonly figures: Figures | undefined }) {
  const { t, i18n } = useTranslation()
  const number = (value: number, digits = 0): string =>
    value.toLocaleString(i18n.language, { maximumFractionDigits: digits })
  const serving = figures?.serving
  const away = serving && serving.paused.quota + serving.paused.backlog + serving.paused.catchingUp
  const waiting = serving && serving.tasks + serving.jobs.pending
  const rate = figures?.deliveriesPerSecond
  const share = figures?.processor
  return (
    <section className={css.section} aria-label={t('serve.live.title')}>
      <h2>{t('serve.live.title')}</h2>
      <Tiles>
        <Tile
          label={t('serve.live.connections')}
          value={serving && number(serving.connected)}
          detail={
            away === undefined
              ? undefined
              : away === 0
                ? t('serve.live.allHere')
                : t('serve.live.away', { count: away, number: number(away) })
          }
        />
        <Tile
          label={t('serve.live.rate')}
          value={rate === undefined ? undefined : number(rate, rate < 10 ? 1 : 0)}
          detail={serving && t('serve.live.total', { number: number(serving.forwarded) })}
        />
        <Tile
          label={t('serve.live.waiting')}
          value={waiting === undefined ? undefined : number(waiting)}
          detail={
            serving &&
            (waiting === 0
              ? t('serve.live.nothing')
              : t('serve.live.oldest', { time: lengthText(serving.lag, i18n.language) }))
          }
        />
        <Tile
          label={t('serve.live.kept')}
          value={serving && sizeText(serving.jobs.keptBytes, i18n.language)}
          detail={figures && t('serve.live.database', { size: sizeText(figures.status.databaseSize, i18n.language) })}
        />
        <Tile label={t('serve.live.memory')} value={figures && sizeText(figures.status.memory, i18n.language)} />
        <Tile
          label={t('serve.live.processor')}
          value={
            share === undefined
              ? undefined
              : share.toLocaleString(i18n.language, { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 })
          }
          detail={figures && t('serve.live.processors', { count: figures.status.processor.count })}
        />
      </Tiles>
    </section>
  )
}
