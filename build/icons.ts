import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

/**
 * Draws the icons of the shell and the packages from the interface's own. They are kept in the tree, since drawing
 * needs a browser: `node build/icons.ts <path of chromium>`.
 */
const svg = readFileSync(new URL('../renderer/public/icon.svg', import.meta.url), 'utf8')
const folder = new URL('../electron/icons/', import.meta.url)

/** macOS colours the icon of its menu bar itself: the flame alone, the inner one cut out. */
const flames = [...svg.matchAll(/ d="([^"]+)"/g)].map(([, path]) => path)
const template = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="14 6 36 46"><path fill-rule="evenodd" d="${flames.join(' ')}"/></svg>`

const ICONS: readonly (readonly [name: string, size: number, image: string])[] = [
  ['icon.png', 1024, svg],
  ['tray.png', 24, svg],
  ['tray@2x.png', 48, svg],
  ['trayTemplate.png', 18, template],
  ['trayTemplate@2x.png', 36, template],
]

const browser = await chromium.launch({ executablePath: process.argv[2] ?? 'chromium', args: ['--no-sandbox'] })
const page = await browser.newPage()
for (const [name, size, image] of ICONS) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${image}`)
  writeFileSync(fileURLToPath(new URL(name, folder)), await page.screenshot({ omitBackground: true }))
}
await browser.close()
