/** Times as people say them: relative under a day, dates beyond. All are milliseconds since 1970. */

export function clockTime(time: number, language: string): string {
  return new Date(time).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' })
}

/** For lists: the time today, the weekday within a week, the date before. */
export function shortTime(time: number, now: number, language: string): string {
  const days = daysBetween(time, now)
  if (days === 0) return clockTime(time, language)
  if (days < 7) return new Date(time).toLocaleDateString(language, { weekday: 'short' })
  return new Date(time).toLocaleDateString(language, { day: 'numeric', month: 'short', ...yearIf(time, now) })
}

/** For the lines between days. */
export function dayName(time: number, now: number, language: string): string {
  const days = daysBetween(time, now)
  if (days < 2)
    return capital(new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day'), language)
  return new Date(time).toLocaleDateString(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...yearIf(time, now),
  })
}

export function sameDay(a: number, b: number): boolean {
  return startOfDay(a) === startOfDay(b)
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0)
}

function daysBetween(time: number, now: number): number {
  return Math.max(0, Math.round((startOfDay(now) - startOfDay(time)) / 86_400_000))
}

function yearIf(time: number, now: number): { year?: 'numeric' } {
  return new Date(time).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' }
}

function capital(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1)
}
