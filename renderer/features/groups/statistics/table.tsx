import { useTranslation } from 'react-i18next'
import type { GroupStatistics } from '../../../../core/host/contract/types.ts'
import { type SeriesName, SHAPES, stepText, valueText } from './series.ts'
import css from './statistics.module.css'

interface TableProps {
  readonly figures: GroupStatistics
  readonly series: SeriesName
}

/** The same figures to read, newest first. */
export function Table({ figures, series }: TableProps) {
  const { t, i18n } = useTranslation()
  const { lines, unit } = SHAPES[series]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className={css.scroll} tabIndex={0}>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{t('groups.statistics.time')}</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col">
                {t(`groups.statistics.line.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.points.toReversed().map((point) => (
            <tr key={point.at}>
              <th scope="row">{stepText(point.at, figures.step, i18n.language)}</th>
              {lines.map(({ name, value }) => {
                const shown = value(point)
                return (
                  <td key={name}>
                    {valueText(shown === undefined ? undefined : Math.abs(shown), unit, i18n.language)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
