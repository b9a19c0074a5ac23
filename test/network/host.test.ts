import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Contact, ContactMessage } from '../../core/host/contract/contacts.ts'
import type { BlockedGroup, Group, Message, ServingRequest, SuperPeerAddress } from '../../core/host/contract/types.ts'
import { scratch } from '../support/agents.ts'
import { hearth, hearthWith, type Running } from '../support/processes.ts'

/** Hosts as processes, told by `hearth ctl` what to do. */

let folder: ReturnType<typeof scratch>
const running: Running[] = []

beforeEach(() => {
  folder = scratch()
})

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.kill()))
  folder.remove()
})

interface Host {
  readonly dir: string
  readonly process: Running
  readonly started: {
    readonly api: string
    readonly router?: string
    readonly superPeer?: { readonly address: string }
  }
  /** The values that a command of `hearth ctl` prints. */
  ctl<T>(...args: readonly string[]): Promise<T[]>
}

async function start(name: string, ...args: readonly string[]): Promise<Host> {
  const dir = join(folder.path, name)
  const process = hearth('host', '--dir', dir, '--json', '--log-level', 'warn', ...args)
  running.push(process)
  const started = JSON.parse(await process.line()) as Host['started']
  return {
    dir,
    process,
    started,
    async ctl<T>(...verb: readonly string[]) {
      const command = hearth('ctl', '--dir', dir, '--json', ...verb)
      running.push(command)
      const { code } = await command.exit
      if (code !== 0) throw new Error(`${verb.join(' ')} ended with ${code}`)
      return command.lines.map((line) => JSON.parse(line) as T)
    },
  }
}

describe('a group, told by hand', () => {
  test('is created, joined, written to, read, and outlives a restart', async () => {
    const oak = await start('oak', '--embedded-router', '--super-peer', 'Oak')
    const router = oak.started.router ?? ''
    const address = oak.started.superPeer?.address ?? ''
    const ada = await start('ada', '--router', router)
    const ben = await start('ben', '--router', router)
    await ada.ctl('create-profile', 'Ada')
    await ben.ctl('create-profile', 'Ben')

    const created = await ada.ctl<Group>('create-group', 'Harbour news', '--super-peer', address)
    const group = created.at(-1) as Group
    expect(group).toMatchObject({ displayName: 'Harbour news', part: 'owner', status: 'active' })
    const joined = (await ben.ctl<Group>('join', group.link)).at(-1) as Group
    expect(joined).toMatchObject({ displayName: 'Harbour news', part: 'member', status: 'active' })

    const tail = hearth('ctl', '--dir', ben.dir, '--json', 'tail')
    running.push(tail)
    await tail.line((line) => line.includes('"following"'))
    await ada.ctl('send', String(group.id), 'The ferry is late')
    const line = await tail.line((text) => text.includes('The ferry is late'))
    expect(JSON.parse(line)).toMatchObject({ type: 'message', change: 'added', message: { authorName: 'Ada' } })

    await ben.process.kill()
    const again = await start('ben', '--router', router)
    const messages = await again.ctl<Message>('messages', String(joined.id))
    expect(messages.map(({ text }) => text)).toContain('The ferry is late')
    await again.ctl('send', String(joined.id), 'Thank you')
    await expect
      .poll(async () => (await ada.ctl<Message>('messages', String(group.id))).map(({ text }) => text), {
        timeout: 20_000,
        interval: 500,
      })
      .toContain('Thank you')

    expect(await oak.ctl('stats')).toMatchObject([{ groups: 1, refused: 0 }])
    expect(await oak.ctl('served')).toMatchObject([{ name: 'Harbour news', members: 2 }])
    expect(await oak.ctl('list')).toEqual([])
  }, 120_000)
})

describe('a super-peer that asks, told by hand', () => {
  test('does not hear again of a group that it blocked', async () => {
    const oak = await start('oak', '--embedded-router')
    const [address] = await oak.ctl<SuperPeerAddress>('become-super-peer', 'Oak', '--ask')
    const ada = await start('ada', '--router', oak.started.router ?? '')
    await ada.ctl('create-profile', 'Ada')
    running.push(hearth('ctl', '--dir', ada.dir, 'create-group', 'Buy now', '--super-peer', address?.address ?? ''))
    const asked = async () => (await oak.ctl<ServingRequest>('requests')).filter(({ groupName }) => groupName)
    await expect.poll(async () => (await asked()).length, { timeout: 20_000, interval: 500 }).toBe(1)

    await oak.ctl('block', String((await asked())[0]?.id))
    expect(await oak.ctl('requests')).toEqual([])
    const [block] = await oak.ctl<BlockedGroup>('blocked')
    expect(block).toMatchObject({ groupName: 'Buy now', owner: 'Ada', refused: 0 })
    await oak.ctl('unblock', String(block?.id))
    expect(await oak.ctl('blocked')).toEqual([])
  }, 120_000)
})

describe('two people, told by hand', () => {
  test('connect by a link and by an address, and write', async () => {
    const ada = await start('ada', '--embedded-router')
    const ben = await start('ben', '--router', ada.started.router ?? '')
    await ada.ctl('create-profile', 'Ada')
    await ben.ctl('create-profile', 'Ben')
    const [invitation] = await ada.ctl<{ link: string }>('invite')
    const [connected] = await ben.ctl<Contact>('connect', invitation!.link)
    expect(connected).toMatchObject({ displayName: 'Ada' })
    const contactOf = async (host: Host, status: string) =>
      (await host.ctl<Contact>('contacts')).find((contact) => contact.status === status)
    const waiting = { timeout: 20_000, interval: 300 }
    await expect.poll(() => contactOf(ben, 'active'), waiting).toBeDefined()
    await ben.ctl('send-to', String(connected!.id), 'It is me')
    const contact = (await contactOf(ada, 'active')) as Contact
    await expect
      .poll(async () => (await ada.ctl<ContactMessage>('talk', String(contact.id))).map(({ text }) => text), waiting)
      .toEqual(['It is me'])

    const [address] = await ben.ctl<{ link: string }>('address')
    await ada.ctl('connect', address!.link, '--text', 'Once more')
    const requestOf = async () => (await ben.ctl<{ id: number; text?: string }>('contacts')).find(({ text }) => text)
    await expect.poll(requestOf, waiting).toMatchObject({ text: 'Once more' })
    await ben.ctl('accept-contact', String((await requestOf())!.id))
    await expect.poll(async () => (await ada.ctl('contacts')).length, waiting).toBe(2)
  }, 120_000)
})

describe('a host', () => {
  test('keeps its folder to itself', async () => {
    const host = await start('host', '--embedded-router')
    expect(statSync(host.dir).mode & 0o777).toBe(0o700)
    for (const entry of readdirSync(host.dir, { withFileTypes: true, recursive: true })) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o077
      expect(mode, entry.name).toBe(0)
    }
  })

  test('takes access away from a folder that was open to others', async () => {
    const dir = join(folder.path, 'open')
    mkdirSync(dir)
    chmodSync(dir, 0o755)
    await start('open', '--embedded-router')
    expect(statSync(dir).mode & 0o777).toBe(0o700)
  })

  test('stops in good order on SIGTERM and when it is told to', async () => {
    const first = await start('host', '--embedded-router')
    first.process.child.kill('SIGTERM')
    expect(await first.process.exit).toEqual({ code: 0, signal: null })
    expect(readdirSync(first.dir)).not.toContain('api-address')
    const second = await start('host', '--embedded-router')
    expect(second.started.router).toBe(first.started.router)
    await second.ctl('stop')
    expect(await second.process.exit).toEqual({ code: 0, signal: null })
  })

  test('says no sign-in link to a log', async () => {
    const process = hearthWith({ HEARTH_OUTPUT_IS_KEPT: '1' }, 'host', '--dir', join(folder.path, 'host'), '--json')
    running.push(process)
    await process.line()
    const said = await process.errorLine((line) => line.includes('sign-in'))
    expect(said).toContain('hearth ctl --dir')
    expect(said).not.toContain('#sign-in=')
  })

  test('that runs already is opened instead of started again', async () => {
    const host = await start('host', '--embedded-router')
    const again = hearth('start', '--dir', host.dir)
    running.push(again)
    const link = await again.line((line) => line.includes('#sign-in='))
    expect(link).toContain(host.started.api.replace('ws:', 'http:'))
    expect(await again.exit).toEqual({ code: 0, signal: null })
  })

  test('refuses settings that it does not know', async () => {
    const dir = join(folder.path, 'host')
    mkdirSync(dir)
    writeFileSync(join(dir, 'config.json'), '{"log.colour":"red"}')
    const process = hearth('host', '--dir', dir)
    running.push(process)
    expect((await process.exit).code).toBe(78)
  })

  test('changes settings at once where it can, and says what waits for a restart', async () => {
    const host = await start('host', '--embedded-router')
    const [level] = await host.ctl<object>('settings', 'changes.kept', '500')
    expect(level).toMatchObject({ values: { 'changes.kept': 500 }, waitingForRestart: ['changes.kept'] })
    expect(JSON.parse(readFileSync(join(host.dir, 'config.json'), 'utf8'))).toEqual({ 'changes.kept': 500 })
    await expect(host.ctl('settings', 'changes.kept', '-1')).rejects.toThrow('ended with 78')
    const [back] = await host.ctl<object>('settings', 'changes.kept', 'null')
    expect(back).toMatchObject({ waitingForRestart: [] })
  })

  test('does not listen for everybody', async () => {
    const process = hearth('host', '--dir', join(folder.path, 'host'), '--embedded-router', '--listen', '0.0.0.0')
    running.push(process)
    expect((await process.exit).code).toBe(78)
  })

  test('is told apart from a folder without one', async () => {
    const command = hearth('ctl', '--dir', join(folder.path, 'nobody'), 'status')
    running.push(command)
    expect((await command.exit).code).toBe(1)
  })
})
