import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CHANNELS } from '../../../electron/channels.ts'
import { createLinkInbox } from '../../../electron/deep-links.ts'
import { createLogTail } from '../../../electron/host/log-tail.ts'
import type { HostState, Supervisor } from '../../../electron/host/supervisor.ts'
import { shellPaths } from '../../../electron/paths.ts'
import { startShell } from '../../../electron/shell.ts'
import { electron, FakeNotification, FakeTray, FakeWindow, resetElectron } from '../../support/fake-electron.ts'

vi.mock('electron', async () => (await import('../../support/fake-electron.ts')).electron)

const LINK = 'https://smp.example.org/g#abc'
let folder: string
beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(join(tmpdir(), 'hearth-shell-'))
  electron.app.paths.userData = folder
  mkdirSync(join(folder, 'dist', 'renderer'), { recursive: true })
  writeFileSync(join(folder, 'dist', 'renderer', 'index.html'), '<html>')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function shell() {
  let state: HostState = { kind: 'stopped' }
  const listeners: ((state: HostState) => void)[] = []
  const supervisor = {
    get state() {
      return state
    },
    onState: (listener: (state: HostState) => void) => void listeners.push(listener),
    url: 'ws://127.0.0.1:5000',
    access: vi.fn(async () => ({ url: 'ws://127.0.0.1:5000', token: 'secret' })),
    start: vi.fn(() => become({ kind: 'running', own: true })),
    retry: vi.fn(),
    check: vi.fn(),
    stop: vi.fn(async () => become({ kind: 'stopped' })),
  } satisfies Supervisor
  function become(next: HostState): void {
    state = next
    for (const listener of listeners) listener(next)
  }
  const links = createLinkInbox()
  const log = createLogTail()
  const announce = vi.fn()
  const started = await startShell({
    paths: shellPaths({
      packaged: false,
      appPath: folder,
      resources: '/r',
      platform: 'linux',
      arch: 'x64',
      developmentNode: undefined,
    }),
    supervisor,
    log,
    links,
    autostart: { platform: 'linux', flatpak: false, configHome: folder, launch: { path: 'hearth', arguments: [] } },
    announce,
  })
  const window = FakeWindow.all[0] as FakeWindow
  return { ...started, supervisor, become, links, log, announce, window }
}

/** As the interface sends it, from its own frame unless told otherwise. */
function event(window: FakeWindow, url?: string): object {
  const frame = window.webContents.mainFrame
  return { senderFrame: url === undefined ? frame : { url } }
}

function invoke(window: FakeWindow, channel: string, ...values: unknown[]): unknown {
  return electron.ipcMain.handlers.get(channel)?.(event(window), ...values)
}

describe('the window', () => {
  test('has no powers and shows the interface of the package', async () => {
    const { window, announce } = await shell()
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      webSecurity: true,
    })
    expect(window.webContents.loaded).toEqual(['app://hearth/'])
    expect(window.visible).toBe(true)
    window.webContents.emit('did-finish-load')
    expect(announce).toHaveBeenCalledOnce()
  })

  test('closing hides it and says so once', async () => {
    const { window, show } = await shell()
    window.close()
    expect(window.visible).toBe(false)
    expect(window.destroyed).toBe(false)
    expect(FakeNotification.all).toHaveLength(1)
    show()
    expect(window.visible).toBe(true)
    window.close()
    expect(FakeNotification.all).toHaveLength(1)
  })

  test('who does not want it to stay closes all of it', async () => {
    const { window, supervisor } = await shell()
    await invoke(window, CHANNELS.setSettings, { keepRunning: false })
    window.close()
    expect(window.destroyed).toBe(true)
    electron.app.emit('window-all-closed')
    expect(supervisor.stop).toHaveBeenCalled()
  })

  test('started by the system it stays out of sight', async () => {
    const argv = process.argv
    process.argv = ['hearth', '--autostart']
    const { window } = await shell()
    process.argv = argv
    expect(window.visible).toBe(false)
    expect(window.webContents.loaded).toHaveLength(1)
  })

  test('a page that dies comes back, but not for ever', async () => {
    const { window } = await shell()
    for (let i = 0; i < 10; i += 1) window.webContents.emit('render-process-gone')
    expect(window.webContents.loaded).toHaveLength(4)
  })
})

describe('what the interface asks', () => {
  test('it gets the way to the host and the log', async () => {
    const { window, log } = await shell()
    await expect(invoke(window, CHANNELS.access)).resolves.toEqual({ url: 'ws://127.0.0.1:5000', token: 'secret' })
    log.note('a line')
    expect(invoke(window, CHANNELS.hostLog)).toBe('a line')
  })

  test('nobody else gets an answer', async () => {
    const { window, supervisor } = await shell()
    const access = electron.ipcMain.handlers.get(CHANNELS.access)
    for (const url of ['https://example.org/', 'app://hearth/']) {
      expect(() => access?.(event(window, url))).toThrow('refused')
    }
    window.webContents.mainFrame.url = 'https://example.org/'
    expect(() => invoke(window, CHANNELS.access)).toThrow('refused')
    expect(() => access?.({ senderFrame: null })).toThrow('refused')
    expect(supervisor.access).not.toHaveBeenCalled()
  })

  test('what is not as agreed is refused', async () => {
    const { window } = await shell()
    expect(() => invoke(window, CHANNELS.setSettings, { startHidden: 'yes' })).toThrow()
    expect(() => invoke(window, CHANNELS.setSettings, { other: true })).toThrow()
    expect(() => invoke(window, CHANNELS.saveFile, 'name', 'text')).toThrow()
    for (const notice of [undefined, { title: 1 }, { title: 'a', body: 'b', path: 'https://example.org' }]) {
      electron.ipcMain.emit(CHANNELS.notify, event(window), notice)
    }
    window.focused = false
    expect(FakeNotification.all).toEqual([])
    for (const count of [-1, 1.5, '3', Number.NaN]) electron.ipcMain.emit(CHANNELS.setUnread, event(window), count)
    expect(electron.app.badge).toBe(0)
    electron.ipcMain.emit(CHANNELS.setUnread, event(window), 7)
    expect(electron.app.badge).toBe(7)
  })

  test('settings stay after a restart', async () => {
    const { window } = await shell()
    await invoke(window, CHANNELS.setSettings, { startHidden: false })
    resetElectron()
    electron.app.paths.userData = folder
    const again = await shell()
    expect(invoke(again.window, CHANNELS.settings)).toEqual({
      startWithSystem: false,
      startHidden: false,
      keepRunning: true,
    })
  })
})

describe('links and pages', () => {
  test('wait until the interface is there, also after it loaded anew', async () => {
    const { window, links } = await shell()
    links.add(LINK)
    FakeTray.last?.choose('Join a group')
    expect(window.webContents.sent).toEqual([])
    electron.ipcMain.emit(CHANNELS.listening, event(window))
    expect(window.webContents.sent).toEqual([
      [CHANNELS.link, LINK],
      [CHANNELS.navigate, '/join'],
    ])
    window.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true })
    links.add(LINK)
    expect(window.webContents.sent).toHaveLength(3)
    window.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
    links.add(LINK)
    expect(window.webContents.sent).toHaveLength(3)
    electron.ipcMain.emit(CHANNELS.listening, event(window))
    expect(window.webContents.sent).toHaveLength(4)
  })

  test('a reply in a notification reaches the interface', async () => {
    const { window } = await shell()
    window.focused = false
    electron.ipcMain.emit(CHANNELS.listening, event(window))
    electron.ipcMain.emit(CHANNELS.notify, event(window), {
      title: 'Oak',
      body: 'Hi',
      path: '/chats/1',
      reply: 'Reply',
    })
    FakeNotification.all.at(-1)?.emit('reply', { reply: 'Hello' }, '')
    expect(window.webContents.sent).toEqual([[CHANNELS.reply, '/chats/1', 'Hello']])
  })

  test('waking up makes host and interface look again', async () => {
    const { window, supervisor } = await shell()
    electron.powerMonitor.emit('resume')
    expect(supervisor.check).toHaveBeenCalledOnce()
    expect(window.webContents.sent).toEqual([[CHANNELS.resume]])
  })
})

describe('a host that does not run', () => {
  const page = (window: FakeWindow | undefined): string => decodeURIComponent(window?.webContents.loaded.at(-1) ?? '')

  test('is explained, and the page can do something about it', async () => {
    const { become, supervisor, log } = await shell()
    log.note('the database was written by a newer program')
    become({ kind: 'failed', problem: 'newer' })
    const failure = FakeWindow.all[1]
    expect(page(failure)).toContain('newer version of Hearth')
    expect(page(failure)).toContain('written by a newer program')
    expect(failure?.options.webPreferences).toMatchObject({ sandbox: true, javascript: false })
    expect(failure?.webContents.prevented('will-navigate', { url: 'app://action/retry' })).toBe(true)
    expect(supervisor.retry).toHaveBeenCalledOnce()
    expect(failure?.destroyed).toBe(true)
  })

  test('one or two failures are nobody’s business; three are, once', async () => {
    const { become } = await shell()
    for (const failures of [1, 2]) become({ kind: 'waiting', failures, problem: 'ended' })
    expect(FakeWindow.all).toHaveLength(1)
    for (const failures of [3, 4, 5]) become({ kind: 'waiting', failures, problem: 'ended' })
    expect(FakeWindow.all).toHaveLength(2)
    become({ kind: 'running', own: true })
    expect(FakeWindow.all[1]?.destroyed).toBe(true)
  })
})

describe('the end', () => {
  test('waits for the host to finish', async () => {
    const { supervisor } = await shell()
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = supervisor.stop.getMockImplementation()
    supervisor.stop.mockImplementation(async () => {
      await promise
      await stop?.()
    })
    FakeTray.last?.choose('Quit Hearth')
    expect(FakeTray.last?.destroyed).toBe(false)
    resolve()
    await vi.waitFor(() => expect(FakeTray.last?.destroyed).toBe(true))
    expect(supervisor.state.kind).toBe('stopped')
  })

  test('a window does not hide when the program ends', async () => {
    const { window } = await shell()
    electron.app.quit()
    window.close()
    expect(window.destroyed).toBe(true)
  })
})
