import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { noWindow } from '../../../build/window/display.ts'
import { canFetch, electronPackage, fetchBinary, fetchedBinary } from '../../../build/window/electron-binary.ts'
import { openWindow } from '../../../build/window/open.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-window-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a window', () => {
  test('needs a display, and a person', () => {
    expect(noWindow('linux', {}, 1000)).toBe('there is no display')
    expect(noWindow('linux', { DISPLAY: '' }, 1000)).toBe('there is no display')
    expect(noWindow('linux', { DISPLAY: ':0' }, 1000)).toBeUndefined()
    expect(noWindow('linux', { WAYLAND_DISPLAY: 'wayland-0' }, 1000)).toBeUndefined()
    expect(noWindow('linux', { DISPLAY: ':0' }, 0)).toBe('a window does not run as root')
    expect(noWindow('darwin', {}, 501)).toBeUndefined()
    expect(noWindow('darwin', { SSH_CONNECTION: 'x' }, 501)).toBe('this is a remote session')
    expect(noWindow('win32', {}, undefined)).toBeUndefined()
  })
})

describe('Electron', () => {
  test('is installed as a package of the pinned version', () => {
    expect(electronPackage()?.version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  test('is there once its binary is', () => {
    const electron = { folder, version: '1.0.0' }
    expect(fetchedBinary(electron)).toBeUndefined()
    writeFileSync(join(folder, 'path.txt'), 'electron')
    expect(fetchedBinary(electron)).toBeUndefined()
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'dist', 'electron'), '')
    expect(fetchedBinary(electron)).toBe(join(folder, 'dist', 'electron'))
  })

  test('is fetched where its place answers, not elsewhere', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.writeHead(request.url?.startsWith('/mirror/v1.0.0/') === true ? 200 : 404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await canFetch({ folder, version: '1.0.0' }, `http://127.0.0.1:${port}/mirror`)).toBe(true)
    expect(await canFetch({ folder, version: '2.0.0' }, `http://127.0.0.1:${port}/mirror/`)).toBe(false)
    expect(asked[0]).toBe(`HEAD /mirror/v1.0.0/electron-v1.0.0-${process.platform}-${process.arch}.zip`)
    await new Promise((resolve) => server.close(resolve))
    expect(await canFetch({ folder, version: '1.0.0' }, `http://127.0.0.1:${port}/`)).toBe(false)
    expect(await canFetch({ folder, version: '1.0.0' }, 'not an address')).toBe(false)
  })

  test('that cannot be unpacked is no binary', async () => {
    writeFileSync(join(folder, 'install.js'), 'process.exit(1)')
    expect(await fetchBinary({ folder, version: '1.0.0' })).toBeUndefined()
  })
})

describe('opening', () => {
  function binary(script: string): string {
    const path = join(folder, 'electron')
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
    return path
  }

  test('a window that announces itself is waited for until it ends', async () => {
    const opened = await openWindow(binary('echo noise; echo "hearth: the window is open"; exit 7'), '/program', [])
    expect('window' in opened && (await opened.window)).toBe(7)
  })

  test('the program and its folder are handed over', async () => {
    const seen = join(folder, 'seen')
    await openWindow(binary(`echo "$@" > ${seen}; test -n "$HEARTH_NODE" && touch ${seen}.node`), '/program', [
      '--dir=/d',
    ])
    expect(existsSync(`${seen}.node`)).toBe(true)
  })

  test('an instance that runs already takes over', async () => {
    const opened = await openWindow(binary('exit 0'), '/program', [])
    expect('window' in opened && (await opened.window)).toBe(0)
  })

  test('one that breaks says why', async () => {
    expect(await openWindow(binary('echo "cannot open display" >&2; exit 1'), '/program', [])).toEqual({
      failed: 'cannot open display',
    })
    expect(await openWindow(join(folder, 'none'), '/program', [])).toMatchObject({
      failed: expect.stringContaining('ENOENT'),
    })
  })
})
