import type { Log, LogFields } from '../../core/env/env.ts'
import type { Randomness } from './random.ts'
import type { ScheduledTask } from './schedule.ts'

/** One life of a host, from its start to its crash. Nothing of a dead machine ever runs again. */
export interface Machine {
  readonly name: string
  /** Counts the lives of this host, from 1. */
  readonly life: number
  alive: boolean
  readonly random: Randomness
  /** Runs `task` on this machine, `delay` milliseconds from now, if it still lives then. */
  after(delay: number, task: () => void): ScheduledTask
  /**
   * Called at each use of the Env: the points at which a machine can be told to crash. False where it is dead: what
   * it wanted to do must have no effect.
   */
  touch(): boolean
}

/** What happened in a world, in order; equal for equal seeds. */
export interface Trace {
  note(machine: string, what: string, detail?: string | Uint8Array): void
  /** Of everything noted so far. */
  digest(): string
  readonly recent: readonly string[]
}

export interface LogLine {
  readonly time: number
  readonly host: string
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: LogFields
}

export function capturingLog(write: (line: Omit<LogLine, 'time' | 'host'>) => void, own: LogFields = {}): Log {
  const at = (level: LogLine['level']) => (event: string, fields?: LogFields) =>
    write({ level, event, fields: { ...own, ...fields } })
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => capturingLog(write, { ...own, ...fields }),
  }
}
