import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../../core/host/log.ts'
import { openLogFile } from '../../../core/host/log-file.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-log-'))
  path = join(folder, 'host.log')
})
afterEach(() => rmSync(folder, { recursive: true }))

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}

test('begins a new file when it is full, keeps the one before, and goes on after a restart', () => {
  const all = Array.from({ length: 40 }, (_, index) => `line ${String(index).padStart(3, '0')}`)
  let log = openLogFile(path, 100)
  for (const [index, line] of all.entries()) {
    if (index === 25) log = openLogFile(path, 100)
    log.write(`${line}\n`)
    expect(statSync(path).size).toBeLessThanOrEqual(100)
  }
  expect(readdirSync(folder).sort()).toEqual(['host.log', 'host.log.1'])
  const kept = [...lines(`${path}.1`), ...lines(path)]
  expect(kept.length).toBeGreaterThan(11)
  expect(kept).toEqual(all.slice(-kept.length))
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600)
})

test('stays within its limit where the full file cannot be put aside', () => {
  mkdirSync(`${path}.1`)
  writeFileSync(join(`${path}.1`, 'in-the-way'), '')
  const log = openLogFile(path, 100)
  for (let index = 0; index < 40; index += 1) log.write(`line ${index}\n`)
  expect(statSync(path).size).toBeLessThanOrEqual(100)
  expect(lines(path).at(-1)).toBe('line 39')
})

test('a host that cannot write its log says so, or goes on without it', () => {
  expect(() => createLog({ level: 'info', file: join(folder, 'nowhere', 'host.log') })).toThrow(/cannot write the log/)
  // Every byte written there is refused.
  const full = createLog({ level: 'info', file: '/dev/full' })
  full.error('event')
  expect(full.recent()).toHaveLength(1)
})
