import type { GroupStatistics } from '../../../../core/host/contract/types.ts'

const COLUMNS = ['members', 'writers', 'messages', 'joined', 'gone', 'sent', 'prompt', 'waiting'] as const

/** One line for each step, times in UTC; empty where nothing is known. */
export function csvOf({ points }: GroupStatistics): string {
  const lines = points.map((point) =>
    [new Date(point.at).toISOString(), ...COLUMNS.map((name) => point[name] ?? '')].join(','),
  )
  return [['time', ...COLUMNS].join(','), ...lines, ''].join('\r\n')
}
