import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withTemporaryFolder } from '../../../../core/host/cli/temporary-folder.ts'

let place: string

beforeEach(() => {
  place = mkdtempSync(join(realpathSync(tmpdir()), 'hearth-temporary-'))
  vi.stubEnv('TMPDIR', place)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(place, { recursive: true, force: true })
})

test('a folder of one work is gone after it, and after its failure', async () => {
  const used = await withTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'copy'), 'not encrypted')
    return folder
  })
  expect(dirname(used)).toBe(place)
  const failing = withTemporaryFolder(() => Promise.reject(new Error('no')))
  await expect(failing).rejects.toThrow('no')
  expect(readdirSync(place)).toEqual([])
})

test('what killed processes left is removed, what running ones use and what is not ours stays', async () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  const left = join(place, `hearth-work-${pid}-abcdef`)
  const used = join(place, `hearth-work-${process.ppid}-abcdef`)
  const other = join(place, 'hearth-demo-abcdef')
  for (const folder of [left, used, other]) mkdirSync(folder)
  writeFileSync(join(left, 'hearth.db'), 'not encrypted')
  await withTemporaryFolder(async () => {})
  expect([left, used, other].map((folder) => existsSync(folder))).toEqual([false, true, true])
})
