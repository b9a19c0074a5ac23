import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createLog } from '../../../core/host/log.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-log-'))
  file = join(folder, 'host.log')
})

afterEach(() => rmSync(folder, { recursive: true }))

function lines(): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('log', () => {
  test('writes one object a line with level, time, event and fields', () => {
    createLog({ level: 'info', file }).child({ part: 'agent' }).warn('slow', { queue: 3 })
    const [line] = lines()
    expect(line).toMatchObject({ level: 'warn', event: 'slow', part: 'agent', queue: 3 })
    expect(new Date(String(line?.time)).toISOString()).toBe(line?.time)
  })

  test('leaves out what is below its level, and follows a change of it', () => {
    const log = createLog({ level: 'warn', file })
    const child = log.child({ part: 'child' })
    log.info('one')
    child.info('two')
    log.setLevel('debug')
    child.debug('three')
    log.setLevel('silent')
    child.error('four')
    expect(lines().map(({ event }) => event)).toEqual(['three'])
  })

  test.each([
    'simplex:/contact#/?v=2-7&smp=smp%3A%2F%2Fabc',
    'https://example.org/c#0Yd7VqTtqzLQZ1cM7sV0mW8p5Hc1mC3b1iJ0m9x2k3E',
    'smp://kzVnTnJUeO_58KuY4tpDkw2lkpDOM3hjKulszlkL61c=:password@example.org:5223',
  ])('withholds %s', (secret) => {
    createLog({ level: 'info', file }).info('event', { value: `before ${secret} after` })
    expect(lines()[0]).toMatchObject({ value: '[withheld]' })
  })

  test('keeps fields short, and its file private', () => {
    createLog({ level: 'info', file }).info('event', { value: 'x'.repeat(5000) })
    expect(String(lines()[0]?.value).length).toBeLessThan(400)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})
