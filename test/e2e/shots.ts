import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { launchOptions, obtainBrowser } from '../../build/browser.ts'
import { builtInterface } from '../../build/built-interface.ts'
import { type Neighbourhood, neighbourhood } from './gallery/neighbourhood.ts'
import { draw } from './gallery/pictures.ts'
import type { Scene } from './gallery/scene.ts'
import { SCENES } from './gallery/scenes.ts'
import { openWindow } from './support/windows.ts'

/**
 * `npm run shots`: photographs every screen, light and dark, at two sizes, into docs/shots/. Names of scenes after it
 * take those alone.
 */
const FOLDER = fileURLToPath(new URL('../../docs/shots', import.meta.url))
const SIZES = [
  { width: 1280, height: 800 },
  { width: 800, height: 600 },
] as const
const THEMES = ['light', 'dark'] as const

/** Pictures are decoded, charts drawn, and nothing is being fetched for the first time. */
const SETTLED = `(async () => {
  await document.fonts.ready
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})))
  await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)))
})()`

const wanted = process.argv.slice(2)
const found = obtainBrowser()
if ('missing' in found) throw new Error(found.missing)
await builtInterface()
const folder = mkdtempSync(join(tmpdir(), 'hearth-shots-'))
const browser = await chromium.launch(launchOptions(found.path))
try {
  const there = await neighbourhood(folder, await draw(browser))
  try {
    await photograph(browser, there)
  } finally {
    await there.stop()
  }
} finally {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
}
writeIndex()
clean()

async function photograph(browser: Browser, there: Neighbourhood): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  const pages = new Map<Scene['on'], Page>()
  for (const scene of SCENES) {
    const page = pages.get(scene.on) ?? (await open(browser, there, scene.on))
    pages.set(scene.on, page)
    await page.setViewportSize(SIZES[0])
    await page.emulateMedia({ colorScheme: 'light' })
    try {
      await scene.prepare(page, there)
    } catch (error) {
      await page.screenshot({ path: join(tmpdir(), `hearth-shots-${scene.name}.png`) })
      throw new Error(`${scene.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
    if (wanted.length === 0 || wanted.includes(scene.name)) await take(page, scene)
  }
}

async function open(browser: Browser, there: Neighbourhood, on: Scene['on']): Promise<Page> {
  const { page } = await openWindow(browser, { timezoneId: 'Europe/London', permissions: ['notifications'] })
  page.setDefaultTimeout(60_000)
  if (on === 'stranger') return page
  await page.goto(await there[on].signInLink())
  await page.locator('nav, main').first().waitFor()
  return page
}

async function take(page: Page, { name, passing = false }: Scene): Promise<void> {
  for (const [row, colorScheme] of THEMES.entries()) {
    await page.emulateMedia({ colorScheme })
    for (const [column, size] of SIZES.entries()) {
      if (passing && row !== column) continue
      await page.setViewportSize(size)
      await page.evaluate(SETTLED)
      await page.screenshot({ path: join(FOLDER, fileOf(name, colorScheme, size.width)), animations: 'disabled' })
    }
  }
  process.stdout.write(`${name}\n`)
}

function fileOf(name: string, theme: string, width: number): string {
  return `${name}-${theme}-${width}.png`
}

/** docs/shots/README.md shows them all. */
function writeIndex(): void {
  const lines = ['# Every screen', '', 'Taken by `npm run shots` from hosts that run on one machine.', '']
  for (const { name, title, passing = false } of SCENES) {
    lines.push(`## ${title}`, '')
    lines.push(`![${title}, light](${fileOf(name, 'light', 1280)})`)
    if (!passing)
      lines.push(
        `![${title}, dark](${fileOf(name, 'dark', 1280)})`,
        `![${title}, light, small](${fileOf(name, 'light', 800)})`,
      )
    lines.push(`![${title}, dark, small](${fileOf(name, 'dark', 800)})`, '')
  }
  writeFileSync(join(FOLDER, 'README.md'), `${lines.join('\n').trimEnd()}\n`)
}

/** Pictures of screens that there are no more go. */
function clean(): void {
  const known = new Set(
    SCENES.flatMap(({ name }) => THEMES.flatMap((theme) => SIZES.map(({ width }) => fileOf(name, theme, width)))),
  )
  for (const file of readdirSync(FOLDER)) if (file.endsWith('.png') && !known.has(file)) rmSync(join(FOLDER, file))
  const total = readdirSync(FOLDER).reduce((sum, file) => sum + statSync(join(FOLDER, file)).size, 0)
  process.stdout.write(`${readdirSync(FOLDER).length - 1} pictures, ${Math.round(total / 1024)} KiB\n`)
}
