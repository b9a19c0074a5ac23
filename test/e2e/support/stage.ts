import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject } from 'vitest'
import { scratch } from '../../support/agents.ts'
import { startHost, type TestHost } from './hosts.ts'
import { openWindow, type Window, windowIn } from './windows.ts'

/** Hosts and windows of one test file; all of them go when it ends. */
export interface Stage {
  readonly folder: string
  host(name: string, ...args: readonly string[]): Promise<TestHost>
  /** A window that is signed in, in a browser profile of its own. */
  window(host: TestHost, path?: string, options?: BrowserContextOptions): Promise<Window>
  /** One in which nothing is open yet. */
  blank(options?: BrowserContextOptions): Promise<Window>
  /** One more window of the same profile, which is signed in already. */
  beside(window: Window, path: string): Promise<Window>
  /** Closes it; what it complained about still counts. */
  close(window: Window): Promise<void>
  /** Also ended with the file. */
  onEnd(end: () => Promise<void>): void
}

const PICTURES = fileURLToPath(new URL('../../../.scratch/e2e', import.meta.url))
const browser = inject('browser')

/** `describe` where there is a browser. */
export const e2e = 'missing' in browser ? describe.skip : describe

/** Call it inside `e2e(…)`. A failed test leaves pictures of all windows in .scratch/e2e. */
export function stage(): Stage {
  const folder = scratch()
  const hosts: TestHost[] = []
  const windows: Window[] = []
  const ends: (() => Promise<void>)[] = []
  let connected: Browser

  beforeAll(async () => {
    if ('endpoint' in browser) connected = await chromium.connect(browser.endpoint)
  })

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await photograph(task.name)
    expect(windows.flatMap((window) => window.complaints())).toEqual([])
  })

  afterAll(async () => {
    await Promise.allSettled(windows.map(({ context }) => context.close()))
    await connected?.close()
    await Promise.allSettled([...ends.map((end) => end()), ...hosts.map((host) => host.kill())])
    folder.remove()
  })

  async function photograph(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true })
    const shots = windows
      .filter(({ page }) => !page.isClosed())
      .map(({ page }, index) =>
        page.screenshot({ path: join(PICTURES, `${name.replaceAll(/\W+/g, '-')}-${index}.png`) }),
      )
    await Promise.allSettled(shots)
  }

  function kept(window: Window): Window {
    windows.push(window)
    return window
  }

  return {
    folder: folder.path,
    async host(name, ...args) {
      const host = await startHost(folder.path, name, ...args)
      hosts.push(host)
      return host
    },
    async window(host, path = '/', options = {}) {
      const window = kept(await openWindow(connected, options))
      const link = new URL(await host.signInLink())
      await window.page.goto(link.href)
      await window.page.locator('nav, main[aria-labelledby="welcome-title"]').first().waitFor()
      if (path !== '/') await window.page.goto(new URL(path, link).href)
      return window
    },
    async blank(options = {}) {
      return kept(await openWindow(connected, options))
    },
    async beside(window, path) {
      const other = kept(await windowIn(window.context))
      await other.page.goto(new URL(path, window.page.url()).href)
      return other
    },
    async close(window) {
      await window.page.close()
    },
    onEnd: (end) => void ends.push(end),
  }
}
