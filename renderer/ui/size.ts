const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** "812 B", "12.4 MiB": binary units. */
export function sizeText(bytes: number, language: string): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit > 0 && value < 100 ? 1 : 0
  return `${value.toLocaleString(language, { maximumFractionDigits: digits })} ${UNITS[unit]}`
}
