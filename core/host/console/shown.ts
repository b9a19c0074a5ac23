import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import { readIfPresent } from '../files.ts'

/**
 * Which message of each connection was shown last. A message is shown before its acknowledgement is committed, and
 * committing takes milliseconds; the record here is one write of a few bytes right after the line, so that a process
 * killed in between does not show the message again. It needs no fsync: it outlives the process, and after a failure
 * of the whole machine the message comes again, marked as repeated.
 */
export interface ShownRecord {
  has(conn: number, message: number): boolean
  add(conn: number, message: number): void
  close(): void
}

/** Lines in the file before it is written anew with one line for each connection. */
const COMPACT_AFTER = 10_000

export function openShownRecord(path: string): ShownRecord {
  const last = new Map<number, number>()
  for (const line of (readIfPresent(path) ?? '').split('\n')) {
    const match = /^(\d+) (\d+)$/.exec(line)
    if (match === null) continue
    const [conn, message] = [Number(match[1]), Number(match[2])]
    // Numbers only grow; a line that a kill cut off says less than the one before.
    last.set(conn, Math.max(message, last.get(conn) ?? 0))
  }
  let lines = 0
  let file = compact()

  function compact(): number {
    const fresh = `${path}.new`
    const target = openSync(fresh, 'w', 0o600)
    writeSync(target, [...last].map(([conn, message]) => `${conn} ${message}\n`).join(''))
    renameSync(fresh, path)
    lines = 0
    return target
  }

  return {
    has: (conn, message) => (last.get(conn) ?? -1) >= message,
    add(conn, message) {
      last.set(conn, message)
      writeSync(file, `${conn} ${message}\n`)
      lines += 1
      if (lines < COMPACT_AFTER) return
      closeSync(file)
      file = compact()
    },
    close: () => closeSync(file),
  }
}
