import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium, type Page } from 'playwright-core'
import { launchOptions, obtainBrowser } from '../build/browser.ts'
import { builtInterface } from '../build/built-interface.ts'
import { seedLongConversation } from './long-conversation.ts'
import { figure, options } from './options.ts'
import { startHostProcess } from './running-host.ts'

/** The interface in Chromium beside a real host: what it loads, how fast a long conversation opens and scrolls. */
const LAST = 'This is the newest message of all'

export async function run(args: readonly string[]): Promise<object> {
  const { messages, opens, seconds } = options(args, { messages: 10_000, opens: 9, seconds: 5 })
  const found = obtainBrowser()
  if ('missing' in found) throw new Error(found.missing)
  await builtInterface()
  const folder = mkdtempSync(join(tmpdir(), 'hearth-bench-'))
  const browser = await chromium.launch(launchOptions(found.path))
  try {
    const { group, host } = await hostWithGroup(folder, messages)
    try {
      const page = await signIn(browser, await host.signInLink())
      const firstLoad = await measureFirstLoad(page)
      const open = await measureOpening(page, group, opens)
      const scroll = await measureScrolling(page, seconds)
      return {
        parameters: { messages, opens, seconds, browser: browser.version(), viewport: '1280x800' },
        firstLoad,
        open,
        scroll,
      }
    } finally {
      await host.stop()
    }
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The host serves its own group, so that one process is enough. */
async function hostWithGroup(folder: string, messages: number) {
  const args = ['--super-peer', 'Bench', '--log-level', 'warn']
  const before = await startHostProcess(folder, args)
  const profile = await before.api.profiles.create({ displayName: 'Ada' })
  const address = await before.api.serving.address({})
  const creating = await before.api.groups.create({
    profile: profile.id,
    displayName: 'Harbour News',
    writers: 'everyone',
    history: true,
    superPeers: [address!.address],
  })
  let group = 0
  for await (const step of creating) {
    if ('group' in step) group = step.group.id
    if (step.step === 'done') break
  }
  await before.api.groups.confirm({ group })
  await before.stop()
  seedLongConversation(folder, group, messages, LAST)
  return { group, host: await startHostProcess(folder, args) }
}

async function signIn(browser: Browser, link: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(link)
  await page.getByRole('heading', { name: 'Chats' }).waitFor()
  return page
}

/** Everything that the list of chats needs, from nothing. */
async function measureFirstLoad(page: Page): Promise<object> {
  const bodies: Promise<{ readonly type: string; readonly body: Buffer }>[] = []
  page.on('response', (response) => {
    const type = response.request().resourceType()
    if (type === 'script' || type === 'stylesheet') bodies.push(response.body().then((body) => ({ type, body })))
  })
  const began = performance.now()
  await page.goto(new URL('/chats', page.url()).href)
  await page.getByRole('heading', { name: 'Chats' }).waitFor()
  const shownMs = performance.now() - began
  await page.waitForLoadState('networkidle')
  page.removeAllListeners('response')
  const loaded = await Promise.all(bodies)
  const kilobytes = (type: string, size: (body: Buffer) => number) =>
    figure(loaded.reduce((sum, item) => sum + (item.type === type ? size(item.body) : 0), 0) / 1000)
  return {
    scripts: loaded.filter(({ type }) => type === 'script').length,
    scriptKB: kilobytes('script', (body) => body.length),
    scriptGzipKB: kilobytes('script', (body) => gzipSync(body).length),
    styleGzipKB: kilobytes('stylesheet', (body) => gzipSync(body).length),
    shownMs: figure(shownMs),
  }
}

/** From the click in the list to the frame that shows the newest message; in a fresh page each time. */
async function measureOpening(page: Page, group: number, times: number): Promise<object> {
  const path = `/chats/${group}`
  const first: number[] = []
  const again: number[] = []
  for (let turn = 0; turn < times; turn++) {
    await page.goto(new URL('/chats', page.url()).href)
    await page.locator(`a[href="${path}"]`).waitFor()
    first.push(await page.evaluate<number>(opening(path)))
    await page.keyboard.press('Escape')
    await page.getByText('Choose a chat').waitFor()
    again.push(await page.evaluate<number>(opening(path)))
  }
  return { firstMs: spread(first), againMs: spread(again) }
}

function opening(path: string): string {
  return `new Promise((resolve) => {
    const shown = () => [...document.querySelectorAll('[role=log] article')].some((article) =>
      article.textContent.includes(${JSON.stringify(LAST)}))
    const began = performance.now()
    document.querySelector(${JSON.stringify(`a[href="${path}"]`)}).click()
    const look = () => shown()
      ? requestAnimationFrame(() => resolve(performance.now() - began))
      : requestAnimationFrame(look)
    look()
  })`
}

/** Scrolls up by 30 pixels a frame, past messages that are still to be loaded. */
async function measureScrolling(page: Page, seconds: number): Promise<object> {
  const { frames, elapsed, times, distance } = await page.evaluate<{
    frames: number
    elapsed: number
    times: number[]
    distance: number
  }>(`new Promise((resolve) => {
    const list = document.querySelector('[role=log]')
    const times = []
    const began = performance.now()
    let before = began, distance = 0
    function frame(now) {
      times.push(now - before)
      before = now
      const top = list.scrollTop
      list.scrollTop = top - 30
      distance += top - list.scrollTop
      if (now - began < ${seconds * 1000}) requestAnimationFrame(frame)
      else resolve({ frames: times.length, elapsed: now - began, times, distance })
    }
    requestAnimationFrame(frame)
  })`)
  const sorted = times.toSorted((a, b) => a - b)
  return {
    framesPerSecond: figure((frames * 1000) / elapsed),
    frameMs: spread(times),
    framesOver50ms: sorted.filter((time) => time > 50).length,
    pixelsPerSecond: figure((distance * 1000) / elapsed),
  }
}

function spread(values: readonly number[]): object {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => figure(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
  return { median: at(0.5), p95: at(0.95), most: at(1) }
}
