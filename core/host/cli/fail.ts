/** Says in words what went wrong, and ends the process with code 1. */
export async function fail(error: unknown): Promise<never> {
  const { HearthError } = await import('../../codec/error.ts')
  const known = error instanceof HearthError
  process.stderr.write(`hearth: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
