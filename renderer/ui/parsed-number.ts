/** A number as people write it, with a point or a comma; undefined where it is none. */
export function parsedNumber(text: string): number | undefined {
  const trimmed = text.trim().replace(',', '.')
  return /^\d+(\.\d*)?$/.test(trimmed) ? Number(trimmed) : undefined
}
