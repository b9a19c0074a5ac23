import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { community } from './support/community.ts'
import type { TestHost } from './support/hosts.ts'
import { e2e, stage } from './support/stage.ts'
import { message, say } from './support/talk.ts'

/** The interface as the desktop shell shows it: with the bridge of the preload script, which the test holds. */

interface Bridge {
  /** What the interface asked of the shell, in order. */
  asked(name: string): Promise<unknown[]>
  /** What the shell tells the interface. */
  tell(name: 'onReply' | 'onLink' | 'onNavigate' | 'onResume', ...values: readonly unknown[]): Promise<void>
}

/** Before the page is opened. */
async function bridge(page: Page, host: TestHost): Promise<Bridge> {
  const read = (name: string): string => readFileSync(join(host.dir, name), 'utf8').trim()
  await page.exposeFunction('accessOfTest', () => ({ url: read('api-address'), token: read('api-token') }))
  await page.addInitScript(() => {
    const asked: [string, unknown[]][] = []
    const listeners = new Map<string, (...values: unknown[]) => void>()
    const ask =
      (name: string, answer?: unknown) =>
      (...values: unknown[]) => {
        asked.push([name, values])
        return Promise.resolve(answer)
      }
    const listen = (name: string) => (listener: (...values: unknown[]) => void) => {
      listeners.set(name, listener)
      return () => listeners.delete(name)
    }
    let settings = { startWithSystem: false, startHidden: true, keepRunning: true }
    const page = globalThis as unknown as Record<string, unknown>
    page.hearth = {
      access: page.accessOfTest,
      notify: ask('notify'),
      openExternal: ask('openExternal'),
      saveFile: ask('saveFile'),
      setUnread: ask('setUnread'),
      hostLog: ask('hostLog', ''),
      settings: () => Promise.resolve(settings),
      setSettings: (change: object) => {
        settings = { ...settings, ...change }
        return Promise.resolve(settings)
      },
      onReply: listen('onReply'),
      onLink: listen('onLink'),
      onNavigate: listen('onNavigate'),
      onResume: listen('onResume'),
    }
    page.shellOfTest = { asked, listeners }
  })
  interface Shell {
    readonly asked: readonly (readonly [string, unknown[]])[]
    readonly listeners: ReadonlyMap<string, (...values: unknown[]) => void>
  }
  return {
    asked: (wanted) =>
      page.evaluate((name) => {
        const { asked } = (globalThis as unknown as { shellOfTest: Shell }).shellOfTest
        return asked.filter(([other]) => other === name).map(([, values]) => values)
      }, wanted),
    tell: (wanted, ...told) =>
      page.evaluate(
        ([name, values]) => {
          const { listeners } = (globalThis as unknown as { shellOfTest: Shell }).shellOfTest
          listeners.get(name)?.(...values)
        },
        [wanted, told] as const,
      ),
  }
}

e2e('in the desktop shell', () => {
  const scene = stage()

  test('the interface is signed in, notifies, counts, answers and follows the shell', async () => {
    const people = await community(scene, { name: 'Harbour News', superPeers: ['Oak'], owner: 'Ada', members: ['Ben'] })
    const ben = people.members[0]!
    const { page: ada } = await scene.window(people.owner.host, `/chats/${people.owner.group}`)
    const { page } = await scene.blank()
    const shell = await bridge(page, ben.host)
    const address = new URL(await ben.host.signInLink()).origin
    await page.goto(`${address}/settings`)
    await page.getByRole('navigation').first().waitFor()

    await say(ada, 'The ferry is late')
    await expect.poll(() => shell.asked('notify')).toHaveLength(1)
    expect(await shell.asked('notify')).toEqual([
      [{ title: 'Harbour News', body: 'Ada: The ferry is late', path: `/chats/${ben.group}`, reply: 'Reply' }],
    ])
    expect((await shell.asked('setUnread')).at(-1)).toEqual([1])

    await shell.tell('onReply', `/chats/${ben.group}`, 'On my way')
    await message(ada, 'On my way').waitFor()

    await shell.tell('onNavigate', `/chats/${ben.group}`)
    await message(page, 'The ferry is late').waitFor()
    await expect.poll(async () => (await shell.asked('setUnread')).at(-1)).toEqual([0])

    await shell.tell('onLink', 'simplex:/contact#/?v=2')
    await expect.poll(() => new URL(page.url()).pathname).toBe('/join')

    await shell.tell('onNavigate', '/settings/desktop')
    const start = page.getByRole('switch', { name: /start/i }).first()
    await start.click()
    await expect.poll(() => start.isChecked()).toBe(true)
  })
})
