import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ORPCError } from '@orpc/client'
import i18next from 'i18next'
import { describe, expect, test } from 'vitest'
import type { Prohibition } from '../../../core/chat/permissions.ts'
import { failureOf } from '../../../renderer/host/errors.ts'
import { de, en } from '../../../renderer/i18n/texts.ts'

const CORE = fileURLToPath(new URL('../../../core', import.meta.url))

/** What conversations, groups and super-peers refuse with, as their sources say. */
function refusals(folder: string): string[] {
  return readdirSync(join(CORE, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [
      ...readFileSync(join(CORE, folder, name), 'utf8').matchAll(/HearthError\(\s*'usage',\s*'([\w-]+)'/g),
    ])
    .map(([, code]) => code ?? '')
}

const PROHIBITED: Record<Prohibition, true> = {
  role: true,
  scope: true,
  asGroup: true,
  support: true,
  voice: true,
  files: true,
  reports: true,
  simplexLinks: true,
  reactions: true,
}
const codes = [
  ...new Set([
    ...Object.keys(PROHIBITED),
    ...['group', 'superpeer', 'chat', 'host/operators'].flatMap((folder) => refusals(folder)),
  ]),
].sort()

describe('what is refused is said in words', () => {
  for (const [language, texts] of Object.entries({ en, de })) {
    test(`in ${language}`, async () => {
      const i18n = i18next.createInstance()
      await i18n.init({ resources: { [language]: { translation: texts } }, lng: language })
      const unsaid = codes.filter((code) => {
        const data = { kind: 'usage', code, temporary: false }
        return failureOf(new ORPCError('HEARTH', { message: 'raw', data }), i18n.t).text === 'raw'
      })
      expect(unsaid).toEqual([])
    })
  }

  test('with one code for one reason', () => {
    expect(codes).toContain('reactions-limit')
    expect(codes).toContain('too-late')
  })
})
