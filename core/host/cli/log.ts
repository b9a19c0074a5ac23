import { HearthError } from '../../codec/error.ts'
import { createLog, type HostLog, LOG_LEVELS, type LogLevel } from '../log.ts'

/** A log on standard error at the level that the command line asks for. Errors: usage `log-level`. */
export function openLog(level: string): HostLog {
  if (!(LOG_LEVELS as readonly string[]).includes(level)) {
    throw new HearthError('usage', 'log-level', `"${level}" is no log level: ${LOG_LEVELS.join(', ')}`)
  }
  return createLog({ level: level as LogLevel })
}
