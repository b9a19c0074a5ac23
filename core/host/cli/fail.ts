/** By these a supervisor knows whether starting again can help; the numbers are those of sysexits.h. */
const EXIT_CODES: Readonly<Record<string, number>> = { newer: 65, locked: 75, configuration: 78 }

/** Says in words what went wrong, and ends the process with code 1 or that of the error. */
export async function fail(error: unknown): Promise<never> {
  const { HearthError } = await import('../../codec/error.ts')
  const known = error instanceof HearthError
  process.stderr.write(`hearth: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit((known ? EXIT_CODES[error.code] : undefined) ?? 1)
}
