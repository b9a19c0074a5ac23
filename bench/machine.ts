import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'

/** Where and with what a benchmark ran: printed with every result. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryMB: number
  readonly versions: Readonly<Record<string, string>>
}

export function machine(): Machine {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMB: Math.round(totalmem() / 1_048_576),
    versions: {
      hearth: version,
      node: process.versions.node,
      openssl: process.versions.openssl,
      platform: `${process.platform} ${process.arch}`,
    },
  }
}
