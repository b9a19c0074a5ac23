import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { GroupStatistics } from '../../../../core/host/contract/types.ts'
import './chart.css'
import { useShownTheme } from '../../../ui/theme.ts'
import { type SeriesName, SHAPES, type Shape, stepText, valueText } from './series.ts'
import css from './statistics.module.css'

interface ChartProps {
  readonly figures: GroupStatistics
  readonly series: SeriesName
  readonly language: string
}

/** One series over time. Whoever cannot see it has the table. */
export function Chart({ figures, series, language }: ChartProps) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const theme = useShownTheme()

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the theme
  useEffect(() => {
    const element = place.current
    if (element === null) return
    const shape = SHAPES[series]
    const names = shape.lines.map(({ name }) => t(`groups.statistics.line.${name}`))
    const options = optionsOf(shape, t('groups.statistics.line.time'), names, figures.step, language, element)
    const chart = new uPlot(options, dataOf(figures, shape), element)
    const observer = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: element.clientHeight - legendHeight(element) }),
    )
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [figures, series, language, t, theme])

  return <div ref={place} className={css.chart} aria-hidden="true" />
}

/** Where nothing is pointed at, the legend tells the newest figures. */
function showNewest(chart: uPlot): void {
  if (chart.cursor.idx == null) chart.setLegend({ idx: chart.data[0].length - 1 }, false)
}

function legendHeight(element: HTMLElement): number {
  return element.querySelector('.u-legend')?.clientHeight ?? 0
}

function dataOf({ points }: GroupStatistics, { lines }: Shape): uPlot.AlignedData {
  return [points.map(({ at }) => at / 1000), ...lines.map(({ value }) => points.map((point) => value(point) ?? null))]
}

function optionsOf(
  shape: Shape,
  time: string,
  names: readonly string[],
  step: number,
  language: string,
  element: HTMLElement,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const strokes = [colour('accent'), colour('muted')]
  const font = `12px ${getComputedStyle(document.body).fontFamily}`
  const axis = { stroke: colour('muted'), font, ticks: { show: false } } as const
  const bars = uPlot.paths.bars?.({ size: [0.7, 28], radius: 0.2 })
  return {
    width: element.clientWidth,
    height: element.clientHeight - 28,
    padding: [12, 24, 0, 0],
    cursor: { y: false, points: { size: 8 } },
    legend: { live: true },
    hooks: { draw: [showNewest], setCursor: [showNewest] },
    tzDate: (seconds) => (step < 86_400_000 ? new Date(seconds * 1000) : uPlot.tzDate(new Date(seconds * 1000), 'UTC')),
    scales: { y: { range: (_chart, min, max) => rangeOf(shape, min, max) } },
    axes: [
      {
        ...axis,
        size: 32,
        grid: { show: false },
        values: (_chart, ticks) => ticks.map((at) => tickText(at, step, language)),
        space: 64,
      },
      {
        ...axis,
        size: 56,
        grid: { stroke: colour('border'), width: 1 },
        values: (_chart, ticks) =>
          ticks.map((value) =>
            shape.unit === 'count' && !Number.isInteger(value) ? '' : valueText(Math.abs(value), shape.unit, language),
          ),
      },
    ],
    series: [
      { label: time, value: (_chart, at) => (at === null ? '–' : stepText(at * 1000, step, language)) },
      ...names.map((label, index) => ({
        label,
        stroke: strokes[index] ?? strokes[0]!,
        width: 2,
        spanGaps: false,
        // Tokens are written as #rrggbb: two more digits are the opacity.
        fill: `${strokes[index]}${shape.kind === 'bars' ? 'c0' : '20'}`,
        ...(shape.kind === 'bars' ? { points: { show: false } } : {}),
        ...(shape.kind === 'bars' && bars !== undefined ? { paths: bars, width: 0 } : {}),
        value: (_chart: uPlot, value: number | null) =>
          valueText(value === null ? undefined : Math.abs(value), shape.unit, language),
      })),
    ],
  }
}

/** Amounts begin at zero; levels show their movement without exaggerating it. */
function rangeOf({ kind, unit }: Shape, min: number | null, max: number | null): [number, number] {
  if (unit === 'percent') return [0, 1]
  const [low, high] = [min ?? 0, max ?? 0]
  if (kind === 'bars') return [Math.min(0, low), Math.max(4, high * 1.05)]
  const room = Math.max(2, (high - low) * 0.2, high * 0.02)
  return [Math.max(0, Math.floor(low - room)), Math.ceil(high + room)]
}

function tickText(seconds: number, step: number, language: string): string {
  const date = new Date(seconds * 1000)
  if (step >= 86_400_000) return date.toLocaleDateString(language, { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const midnight = date.getHours() === 0 && date.getMinutes() === 0
  return midnight
    ? date.toLocaleDateString(language, { day: 'numeric', month: 'short' })
    : date.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' })
}
