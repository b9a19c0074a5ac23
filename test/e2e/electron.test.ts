import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { noWindow } from '../../build/window/display.ts'
import { electronPackage, fetchedBinary } from '../../build/window/electron-binary.ts'

/** The shell as it is, where Electron has been fetched and can show a window. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const electron = electronPackage()
const binary = electron === undefined ? undefined : fetchedBinary(electron)
const problem =
  noWindow(process.platform, process.env, process.getuid?.()) ??
  (binary === undefined ? 'Electron has not been fetched' : undefined)
if (problem !== undefined) process.stdout.write(`The desktop shell is not tried: ${problem}\n`)

const folder = mkdtempSync(join(tmpdir(), 'hearth-electron-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.skipIf(problem !== undefined)('the window shows the interface of a host of its own', async () => {
  expect(spawnSync(process.execPath, [join(ROOT, 'build', 'shell.ts')], { stdio: 'inherit' }).status).toBe(0)
  const shell = await _electron.launch({
    executablePath: binary as string,
    args: [ROOT, `--dir=${folder}`],
    env: { ...process.env, HEARTH_NODE: process.execPath },
  })
  try {
    const window = await shell.firstWindow()
    expect(window.url()).toMatch(/^app:\/\/hearth\//)
    const access = await window.evaluate(() => {
      const page = globalThis as unknown as { hearth: { access(): Promise<{ url: string }> }; require?: unknown }
      return page.hearth.access().then(({ url }) => ({ url, node: typeof page.require }))
    })
    expect(access).toEqual({ url: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+$/), node: 'undefined' })
    // A new person is asked for a name, which only the host knows to be missing.
    await window.getByRole('textbox').first().waitFor()
  } finally {
    await shell.close()
  }
})
