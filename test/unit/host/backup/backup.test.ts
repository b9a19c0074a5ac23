import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { chmod, mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBackup } from '../../../../core/host/backup/create.ts'
import { type Databases, idleDatabases, withWorkFolder } from '../../../../core/host/backup/folder.ts'
import { type BackupKey, createBackupKey } from '../../../../core/host/backup/key.ts'
import { loadBackupKey, saveBackupKey } from '../../../../core/host/backup/key-file.ts'
import type { Manifest } from '../../../../core/host/backup/manifest.ts'
import { withPassphrase } from '../../../../core/host/backup/read.ts'
import { restoreBackup } from '../../../../core/host/backup/restore.ts'
import { restoredNote } from '../../../../core/host/backup/restored-note.ts'
import { checkBackup, type Spill } from '../../../../core/host/backup/verify.ts'
import type { BackupStep } from '../../../../core/host/contract/backup.ts'
import type { Store } from '../../../../core/store/database.ts'
import { addPictures, hostFolder, PICTURE } from './host-folder.ts'
import { CHEAP, env, PASSPHRASE, refusal, scratchFolder } from './scratch.ts'

const scratch = scratchFolder()
let key: BackupKey

beforeAll(async () => {
  key = await createBackupKey(env, PASSPHRASE, CHEAP)
})

function databasesOf(store: Store): Databases {
  return { host: (target) => store.snapshot(target), router: undefined }
}

function verify(path: string): Promise<Manifest> {
  return checkBackup(path, withPassphrase(PASSPHRASE), noRoom)
}

/** What fits into the memory touches no disk. */
const noRoom: Spill = () => Promise.reject(new Error('written without encryption'))

function restore(path: string, folder: string, passphrase = PASSPHRASE): Promise<Manifest> {
  return restoreBackup(env, { path, folder, unlock: withPassphrase(passphrase), takeOver: false })
}

describe('a backup of a host', () => {
  test('is made while the host works, and has in it what it says', async () => {
    const { folder, store } = await hostFolder(scratch, 'busy')
    saveBackupKey(folder, key)
    const path = join(scratch, 'busy.backup')
    const steps: BackupStep['step'][] = []
    let writing = true
    const work = (async () => {
      while (writing) {
        await addPictures(store, 2)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
    const manifest = await createBackup(env, {
      folder,
      databases: databasesOf(store),
      path,
      key,
      media: true,
      progress: ({ step }) => steps.push(step),
    })
    writing = false
    await work
    await store.close()
    expect([...new Set(steps)]).toEqual(['copy', 'write', 'verify'])
    expect(manifest.content.profiles).toEqual(['Ada'])
    expect(manifest.content.groups.map(({ name, part, controls }) => [name, part, controls])).toEqual([
      ['Group of the owner', 'owner', true],
      ['Group of the member', 'member', false],
      ['Group of the super-peer', 'super-peer', false],
    ])
    expect(manifest.entries.map(({ name }) => name)).toEqual(['hearth.db', 'config.json', 'backup-key.json'])
    expect(await verify(path)).toEqual(manifest)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'backup-work'))).toEqual([])
    expect(existsSync(`${path}.partial`)).toBe(false)
  })

  test('comes back in a fresh folder as it was, with a note that it is a copy', async () => {
    const { folder, store } = await hostFolder(scratch, 'original')
    await addPictures(store, 1)
    const path = join(scratch, 'original.backup')
    await createBackup(env, { folder, databases: databasesOf(store), path, key, media: true })
    await store.close()
    const target = join(scratch, 'restored')
    const manifest = await restore(path, target)
    expect(readdirSync(target).sort()).toEqual(['config.json', 'hearth.db', 'restored.json'])
    expect(statSync(target).mode & 0o777).toBe(0o700)
    for (const file of readdirSync(target)) expect(statSync(join(target, file)).mode & 0o777).toBe(0o600)
    expect(restoredNote(target)).toMatchObject({ backupCreatedAt: manifest.createdAt, takeOver: false })
    const [before, after] = [folder, target].map((place) => tables(join(place, 'hearth.db')))
    expect(after).toEqual(before)
  })

  test('of a folder that no host has open needs no host', async () => {
    const { folder, store } = await hostFolder(scratch, 'idle')
    await store.close()
    const path = join(scratch, 'idle.backup')
    await createBackup(env, { folder, databases: idleDatabases(folder), path, key, media: true })
    expect((await verify(path)).content.groups.length).toBe(3)
  })

  test('is looked at in memory, and on the disk where it is too large for that', async () => {
    const { folder, store } = await hostFolder(scratch, 'large')
    await store.close()
    const path = join(scratch, 'large.backup')
    const made = await createBackup(env, { folder, databases: idleDatabases(folder), path, key, media: true })
    const [database] = made.entries
    const unlock = withPassphrase(PASSPHRASE)
    const size = database?.size ?? 0
    expect(await checkBackup(path, unlock, noRoom, { inMemory: size })).toEqual(made)
    let used = ''
    const spill: Spill = (work) =>
      withWorkFolder(env, scratch, (place) => {
        used = place
        return work(place)
      })
    expect(await checkBackup(path, unlock, spill, { inMemory: size - 1 })).toEqual(made)
    expect(used).not.toBe('')
    expect(existsSync(used)).toBe(false)
  })

  test('does not touch a folder that a host has open', async () => {
    const { folder, store } = await hostFolder(scratch, 'open')
    const making = createBackup(env, {
      folder,
      databases: idleDatabases(folder),
      path: join(scratch, 'open.backup'),
      key,
      media: true,
    })
    expect(await refusal(making)).toBe('store locked')
    expect(existsSync(join(scratch, 'open.backup'))).toBe(false)
    await store.close()
  })

  test('leaves pictures out where asked to, except what a super-peer keeps for others', async () => {
    const { folder, store } = await hostFolder(scratch, 'pictures')
    for (const group of [1, 2, 3]) await addPictures(store, group)
    await store.close()
    const databases = idleDatabases(folder)
    const [full, lean] = [join(scratch, 'full.backup'), join(scratch, 'lean.backup')]
    await createBackup(env, { folder, databases, path: full, key, media: true })
    const manifest = await createBackup(env, { folder, databases, path: lean, key, media: false })
    expect(manifest.media).toBe(false)
    expect(statSync(lean).size).toBeLessThan(statSync(full).size - 20_000)
    const target = join(scratch, 'lean')
    await restore(lean, target)
    const db = new Sqlite(join(target, 'hearth.db'), { readonly: true })
    const withPictures = db
      .prepare<[], number>(
        `SELECT DISTINCT group_id FROM chat_messages
         WHERE instr(content, '${PICTURE}') OR instr(coalesce(container, ''), '${PICTURE}')`,
      )
      .pluck()
      .all()
    const texts = db.prepare<[], string>('SELECT text FROM chat_messages WHERE group_id = 1').pluck().all()
    db.close()
    expect(withPictures).toEqual([3])
    expect(texts).toEqual(['a cat', 'look', 'nice', 'indeed'])
  })

  test('replaces neither a file nor a folder in use', async () => {
    const { folder, store } = await hostFolder(scratch, 'careful')
    await store.close()
    const databases = idleDatabases(folder)
    const path = join(scratch, 'careful.backup')
    writeFileSync(path, 'mine')
    const again = createBackup(env, { folder, databases, path, key, media: true })
    expect(await refusal(again)).toBe('usage exists')
    expect(readFileSync(path, 'utf8')).toBe('mine')
    const other = join(scratch, 'careful-2.backup')
    await createBackup(env, { folder, databases, path: other, key, media: true })
    expect(await refusal(restore(other, folder))).toBe('usage not-fresh')
    const empty = join(scratch, 'empty')
    await mkdir(empty)
    await restore(other, empty)
  })

  test('is not restored in parts', async () => {
    const { folder, store } = await hostFolder(scratch, 'whole')
    await store.close()
    const path = join(scratch, 'whole.backup')
    await createBackup(env, { folder, databases: idleDatabases(folder), path, key, media: true })
    const bytes = readFileSync(path)
    bytes[bytes.length - 100]! ^= 1
    const broken = join(scratch, 'broken.backup')
    writeFileSync(broken, bytes)
    const target = join(scratch, 'nothing')
    expect(await refusal(restore(broken, target))).toBe('store backup-damaged')
    expect(await refusal(restore(path, target, 'another passphrase'))).toBe('usage wrong-passphrase')
    expect(existsSync(target)).toBe(false)
    expect(readdirSync(scratch).filter((name) => name.includes('restoring'))).toEqual([])
  })

  test('leaves nothing of a restore that was killed, and goes where a link leads', async () => {
    const { folder, store } = await hostFolder(scratch, 'killed')
    await store.close()
    const path = join(scratch, 'killed.backup')
    await createBackup(env, { folder, databases: idleDatabases(folder), path, key, media: true })
    const target = join(scratch, 'revived')
    const left = join(scratch, '.revived.restoring-0123abcd')
    const foreign = join(scratch, '.revived.of-somebody')
    for (const place of [target, left, foreign]) await mkdir(place)
    writeFileSync(join(left, 'hearth.db'), 'unencrypted')
    await symlink(target, join(scratch, 'link'))
    await restore(path, join(scratch, 'link'))
    expect(existsSync(join(target, 'hearth.db'))).toBe(true)
    expect([existsSync(left), existsSync(foreign)]).toEqual([false, true])
  })

  test('whose database is damaged is found out', async () => {
    const { folder, store } = await hostFolder(scratch, 'rotten')
    for (let i = 0; i < 20; i++) await addPictures(store, 1)
    await store.close()
    const rotten: Databases = {
      router: undefined,
      async host(target) {
        await idleDatabases(folder).host(target)
        const db = new Sqlite(target)
        db.pragma('journal_mode = DELETE')
        db.close()
        const bytes = readFileSync(target)
        const page = bytes.length / 4096 - 3
        bytes.fill(0xaa, page * 4096, page * 4096 + 4096)
        writeFileSync(target, bytes)
      },
    }
    const path = join(scratch, 'rotten.backup')
    expect(await refusal(createBackup(env, { folder, databases: rotten, path, key, media: true }))).toBe(
      'store backup-damaged',
    )
    expect(existsSync(path)).toBe(false)
  })

  test('says where it cannot be written', async () => {
    const { folder, store } = await hostFolder(scratch, 'nowhere')
    await store.close()
    const databases = idleDatabases(folder)
    const path = join(scratch, 'no-such-folder', 'x.backup')
    expect(await refusal(createBackup(env, { folder, databases, path, key, media: true }))).toBe('store backup-file')
    expect(readdirSync(join(folder, 'backup-work'))).toEqual([])
  })
})

describe('the key file', () => {
  test('gives back the key', () => {
    const folder = join(scratch, 'original')
    saveBackupKey(folder, key)
    expect(loadBackupKey(folder)).toEqual(key)
    expect(statSync(join(folder, 'backup-key.json')).mode & 0o777).toBe(0o600)
  })

  test('is refused where it was changed', async () => {
    const folder = join(scratch, 'bad-key')
    await mkdir(folder)
    expect(loadBackupKey(folder)).toBeUndefined()
    for (const text of ['', '{}', 'x', '{"version":1,"salt":"!"}']) {
      writeFileSync(join(folder, 'backup-key.json'), text)
      expect(await refusal(Promise.resolve().then(() => loadBackupKey(folder)))).toBe('usage backup-key')
    }
    await chmod(folder, 0o700)
    await rm(folder, { recursive: true })
  })
})

/** Every table with its rows. */
function tables(path: string): Record<string, unknown[]> {
  const db = new Sqlite(path, { readonly: true })
  const names = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all()
  const content = Object.fromEntries(names.map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()]))
  db.close()
  return content
}
