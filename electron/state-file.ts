import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** A small JSON object on disk that is read once and replaced as a whole. */
export interface StateFile<T extends object> {
  readonly value: T
  update(change: Partial<T>): T
}

/** What is missing or of another type than in `defaults` has its default; a damaged file counts as none. */
export function openStateFile<T extends object>(path: string, defaults: T): StateFile<T> {
  let value = merged(defaults, read(path))
  return {
    get value() {
      return value
    },
    update(change) {
      value = { ...value, ...change }
      write(path, value)
      return value
    },
  }
}

function read(path: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function merged<T extends object>(defaults: T, stored: Readonly<Record<string, unknown>>): T {
  const known = Object.entries(defaults).map(([name, byDefault]) => {
    const value = stored[name]
    const same = typeof value === typeof byDefault && Array.isArray(value) === Array.isArray(byDefault)
    return [name, same && value !== null ? value : byDefault]
  })
  return Object.fromEntries(known) as T
}

function write(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = `${path}.new`
  writeFileSync(fresh, `${JSON.stringify(value)}\n`, { mode: 0o600 })
  renameSync(fresh, path)
}
