import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createBackup } from '../../core/host/backup/create.ts'
import { idleDatabases } from '../../core/host/backup/folder.ts'
import { loadBackupKey } from '../../core/host/backup/key-file.ts'
import { withPassphrase } from '../../core/host/backup/read.ts'
import { restoreBackup } from '../../core/host/backup/restore.ts'
import { type ConnectedHost, connectToFolder, hostError } from '../../core/host/client.ts'
import type { BackupProgress } from '../../core/host/contract/backup.ts'
import type { Group, GroupProgress } from '../../core/host/contract/types.ts'
import type { HostClient } from '../../core/host/contract.ts'
import { type RunningHost, startHost } from '../../core/host/host.ts'
import type { RunningRouter } from '../../core/router/server.ts'
import { formatRouterAddress } from '../../core/smp/address.ts'
import { env, localRouter, scratch } from '../support/agents.ts'

/** Hosts over real TLS, one of which is lost and comes back from its backup. */

const PASSPHRASE = 'nine bean rows will I have there'
const PATIENCE = { timeout: 30_000, interval: 200 }

let folder: ReturnType<typeof scratch>
let router: RunningRouter
const hosts = new Set<Host>()

beforeAll(() => {
  folder = scratch()
})
beforeEach(async () => {
  router ??= await localRouter(join(folder.path, 'router'))
})
afterEach(async () => {
  for (const host of hosts) await host.stop()
})
afterAll(async () => {
  await router.stop()
  folder.remove()
})

interface Host {
  readonly dir: string
  readonly api: HostClient
  readonly running: RunningHost
  stop(): Promise<void>
  /** Ends and begins anew, as it asked for. */
  again(): Promise<Host>
}

async function start(name: string, overrides: Record<string, unknown> = {}): Promise<Host> {
  const dir = join(folder.path, name)
  const routers = [formatRouterAddress(router.address)]
  const running = await startHost({
    folder: dir,
    overrides: { routers, 'log.level': 'silent', 'agent.encryptionThreads': 0, ...overrides },
    guard: { answerPatience: 1500, answerInterval: 100, probeInterval: 1000, markInterval: 200 },
  })
  const client: ConnectedHost = await connectToFolder(dir)
  const host: Host = {
    dir,
    api: client.api,
    running,
    async stop() {
      hosts.delete(host)
      client.close()
      await running.stop()
    },
    async again() {
      await running.restartRequested
      await host.stop()
      return start(name, overrides)
    },
  }
  hosts.add(host)
  return host
}

async function profile(host: Host, displayName: string): Promise<number> {
  return (await host.api.profiles.create({ displayName })).id
}

async function finished(stream: AsyncIterable<GroupProgress>): Promise<Group> {
  let last: Group | undefined
  for await (const step of stream) {
    if ('group' in step) last = step.group
    if (step.step === 'done') break
  }
  if (last === undefined) throw new Error('nothing was told of the group')
  return last
}

async function done(stream: AsyncIterable<BackupProgress>): Promise<Extract<BackupProgress, { step: 'done' }>> {
  for await (const step of stream) if (step.step === 'done') return step
  throw new Error('the work did not end')
}

/** `kind code` of what a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { kind, code } = hostError(error)
    return `${kind} ${code}`
  }
  return 'nothing'
}

async function texts(host: Host, group: number): Promise<string[]> {
  return (await host.api.messages.list({ group })).map(({ text }) => text)
}

interface Scene {
  readonly oak: Host
  readonly ada: Host
  readonly ben: Host
  readonly group: number
  readonly joined: number
}

/** Ada owns a group that Oak serves and Ben is in. */
async function scene(mark: string, ofAda: Record<string, unknown> = {}): Promise<Scene> {
  const oak = await start(`${mark}-oak`)
  const { address } = await oak.api.serving.enable({ displayName: 'Oak' })
  const [ada, ben] = [await start(`${mark}-ada`, ofAda), await start(`${mark}-ben`)]
  const own = await profile(ada, 'Ada')
  const created = await finished(
    await ada.api.groups.create({ profile: own, displayName: 'Harbour news', superPeers: [address] }),
  )
  await ada.api.groups.confirm({ group: created.id })
  const joined = await finished(await ben.api.groups.join({ profile: await profile(ben, 'Ben'), link: created.link }))
  await ada.api.messages.send({ group: created.id, text: 'The ferry is late' })
  await expect.poll(() => texts(ben, joined.id), PATIENCE).toContain('The ferry is late')
  return { oak, ada, ben, group: created.id, joined: joined.id }
}

async function backUp(host: Host): Promise<string> {
  await host.api.backup.setPassphrase({ passphrase: PASSPHRASE })
  return (await done(await host.api.backup.create({}))).path
}

async function restore(path: string, name: string, takeOver = false): Promise<void> {
  await restoreBackup(env, { path, folder: join(folder.path, name), unlock: withPassphrase(PASSPHRASE), takeOver })
}

describe('an owner', () => {
  test('loses the machine, restores the backup, and still rules the group', async () => {
    const { ada, ben, group, joined } = await scene('rule')
    const path = await backUp(ada)
    expect(path.startsWith(join(ada.dir, 'backups'))).toBe(true)
    expect((await done(await ada.api.backup.verify({ path, passphrase: PASSPHRASE }))).summary.content).toMatchObject({
      profiles: ['Ada'],
      groups: [{ name: 'Harbour news', part: 'owner', controls: true }],
    })
    const drilled = await ada.api.backup.drill({ path, passphrase: PASSPHRASE })
    expect(drilled.groups).toMatchObject([{ name: 'Harbour news', result: 'controlled' }])

    await ada.api.messages.send({ group, text: 'Said after the backup' })
    await ada.api.groups.update({ group, description: 'Changed after the backup' })
    await expect.poll(() => texts(ben, joined), PATIENCE).toContain('Said after the backup')

    // Both at once: the copy finds out, sends nothing, and says why.
    await restore(path, 'rule-copy')
    const held = await start('rule-copy')
    expect(held.running.instance().held).toBe('running')
    expect(await refusal(held.api.messages.send({ group, text: 'From the copy' }))).toBe('usage held')
    expect(await refusal(held.api.groups.update({ group, displayName: 'Copy' }))).toBe('usage held')
    expect(await texts(held, group)).toContain('The ferry is late')
    expect(await refusal(held.api.instance.takeOver({}))).toBe('usage running')
    expect(ada.running.instance().held).toBeUndefined()
    await ada.api.messages.send({ group, text: 'Still here' })
    await expect.poll(() => texts(ben, joined), PATIENCE).toContain('Still here')

    // The machine is lost; the copy takes its place.
    await ada.stop()
    await expect.poll(() => held.running.instance().held, PATIENCE).toBe('quiet')
    await held.api.instance.takeOver({})
    const back = await held.again()
    expect(back.running.instance().held).toBeUndefined()
    await expect
      .poll(
        async () => (await back.api.superPeers.list({ group })).map(({ status, connected }) => [status, connected]),
        PATIENCE,
      )
      .toEqual([['active', true]])
    expect((await back.api.groups.get({ group })).description).toBe('Changed after the backup')

    await back.api.groups.update({ group, displayName: 'Harbour news and weather' })
    await expect
      .poll(async () => (await ben.api.groups.get({ group: joined })).displayName, PATIENCE)
      .toBe('Harbour news and weather')
    await back.api.messages.send({ group, text: 'From the new machine' })
    await expect.poll(() => texts(ben, joined), PATIENCE).toContain('From the new machine')
    await ben.api.messages.send({ group: joined, text: 'Welcome back' })
    await expect.poll(() => texts(back, group), PATIENCE).toContain('Welcome back')

    // The old machine is found again, and is no danger.
    const old = await start('rule-ada')
    expect(old.running.instance().held).toMatch(/superseded|running/)
    expect(await refusal(old.api.messages.send({ group, text: 'From the old machine' }))).toBe('usage held')
    expect(back.running.instance().held).toBeUndefined()
    expect(await texts(ben, joined)).not.toContain('From the old machine')
  }, 180_000)

  test('takes over from a machine that cannot be stopped: it stops by itself', async () => {
    const { ada, ben, group, joined } = await scene('force')
    await restore(await backUp(ada), 'force-copy')
    const held = await start('force-copy')
    await held.api.instance.takeOver({ evenIfRunning: true })
    const back = await held.again()
    expect(back.running.instance().held).toBeUndefined()
    await expect.poll(() => ada.running.instance().held, PATIENCE).toBe('superseded')
    expect(await refusal(ada.api.messages.send({ group, text: 'From the old machine' }))).toBe('usage held')
    await back.api.messages.send({ group, text: 'From the new machine' })
    await expect.poll(() => texts(ben, joined), PATIENCE).toContain('From the new machine')
  }, 180_000)
})

describe('an owner with a router of its own', () => {
  const embedded = { routers: [] }

  test('is found at the address of that router, and comes back with it', async () => {
    const { ada, ben, group, joined } = await scene('own', embedded)
    const path = await backUp(ada)
    await ada.api.groups.update({ group, description: 'Changed after the backup' })
    await restore(path, 'own-copy')
    const held = await start('own-copy', embedded)
    expect(held.running.instance().held).toBe('running')
    await ada.stop()
    await expect.poll(() => held.running.instance().held, PATIENCE).toBe('quiet')
    await held.api.instance.takeOver({})
    const back = await held.again()
    await expect
      .poll(async () => (await back.api.superPeers.list({ group })).map(({ connected }) => connected), PATIENCE)
      .toEqual([true])
    await back.api.groups.update({ group, displayName: 'Harbour news and weather' })
    await expect
      .poll(async () => (await ben.api.groups.get({ group: joined })).displayName, PATIENCE)
      .toBe('Harbour news and weather')
    await ben.api.messages.send({ group: joined, text: 'Welcome back' })
    await expect.poll(() => texts(back, group), PATIENCE).toContain('Welcome back')
    const old = await start('own-ada', embedded)
    expect(old.running.instance().held).toMatch(/superseded|running/)
    expect(back.running.instance().held).toBeUndefined()
  }, 180_000)

  test('comes back by itself where that machine is gone', async () => {
    const { ada, ben, joined, group } = await scene('gone', embedded)
    const path = join(folder.path, 'gone.backup')
    copyFileSync(await backUp(ada), path)
    await ada.api.messages.send({ group, text: 'Said after the backup' })
    await ada.stop()
    rmSync(ada.dir, { recursive: true })
    await restore(path, 'gone-new')
    const back = await start('gone-new', embedded)
    expect(back.running.instance().held).toBeUndefined()
    await expect
      .poll(async () => (await back.api.superPeers.list({ group })).map(({ connected }) => connected), PATIENCE)
      .toEqual([true])
    await back.api.groups.update({ group, displayName: 'Harbour news and weather' })
    await expect
      .poll(async () => (await ben.api.groups.get({ group: joined })).displayName, PATIENCE)
      .toBe('Harbour news and weather')
  }, 180_000)

  test('moves to another machine: nothing was sent after the backup, nothing has to be made anew', async () => {
    const { ada, ben, group, joined } = await scene('move')
    await expect.poll(async () => (await ada.api.host.status()).connections.pendingMessages, PATIENCE).toBe(0)
    await ada.api.backup.setPassphrase({ passphrase: PASSPHRASE })
    await ada.stop()
    const path = join(folder.path, 'move.backup')
    const key = loadBackupKey(ada.dir)
    if (key === undefined) throw new Error('no backup key')
    await createBackup(env, { folder: ada.dir, databases: idleDatabases(ada.dir), path, key, media: true })
    await restore(path, 'move-new')
    const moved = await start('move-new')
    expect(moved.running.instance().held).toBeUndefined()
    expect((await moved.api.superPeers.list({ group })).map(({ status, connected }) => [status, connected])).toEqual([
      ['active', true],
    ])
    await moved.api.messages.send({ group, text: 'From the new machine' })
    await expect.poll(() => texts(ben, joined), PATIENCE).toContain('From the new machine')
    await ben.api.messages.send({ group: joined, text: 'Welcome back' })
    await expect.poll(() => texts(moved, group), PATIENCE).toContain('Welcome back')
    expect((await start('move-ada')).running.instance().held).toMatch(/superseded|running/)
  }, 180_000)
})

describe('a member', () => {
  test('comes back from its backup as the same member', async () => {
    const { oak, ada, ben, group, joined } = await scene('member')
    const path = await backUp(ben)
    await ben.api.messages.send({ group: joined, text: 'Said after the backup' })
    await expect.poll(() => texts(ada, group), PATIENCE).toContain('Said after the backup')
    await ben.stop()
    await restore(path, 'member-new', true)
    const back = await start('member-new')
    expect(back.running.instance().held).toBeUndefined()
    await expect
      .poll(async () => (await back.api.superPeers.list({ group: joined })).map(({ connected }) => connected), PATIENCE)
      .toEqual([true])
    await ada.api.messages.send({ group, text: 'Good morning' })
    await expect.poll(() => texts(back, joined), PATIENCE).toContain('Good morning')
    await back.api.messages.send({ group: joined, text: 'Good morning, Ada' })
    await expect.poll(() => texts(ada, group), PATIENCE).toContain('Good morning, Ada')
    const authors = (await ada.api.messages.list({ group })).filter(({ sent }) => !sent).map(({ author }) => author)
    expect(new Set(authors).size).toBe(1)
    expect(await oak.api.serving.groups()).toMatchObject([{ members: 2 }])
  }, 180_000)
})

describe('a super-peer', () => {
  test('that is restored serves again whoever writes', async () => {
    const { oak, ada, ben, group, joined } = await scene('serve')
    const path = await backUp(oak)
    await ben.api.messages.send({ group: joined, text: 'Said after the backup' })
    await expect.poll(() => texts(ada, group), PATIENCE).toContain('Said after the backup')
    await oak.stop()
    await restore(path, 'serve-new', true)
    const back = await start('serve-new')
    expect(back.running.instance().held).toBeUndefined()
    expect((await back.api.serving.address())?.displayName).toBe('Oak')
    await ben.api.messages.send({ group: joined, text: 'Anybody there?' })
    await expect
      .poll(async () => (await ben.api.superPeers.list({ group: joined })).map(({ connected }) => connected), PATIENCE)
      .toEqual([true])
    await expect.poll(async () => (await back.api.serving.groups())[0]?.members, PATIENCE).toBeGreaterThan(0)
  }, 180_000)
})

describe('a host', () => {
  test('is restored from the first screen of a fresh one, and only there', async () => {
    const first = await start('first')
    await profile(first, 'Ada')
    const path = await backUp(first)
    expect(await refusal(done(await first.api.backup.restore({ path, passphrase: PASSPHRASE })))).toBe(
      'usage not-fresh',
    )
    await first.stop()
    const fresh = await start('fresh')
    const wrong = fresh.api.backup.restore({ path, passphrase: 'another passphrase' }).then(done)
    expect(await refusal(wrong)).toBe('usage wrong-passphrase')
    await done(await fresh.api.backup.restore({ path, passphrase: PASSPHRASE }))
    const restored = await fresh.again()
    expect((await restored.api.profiles.list()).map(({ displayName }) => displayName)).toEqual(['Ada'])
    expect(existsSync(join(restored.dir, 'restore-pending'))).toBe(false)
    expect(existsSync(join(restored.dir, 'restored.json'))).toBe(false)
    expect((await restored.api.backup.status()).passphraseSince).toBeTypeOf('number')
  }, 60_000)

  test('wants a passphrase before it makes a backup, and never replaces a file', async () => {
    const host = await start('careful')
    expect(await refusal(done(await host.api.backup.create({})))).toBe('usage no-passphrase')
    expect(await refusal(host.api.backup.setPassphrase({ passphrase: 'short' }))).toBe('usage passphrase')
    const path = await backUp(host)
    expect(await refusal(done(await host.api.backup.create({ path })))).toBe('usage exists')
    expect((await host.api.backup.status()).files.map((file) => file.path)).toEqual([path])
    expect(readdirSync(join(host.dir, 'backup-work'))).toEqual([])
  }, 60_000)
})
