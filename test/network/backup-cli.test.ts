import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { BackupSummary, DrillResult, InstanceView } from '../../core/host/contract/backup.ts'
import type { Group, Message } from '../../core/host/contract/types.ts'
import { scratch } from '../support/agents.ts'
import { hearth, hearthWith, type Running } from '../support/processes.ts'

/** `hearth backup`, `verify` and `restore`, on hosts that are processes of their own. */

let folder: ReturnType<typeof scratch>
let passphrase: string
const running: Running[] = []

beforeAll(() => {
  folder = scratch()
  passphrase = join(folder.path, 'passphrase')
  writeFileSync(passphrase, 'nine bean rows will I have there\n')
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.kill()))
})
afterAll(() => folder.remove())

async function run(...args: readonly string[]): Promise<{ readonly code: number | null; readonly lines: string[] }> {
  const process = hearth(...args)
  running.push(process)
  const { code } = await process.exit
  return { code, lines: [...process.lines] }
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, lines } = await run(...args, '--json')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return JSON.parse(lines.at(-1) ?? '') as T
}

interface Host {
  readonly dir: string
  readonly process: Running
  readonly started: { readonly superPeer?: { readonly address: string } }
}

async function host(name: string, ...args: readonly string[]): Promise<Host> {
  const dir = join(folder.path, name)
  const process = hearth('host', '--dir', dir, '--json', '--log-level', 'error', ...args)
  running.push(process)
  return { dir, process, started: JSON.parse(await process.line()) as Host['started'] }
}

type Summary = BackupSummary & { readonly path: string }

async function ctl<T>(dir: string, ...verb: readonly string[]): Promise<T> {
  const { code, lines } = await run('ctl', '--dir', dir, '--json', ...verb)
  if (code !== 0) throw new Error(`${verb.join(' ')} ended with ${code}`)
  return JSON.parse(lines.at(-1) ?? '') as T
}

describe('hearth backup, verify, restore', () => {
  test('bring a host back, running or not, and know one that runs from one that is gone', async () => {
    const oak = await host('oak', '--embedded-router', '--super-peer', 'Oak')
    const address = oak.started.superPeer?.address ?? ''
    const [ada, ben] = [await host('ada'), await host('ben')]
    await ctl(ada.dir, 'create-profile', 'Ada')
    await ctl(ben.dir, 'create-profile', 'Ben')
    const group = await ctl<Group>(ada.dir, 'create-group', 'Harbour', '--super-peer', address, '--all')
    const joined = await ctl<Group>(ben.dir, 'join', group.link, '--all')

    const first = join(folder.path, 'first.backup')
    const made = await json<Summary>('backup', '--dir', ada.dir, first, '--passphrase-file', passphrase)
    expect(made).toMatchObject({
      path: first,
      content: { groups: [{ name: 'Harbour', part: 'owner', controls: true }] },
    })
    expect(statSync(first).mode & 0o777).toBe(0o600)
    expect((await run('backup', '--dir', ada.dir, first)).code).toBe(1)
    expect(await json<Summary>('verify', first, '--passphrase-file', passphrase)).toEqual(made)
    // Without a place for files that are not encrypted.
    const nowhere = { TMPDIR: join(folder.path, 'nowhere'), NODE_DISABLE_COMPILE_CACHE: '1' }
    const verifying = hearthWith(nowhere, 'verify', first, '--passphrase-file', passphrase)
    running.push(verifying)
    expect((await verifying.exit).code).toBe(0)
    const drill = await ctl<DrillResult>(ada.dir, 'drill', first, '--passphrase-file', passphrase)
    expect(drill.groups).toMatchObject([{ name: 'Harbour', result: 'controlled' }])

    // Beside the one it came from.
    const copy = join(folder.path, 'copy')
    await json('restore', first, '--dir', copy, '--passphrase-file', passphrase)
    expect((await run('restore', first, '--dir', copy, '--passphrase-file', passphrase)).code).toBe(1)
    const held = await host('copy')
    expect(await held.process.errorLine((line) => line.includes('sends nothing'))).toContain('Another copy')
    expect(await ctl(held.dir, 'instance')).toMatchObject({ held: 'running' })
    expect((await run('ctl', '--dir', held.dir, 'send', String(group.id), 'Hello')).code).toBe(1)
    await held.process.kill()

    // The machine is gone; only its disk could be read.
    await ada.process.kill()
    const second = join(folder.path, 'second.backup')
    await json('backup', '--dir', ada.dir, second)
    rmSync(ada.dir, { recursive: true })
    const restored = await json<Summary>(
      'restore',
      second,
      '--dir',
      join(folder.path, 'ada-2'),
      '--passphrase-file',
      passphrase,
    )
    expect(restored.content.groups).toMatchObject([{ name: 'Harbour' }])
    const back = await host('ada-2')
    expect((await ctl<InstanceView>(back.dir, 'instance')).held).toBeUndefined()
    await ctl(back.dir, 'update-group', String(group.id), '--name', 'Harbour and weather')
    await expect
      .poll(async () => (await ctl<Group>(ben.dir, 'list')).displayName, { timeout: 30_000, interval: 500 })
      .toBe('Harbour and weather')
    await ctl(ben.dir, 'send', String(joined.id), 'Welcome back')
    await expect
      .poll(async () => (await ctl<Message>(back.dir, 'messages', String(group.id))).text, {
        timeout: 30_000,
        interval: 500,
      })
      .toBe('Welcome back')
  }, 180_000)

  test('say what is wrong with a file', async () => {
    const text = join(folder.path, 'no-backup')
    writeFileSync(text, 'Dear diary')
    expect((await run('verify', text, '--passphrase-file', passphrase)).code).toBe(1)
    expect((await run('restore', text, '--dir', join(folder.path, 'x'), '--passphrase-file', passphrase)).code).toBe(1)
    expect(existsSync(join(folder.path, 'x'))).toBe(false)
    expect((await run('backup', '--dir', join(folder.path, 'nobody'), '--passphrase-file', passphrase)).code).toBe(1)
    expect(readFileSync(text, 'utf8')).toBe('Dear diary')
  }, 60_000)
})
