const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "now", "4 seconds ago", "2 hours ago"; from a day on the date. */
export function agoText(time: number, now: number, language: string): string {
  const passed = Math.max(0, now - time)
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'always', style: 'long' })
  if (passed < SECOND) return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(0, 'second')
  if (passed < MINUTE) return format.format(-Math.floor(passed / SECOND), 'second')
  if (passed < HOUR) return format.format(-Math.floor(passed / MINUTE), 'minute')
  if (passed < DAY) return format.format(-Math.floor(passed / HOUR), 'hour')
  return new Date(time).toLocaleDateString(language, { day: 'numeric', month: 'short', year: 'numeric' })
}

/** "0:07", "12:40", "3:05:12". */
export function stopwatch(duration: number): string {
  const seconds = Math.max(0, Math.floor(duration / SECOND))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** "81 ms", "1.2 seconds", "3 minutes", "2 hours": one unit that fits. */
export function lengthText(duration: number, language: string): string {
  const unit = (value: number, name: string, digits = 0): string =>
    value.toLocaleString(language, {
      style: 'unit',
      unit: name,
      unitDisplay: name === 'millisecond' ? 'short' : 'long',
      maximumFractionDigits: digits,
    })
  if (duration < SECOND) return unit(Math.round(duration), 'millisecond')
  if (duration < MINUTE) return unit(duration / SECOND, 'second', duration < 10 * SECOND ? 1 : 0)
  if (duration < HOUR) return unit(Math.round(duration / MINUTE), 'minute')
  if (duration < DAY) return unit(Math.round(duration / HOUR), 'hour')
  return unit(Math.round(duration / DAY), 'day')
}
