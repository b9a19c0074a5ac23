import pino from 'pino'
import type { Log, LogFields } from '../env/env.ts'
import { realClock } from '../env/real.ts'
import { openLogFile } from './log-file.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogOptions {
  readonly level: LogLevel
  /** File to append to (log-file.ts); standard error without it. Errors: usage `configuration`. */
  readonly file?: string
}

export interface HostLog extends Log {
  /** Takes effect at once, for children too. */
  setLevel(level: LogLevel): void
  /** The latest warnings and errors, oldest first, whatever the level. */
  recent(): readonly LoggedWarning[]
}

export interface LoggedWarning {
  readonly at: number
  readonly level: 'warn' | 'error'
  readonly event: string
  readonly fields: LogFields
}

const RECENT = 100

/** Structured log: one JSON object a line with `level`, `time` (ISO 8601), `event` and fields. */
export function createLog(options: LogOptions): HostLog {
  let level = options.level
  const recent: LoggedWarning[] = []
  const destination = options.file === undefined ? pino.destination({ dest: 2, sync: true }) : openLogFile(options.file)
  const root = pino(
    {
      level: 'debug',
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  function wants(wanted: LogLevel): boolean {
    return LOG_LEVELS.indexOf(wanted) >= LOG_LEVELS.indexOf(level)
  }
  function keep(kind: LoggedWarning['level'], event: string, fields: LogFields): void {
    recent.push({ at: realClock.now(), level: kind, event, fields })
    if (recent.length > RECENT) recent.shift()
  }
  function over(logger: pino.Logger, given: LogFields = {}): Log {
    return {
      debug: (event, fields) => void (wants('debug') && logger.debug(scrub(fields), event)),
      info: (event, fields) => void (wants('info') && logger.info(scrub(fields), event)),
      warn(event, fields) {
        const clean = scrub(fields)
        keep('warn', event, { ...given, ...clean })
        if (wants('warn')) logger.warn(clean, event)
      },
      error(event, fields) {
        const clean = scrub(fields)
        keep('error', event, { ...given, ...clean })
        if (wants('error')) logger.error(clean, event)
      },
      child: (fields) => over(logger.child(scrub(fields)), { ...given, ...scrub(fields) }),
    }
  }
  return {
    ...over(root),
    setLevel: (wanted) => {
      level = wanted
    },
    recent: () => [...recent],
  }
}

/** Links and router addresses with a password; whoever has one has what it protects. */
const SECRET = /simplex:\/|\/[acgir]#[A-Za-z0-9_-]{20}|smp:\/\/[^@\s/]+:[^@\s/]+@/
const LONGEST_FIELD = 300

/** The second line of defence behind the rule that nobody logs secrets: what looks like one is taken out. */
function scrub(fields: LogFields = {}): LogFields {
  const clean: Record<string, LogFields[string]> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== 'string') clean[name] = value
    else if (SECRET.test(value)) clean[name] = '[withheld]'
    else clean[name] = value.length > LONGEST_FIELD ? `${value.slice(0, LONGEST_FIELD)}…` : value
  }
  return clean
}
