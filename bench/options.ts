import { parseArgs } from 'node:util'

/** Whole numbers and switches of a benchmark's command line, with their defaults. */
export function options<Defaults extends Readonly<Record<string, number | boolean | string>>>(
  args: readonly string[],
  defaults: Defaults,
): {
  readonly [Name in keyof Defaults]: Defaults[Name] extends number
    ? number
    : Defaults[Name] extends boolean
      ? boolean
      : string
} {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: Object.fromEntries(
      Object.entries(defaults).map(
        ([name, value]) => [name, { type: typeof value === 'boolean' ? 'boolean' : 'string' }] as const,
      ),
    ),
  })
  const result: Record<string, number | boolean | string> = { ...defaults }
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue
    result[name] = typeof defaults[name] === 'number' ? wholeNumber(name, String(value)) : (value as string | boolean)
  }
  return result as never
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} wants a whole number`)
  return value
}

/** Rounded so that a result reads well: three significant digits, all digits above a thousand. */
export function figure(value: number): number {
  return Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3))
}

export function figures<Name extends string>(values: Readonly<Record<Name, number>>): Record<Name, number> {
  const rounded = Object.entries<number>(values).map(([name, value]) => [name, figure(value)])
  return Object.fromEntries(rounded) as Record<Name, number>
}
