import { TrendingDown, TrendingUp } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { GroupStatistics } from '../../../../core/host/contract/types.ts'
import { agoText } from '../../../ui/duration.ts'
import { useNow } from '../../chats/now.ts'
import { promptShare, type SeriesName, valueText } from './series.ts'
import css from './statistics.module.css'

interface TilesProps {
  readonly figures: GroupStatistics
  readonly series: SeriesName
  readonly onSeries: (series: SeriesName) => void
}

/** The four figures that say most; each leads to its chart. */
export function Tiles({ figures, series, onSeries }: TilesProps) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { language } = i18n
  const { members, writers, waiting, before, points } = figures
  const sum = (value: (point: GroupStatistics['points'][number]) => number): number =>
    points.reduce((total, point) => total + value(point), 0)
  const messages = sum((point) => point.messages)
  const share = promptShare({ sent: sum(({ sent }) => sent), prompt: sum(({ prompt }) => prompt) })
  const tile = (name: SeriesName, value: string, note: ReactNode) => (
    <Tile
      title={t(`groups.statistics.tile.${name}`)}
      value={value}
      note={note}
      pressed={series === name}
      onPress={() => onSeries(name)}
    />
  )
  return (
    <div className={css.tiles}>
      {tile('members', valueText(members, 'count', language), <Trend now={members} before={before?.members} />)}
      {tile(
        'writers',
        valueText(writers, 'count', language),
        t('groups.statistics.messages', { count: messages, shown: messages.toLocaleString(language) }),
      )}
      {tile(
        'prompt',
        valueText(share, 'percent', language),
        t(share === undefined ? 'groups.statistics.nothingSent' : 'groups.statistics.yourMessages'),
      )}
      {tile(
        'waiting',
        valueText(waiting.events, 'count', language),
        waiting.oldest === undefined
          ? t('groups.statistics.nothingWaits')
          : t('groups.statistics.oldest', { ago: agoText(waiting.oldest, Math.max(now, waiting.oldest), language) }),
      )}
    </div>
  )
}

interface TileProps {
  readonly title: string
  readonly value: string
  readonly note: ReactNode
  readonly pressed: boolean
  readonly onPress: () => void
}

function Tile({ title, value, note, pressed, onPress }: TileProps) {
  return (
    <button type="button" className={css.tile} aria-pressed={pressed} onClick={onPress}>
      <span className={css.tileTitle}>{title}</span>
      <span className={css.tileValue}>{value}</span>
      <span className={css.tileNote}>{note}</span>
    </button>
  )
}

/** The change since the beginning of the range. */
function Trend({ now, before }: { readonly now: number; readonly before: number | undefined }) {
  const { t, i18n } = useTranslation()
  if (before === undefined) return <>{t('groups.statistics.sinceStart')}</>
  const change = now - before
  const Icon = change < 0 ? TrendingDown : TrendingUp
  const text = change.toLocaleString(i18n.language, { signDisplay: 'exceptZero' })
  return (
    <>
      {change !== 0 && <Icon size={14} aria-hidden="true" />} {t('groups.statistics.change', { change: text })}
    </>
  )
}
