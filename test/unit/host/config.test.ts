import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { HearthError } from '../../../core/codec/error.ts'
import {
  changedSettings,
  describeConfiguration,
  readConfiguration,
  SETTING_NAMES,
  SETTINGS,
} from '../../../core/host/config.ts'

function mistakes(text: string, overrides: Record<string, unknown> = {}): string {
  try {
    readConfiguration(text, overrides)
  } catch (error) {
    if (error instanceof HearthError) return `${error.kind} ${error.code}: ${error.message}`
    throw error
  }
  throw new Error('nothing was refused')
}

describe('configuration', () => {
  test('is all defaults without a file', () => {
    const configuration = readConfiguration(undefined)
    for (const name of SETTING_NAMES) expect(configuration[name]).toEqual(SETTINGS[name].default)
  })

  test('takes the file above defaults and the command line above the file', () => {
    const text = JSON.stringify({ 'log.level': 'debug', 'api.port': 4000 })
    const configuration = readConfiguration(text, { 'api.port': 4001 })
    expect(configuration['log.level']).toBe('debug')
    expect(configuration['api.port']).toBe(4001)
  })

  test('defaults satisfy their own schemas', () => {
    for (const name of SETTING_NAMES) expect(SETTINGS[name].schema.safeParse(SETTINGS[name].default).success).toBe(true)
  })

  test('names unknown settings and says what may be meant', () => {
    expect(mistakes('{"level":"debug"}')).toBe('usage configuration: there is no setting "level"; is it "log.level"?')
    expect(mistakes('{"colour":"red"}')).toContain('there is no setting "colour"')
  })

  test.each(['0.0.0.0', '::', '::ffff:127.0.0.1', '192.0.2.1', 'example.org', '0'])(
    'keeps the API from %s unless a proxy stands before it',
    (listen) => {
      expect(mistakes('{}', { 'api.listen': listen })).toContain('--behind-proxy')
      const behind = readConfiguration('{"api.behindProxy":true}', { 'api.listen': listen })
      expect(behind['api.listen']).toBe(listen)
    },
  )

  test('lists every mistake at once', () => {
    const message = mistakes('{"api.port":70000,"routers":["smp://nonsense"],"log.level":"loud"}')
    expect(message).toContain('"api.port"')
    expect(message).toContain('not a router address')
    expect(message).toContain('"log.level"')
  })

  test.each(['[]', '3', 'null', '{'])('refuses %s as a file', (text) => {
    expect(mistakes(text)).toMatch(/^usage configuration: the configuration is not/)
  })

  test('accepts router addresses with and without password', () => {
    const address = 'smp://kzVnTnJUeO_58KuY4tpDkw2lkpDOM3hjKulszlkL61c=@127.0.0.1:5223'
    const guarded = 'smp://kzVnTnJUeO_58KuY4tpDkw2lkpDOM3hjKulszlkL61c=:secret@example.org'
    expect(readConfiguration('', { routers: [address, guarded] }).routers).toEqual([address, guarded])
  })

  test('knows which settings differ', () => {
    const before = readConfiguration('{}')
    const after = readConfiguration('{"log.level":"warn","routers":[]}')
    expect(changedSettings(before, after)).toEqual(['log.level'])
  })

  test('docs/configuration.md is what hearth config prints', () => {
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
    expect(page).toBe(describeConfiguration())
  })
})
