import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Env } from '../../../../core/env/env.ts'
import { lockFolder } from '../../../../core/host/lock.ts'
import { takeFolder } from '../../../../core/host/take-folder.ts'
import { hostFolder } from './host-folder.ts'
import { env, refusal, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()

/** Its clock leaps: whoever waits for another process gives up at once. */
function impatient(): Env {
  let now = 0
  return { ...env, clock: { ...env.clock, monotonic: () => (now += 60_000) } }
}

test('a second start disturbs neither a restore under way nor one that waits for the next start', async () => {
  const folder = join(scratch, 'busy')
  const first = await takeFolder(env, folder)
  const begun = join(folder, '.restore-pending.restoring-abc')
  const pending = join(folder, 'restore-pending')
  for (const place of [begun, pending]) {
    mkdirSync(place)
    writeFileSync(join(place, 'config.json'), '{}')
  }
  expect(await refusal(takeFolder(impatient(), folder))).toBe('store locked')
  expect(readdirSync(begun)).toEqual(['config.json'])
  expect(readdirSync(pending)).toEqual(['config.json'])
  await first.close()
  await (await takeFolder(impatient(), folder)).close()
  expect(existsSync(begun)).toBe(false)
  expect(existsSync(pending)).toBe(false)
})

test('a restore into an empty folder is put in its place by one of two', async () => {
  const { folder: made, store } = await hostFolder(scratch, 'made')
  await store.close()
  const folder = join(scratch, 'volume')
  mkdirSync(folder)
  renameSync(made, join(folder, 'restore-pending'))
  const taken = await Promise.allSettled([takeFolder(impatient(), folder), takeFolder(impatient(), folder)])
  const [winner, ...others] = taken.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  expect(others).toEqual([])
  const profiles = await winner?.store.read((tx) => tx.all('SELECT profile FROM profiles'))
  expect(profiles).toHaveLength(1)
  await winner?.close()
})

test('a start that fails lets the next one in', async () => {
  const { folder, store } = await hostFolder(scratch, 'failing')
  await store.close()
  writeFileSync(join(folder, 'restored.json'), 'not a note')
  expect(await refusal(takeFolder(impatient(), folder))).toBe('usage restored')
  lockFolder(folder)()
})
