import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { HearthError } from '../../../../core/codec/error.ts'
import type { Clock, Env } from '../../../../core/env/env.ts'
import { createBackup } from '../../../../core/host/backup/create.ts'
import { idleDatabases } from '../../../../core/host/backup/folder.ts'
import { createBackupKey } from '../../../../core/host/backup/key.ts'
import { backupName, timeOfName } from '../../../../core/host/backup/names.ts'
import { type BackupSettings, type Backups, createBackups } from '../../../../core/host/backup/service.ts'
import { told } from '../../../../core/host/backup/told.ts'
import { hostFolder } from './host-folder.ts'
import { CHEAP, env, PASSPHRASE, refusal, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()
const HOUR = 3_600_000
const ends: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A clock that goes on when it is told to, and timers that fire then. */
function manualEnv(start: number): Env & { pass(milliseconds: number): void } {
  let now = start
  let timers: { at: number; task: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    soon: (task) => void setImmediate(task),
    timer(delay, task) {
      const timer = { at: now + delay, task }
      timers.push(timer)
      return { cancel: () => (timers = timers.filter((other) => other !== timer)) }
    },
  }
  return {
    ...env,
    clock,
    pass(milliseconds) {
      now += milliseconds
      const due = timers.filter(({ at }) => at <= now)
      timers = timers.filter(({ at }) => at > now)
      for (const { task } of due) task()
    },
  }
}

interface Scheduled {
  readonly folder: string
  readonly backups: Backups
  readonly time: ReturnType<typeof manualEnv>
  readonly settings: { -readonly [K in keyof BackupSettings]: BackupSettings[K] }
  files(): string[]
  /** Lets time pass until `done`. */
  until(done: () => boolean | Promise<boolean>, step?: number): Promise<void>
}

async function scheduled(name: string): Promise<Scheduled> {
  const { folder, store } = await hostFolder(scratch, name)
  const time = manualEnv(Date.UTC(2025, 10, 23, 9))
  const settings = { everyHours: 24, folder: '', keep: 3, media: true }
  const backups = createBackups({
    env: time,
    store,
    folder,
    databases: { host: (target) => store.snapshot(target), router: undefined },
    settings: () => settings,
    readLink: () => Promise.reject(new HearthError('router', 'AUTH')),
    prepare: () => Promise.resolve(),
    restart() {},
    cost: CHEAP,
  })
  await backups.start()
  ends.push(async () => {
    await backups.stop()
    await store.close()
  })
  const place = join(folder, 'backups')
  return {
    folder,
    backups,
    time,
    settings,
    files: () => (existsSync(place) ? readdirSync(place).sort() : []).filter((name) => !name.endsWith('.partial')),
    until: (done, step = 60_000) =>
      vi.waitFor(
        async () => {
          if (await done()) return
          time.pass(step)
          throw new Error('not yet')
        },
        { timeout: 20_000, interval: 50 },
      ),
  }
}

describe('backups on schedule', () => {
  test('begin once there is a passphrase, and keep as many as wanted', async () => {
    const { backups, files, until, settings, time } = await scheduled('kept')
    expect(await backups.status()).toMatchObject({
      passphraseSince: undefined,
      nextAt: undefined,
      somethingToLose: true,
    })
    await backups.setPassphrase(PASSPHRASE)
    await until(() => files().length === 1)
    expect((await backups.status()).nextAt).toBeGreaterThan(time.clock.now() + 23 * HOUR)
    await until(() => files().length === 2, HOUR)
    await until(() => files().length === 3, HOUR)
    const [oldest] = files()
    await until(() => !files().includes(oldest!), HOUR)
    expect(files().length).toBe(3)
    settings.everyHours = 0
    expect((await backups.status()).nextAt).toBeUndefined()
  })

  test('leave the files of other hosts and of people alone', async () => {
    const { backups, folder, files, until, settings } = await scheduled('shared')
    const place = join(folder, 'backups')
    await mkdir(place)
    const other = await hostFolder(scratch, 'other')
    await other.store.close()
    const foreign = backupName(Date.UTC(2020, 0, 1))
    const key = await createBackupKey(env, PASSPHRASE, CHEAP)
    const databases = idleDatabases(other.folder)
    await createBackup(env, { folder: other.folder, databases, path: join(place, foreign), key, media: true })
    const beginning = readFileSync(join(place, foreign))
    writeFileSync(join(place, `${backupName(Date.UTC(2021, 0, 1))}.partial`), beginning)
    writeFileSync(join(place, 'notes.txt'), 'mine')
    writeFileSync(join(place, backupName(Date.UTC(2019, 0, 1))), 'no backup at all')
    utimesSync(join(place, 'notes.txt'), 0, 0)
    settings.keep = 1
    await backups.setPassphrase(PASSPHRASE)
    await until(() => files().length === 4)
    const [mine] = (await backups.status()).files
    const killed = `${backupName(Date.UTC(2022, 0, 1))}.partial`
    writeFileSync(join(place, killed), readFileSync(mine!.path))
    await until(() => files().length === 4 && !files().includes(mine!.name), HOUR)
    expect(files()).toEqual(expect.arrayContaining([foreign, 'notes.txt', backupName(Date.UTC(2019, 0, 1))]))
    const unfinished = readdirSync(place).filter((name) => name.endsWith('.partial'))
    expect(unfinished).toEqual([`${backupName(Date.UTC(2021, 0, 1))}.partial`])
  })

  test('say what went wrong, and go on', async () => {
    const { backups, folder, files, until, settings } = await scheduled('failing')
    writeFileSync(join(folder, 'in-the-way'), '')
    settings.folder = join(folder, 'in-the-way', 'sub')
    await backups.setPassphrase(PASSPHRASE)
    await until(async () => (await backups.status()).failure !== undefined)
    expect((await backups.status()).failure?.message).toContain('in-the-way')
    settings.folder = ''
    await until(() => files().length === 1)
    await vi.waitFor(async () => expect((await backups.status()).failure).toBeUndefined(), 5000)
  })
})

describe('a backup by hand', () => {
  test('wants a whole path', async () => {
    const { backups } = await scheduled('relative')
    await backups.setPassphrase(PASSPHRASE)
    expect(await refusal(all(backups.create({ path: 'here.backup' })))).toBe('usage path')
    expect(await refusal(all(backups.verify('here.backup', PASSPHRASE)))).toBe('usage path')
  })

  test('tells its steps, and what a drill finds', async () => {
    const { backups, folder } = await scheduled('steps')
    await backups.setPassphrase(PASSPHRASE)
    const path = join(folder, 'steps.backup')
    const steps = await all(backups.create({ path }))
    expect(steps.at(-1)).toMatchObject({ step: 'done', path, summary: { content: { profiles: ['Ada'] } } })
    expect((await all(backups.verify(path, PASSPHRASE))).at(-1)).toMatchObject({ step: 'done' })
    const { groups } = await backups.drill(path, PASSPHRASE)
    expect(groups).toEqual([{ name: 'Group of the owner', result: 'gone', error: undefined }])
  })
})

describe('work that is told as a stream', () => {
  test('passes on what was told, then the result', async () => {
    const stream = told<number, string>(
      async (tell) => {
        for (const step of [1, 2, 3]) {
          tell(step)
          await new Promise((resolve) => setImmediate(resolve))
        }
        return 'four'
      },
      (result) => result.length,
    )
    expect(await all(stream)).toEqual([1, 2, 3, 4])
  })

  test('fails where the work fails', async () => {
    const stream = told<number, number>(
      () => Promise.reject(new HearthError('usage', 'no')),
      (result) => result,
    )
    expect(await refusal(all(stream))).toBe('usage no')
  })

  test('is given up where nobody listens any more', async () => {
    let aborted = false
    const stream = told<number, number>(
      (tell, signal) => {
        tell(1)
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true
            reject(new Error('aborted'))
          })
        })
      },
      (result) => result,
    )
    for await (const step of stream) {
      expect(step).toBe(1)
      break
    }
    expect(aborted).toBe(true)
  })
})

test('names of backups tell their time', () => {
  const time = Date.UTC(2025, 10, 23, 9, 42, 7)
  expect(backupName(time)).toBe('hearth-20251123-094207.backup')
  expect(timeOfName(backupName(time))).toBe(time)
  for (const name of ['hearth.backup', 'hearth-20251123-094207.backup.partial', 'x-20251123-094207.backup']) {
    expect(timeOfName(name)).toBeUndefined()
  }
})

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}
