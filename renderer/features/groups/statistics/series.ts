import type { StatisticsPoint } from '../../../../core/host/contract/types.ts'

/** What can be drawn over time. */
export const SERIES = ['members', 'writers', 'messages', 'moves', 'prompt', 'waiting'] as const
export type SeriesName = (typeof SERIES)[number]

export interface Line {
  /** Key of its name in the texts. */
  readonly name: 'members' | 'writers' | 'messages' | 'joined' | 'gone' | 'prompt' | 'waiting'
  /** Undefined where nothing is known. */
  readonly value: (point: StatisticsPoint) => number | undefined
}

export interface Shape {
  readonly lines: readonly Line[]
  /** Levels are lines, amounts of a step are bars. */
  readonly kind: 'line' | 'bars'
  readonly unit: 'count' | 'percent'
}

export const SHAPES: Readonly<Record<SeriesName, Shape>> = {
  members: { kind: 'line', unit: 'count', lines: [{ name: 'members', value: ({ members }) => members }] },
  writers: { kind: 'bars', unit: 'count', lines: [{ name: 'writers', value: ({ writers }) => writers }] },
  messages: { kind: 'bars', unit: 'count', lines: [{ name: 'messages', value: ({ messages }) => messages }] },
  moves: {
    kind: 'bars',
    unit: 'count',
    lines: [
      { name: 'joined', value: ({ joined }) => joined },
      { name: 'gone', value: ({ gone }) => -gone },
    ],
  },
  prompt: { kind: 'line', unit: 'percent', lines: [{ name: 'prompt', value: promptShare }] },
  waiting: { kind: 'line', unit: 'count', lines: [{ name: 'waiting', value: ({ waiting }) => waiting }] },
}

/** Of own messages; undefined where none was sent. */
export function promptShare({ sent, prompt }: { readonly sent: number; readonly prompt: number }): number | undefined {
  return sent === 0 ? undefined : prompt / sent
}

export function valueText(value: number | undefined, unit: Shape['unit'], language: string): string {
  if (value === undefined) return '–'
  return unit === 'percent'
    ? value.toLocaleString(language, { style: 'percent', maximumFractionDigits: 1 })
    : value.toLocaleString(language)
}

/** A step's time, as precise as the step. */
export function stepText(at: number, step: number, language: string): string {
  const hourly = step < 86_400_000
  return new Date(at).toLocaleString(language, {
    day: 'numeric',
    month: 'short',
    ...(hourly ? { hour: '2-digit', minute: '2-digit' } : { timeZone: 'UTC' }),
  })
}
