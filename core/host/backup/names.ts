/** Names of backup files: their time in UTC, so that they sort by age. */
const PATTERN = /^hearth-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})\.backup$/

export function backupName(milliseconds: number): string {
  const [date, time] = new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  return `hearth-${date}-${time}.backup`
}

/** Milliseconds since 1970, or undefined where the file has a name of another kind. */
export function timeOfName(name: string): number | undefined {
  const match = PATTERN.exec(name)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time
}
