import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AutostartPlace, setAutostart, startedBySystem } from '../../../electron/autostart/autostart.ts'
import { execLine } from '../../../electron/autostart/desktop-entry.ts'
import { portalCall } from '../../../electron/autostart/flatpak.ts'
import { renewXdgEntries, setXdgAutostart, writeLinkHandler } from '../../../electron/autostart/xdg.ts'
import { createLinkInbox, isLink, linksOf } from '../../../electron/deep-links.ts'
import { createShellSettings, FIRST_SETTINGS } from '../../../electron/desktop-settings.ts'
import { createExternalLinks } from '../../../electron/external-links.ts'
import { FAILURE_ACTIONS, failurePage } from '../../../electron/failure-page.ts'
import { guardPages, guardSession } from '../../../electron/guard.ts'
import { onlyInstance } from '../../../electron/instance.ts'
import { announceInterface, isInterface, serveInterface } from '../../../electron/interface-protocol.ts'
import { launchOf } from '../../../electron/launch.ts'
import { setMenu } from '../../../electron/menu.ts'
import { createNotifications } from '../../../electron/notifications.ts'
import { watchPower } from '../../../electron/power.ts'
import { saveFile } from '../../../electron/save-file.ts'
import { offerScheme } from '../../../electron/scheme.ts'
import { openStateFile } from '../../../electron/state-file.ts'
import { textsFor } from '../../../electron/texts.ts'
import { createTray } from '../../../electron/tray.ts'
import { FIRST_WINDOW, windowPlace } from '../../../electron/window-state.ts'
import { electron, FakeContents, FakeNotification, FakeTray, resetElectron } from '../../support/fake-electron.ts'

vi.mock('electron', async () => (await import('../../support/fake-electron.ts')).electron)

const texts = textsFor('en')
let folder: string
beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(join(tmpdir(), 'hearth-desktop-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const SHORT = 'https://smp.example.org/g#abc'
const SIMPLEX = 'simplex:/contact#/?v=2-7&smp=smp%3A%2F%2Fx'

describe('links of the network', () => {
  test.each([
    SHORT,
    SIMPLEX,
    'simplex:/a#key?h=one.example',
    'https://simplex.chat/contact#/?v=2',
    'https://x.org/i#a',
  ])('%s is one', (link) => expect(isLink(link)).toBe(true))
  test.each([
    'https://example.org/',
    'https://example.org/g',
    'http://example.org/g#abc',
    'javascript:alert(1)',
    'file:///etc/passwd#x',
    'simplex:',
    '--autostart',
    `https://example.org/g#${'x'.repeat(5000)}`,
  ])('%s is none', (text) => expect(isLink(text)).toBe(false))

  test('are found among arguments', () => {
    expect(linksOf(['--dir=/x', SHORT, '--flag', ` ${SIMPLEX} `])).toEqual([SHORT, SIMPLEX])
  })

  test('wait until the interface takes them, and again after it went', () => {
    const inbox = createLinkInbox()
    const taken: string[] = []
    inbox.add('nonsense')
    inbox.add(SHORT)
    inbox.open((link) => taken.push(link))
    inbox.add(SIMPLEX)
    expect(taken).toEqual([SHORT, SIMPLEX])
    inbox.close()
    inbox.add(SHORT)
    expect(taken).toHaveLength(2)
    inbox.open((link) => taken.push(link))
    expect(taken).toHaveLength(3)
  })
})

describe('one instance', () => {
  test('a second one ends; the first gets its links and comes to the front', () => {
    electron.app.locked = false
    expect(onlyInstance({ link: vi.fn(), again: vi.fn() })).toBe(false)
    electron.app.locked = true
    const link = vi.fn()
    const again = vi.fn()
    expect(onlyInstance({ link, again })).toBe(true)
    electron.app.emit('second-instance', {}, ['hearth', SHORT, '--x'])
    expect(link).toHaveBeenCalledExactlyOnceWith(SHORT)
    expect(again).toHaveBeenCalledOnce()
  })

  test('links of macOS come as events', () => {
    const link = vi.fn()
    onlyInstance({ link, again: vi.fn() })
    electron.app.emit('open-url', { preventDefault() {} }, SIMPLEX)
    electron.app.emit('open-url', { preventDefault() {} }, 'https://example.org/')
    expect(link).toHaveBeenCalledExactlyOnceWith(SIMPLEX)
  })

  test('links of others are not taken away from them', () => {
    const place = {
      platform: 'win32',
      appImage: false,
      dataHome: folder,
      launch: { path: 'hearth', arguments: [] },
    } as const
    electron.app.schemeOwner = 'SimpleX'
    offerScheme(place)
    expect(electron.app.schemes).toEqual([])
    electron.app.schemeOwner = ''
    offerScheme(place)
    expect(electron.app.schemes).toEqual([['simplex', 'hearth', []]])
  })
})

describe('the guard', () => {
  test('a page asks for nothing but the clipboard and the host', () => {
    const { defaultSession } = electron.session
    guardSession(defaultSession as never, () => 'ws://127.0.0.1:5000')
    const asked = (permission: string, requestingUrl: string): boolean => {
      let result: boolean | undefined
      defaultSession.ask?.({}, permission, (granted) => (result = granted), { requestingUrl })
      expect(defaultSession.check?.({}, permission, requestingUrl)).toBe(result)
      return result as boolean
    }
    expect(asked('clipboard-sanitized-write', 'app://hearth/')).toBe(true)
    expect(asked('loopback-network', 'app://hearth/chats/1')).toBe(true)
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'usb',
      'hid',
    ]) {
      expect(asked(permission, 'app://hearth/')).toBe(false)
    }
    expect(asked('clipboard-sanitized-write', 'https://example.org/')).toBe(false)
    expect(asked('loopback-network', 'app://hearth.example/')).toBe(false)
    expect(defaultSession.device?.()).toBe(false)
  })

  test.each([
    ['ws://127.0.0.1:5000/', false],
    ['app://hearth/assets/index.js', false],
    ['data:image/png;base64,AA', false],
    ['ws://127.0.0.1:5001/', true],
    ['http://127.0.0.1:5000/', true],
    ['https://example.org/', true],
    ['ws://127.0.0.1:5000.example.org/', true],
  ])('request to %s is cancelled: %s', (url, cancel) => {
    guardSession(electron.session.defaultSession as never, () => 'ws://127.0.0.1:5000')
    const answer = vi.fn()
    if (URL.canParse(url)) electron.session.defaultSession.before?.({ url }, answer)
    else answer({ cancel: true })
    expect(answer).toHaveBeenCalledExactlyOnceWith({ cancel })
  })

  test('downloads are refused', () => {
    guardSession(electron.session.defaultSession as never, () => undefined)
    const preventDefault = vi.fn()
    electron.session.defaultSession.emit('will-download', { preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
  })

  test('no page leads away, opens a window or embeds another', () => {
    guardPages()
    const contents = new FakeContents()
    electron.app.emit('web-contents-created', {}, contents)
    expect(contents.windowOpen?.({ url: 'https://example.org/' })).toEqual({ action: 'deny' })
    for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']) {
      expect(contents.prevented(event, { url: 'https://example.org/' })).toBe(true)
    }
  })
})

describe('the interface from the package', () => {
  async function get(url: string, init?: RequestInit): Promise<Response> {
    const handler = electron.protocol.handlers.get('app')
    if (handler === undefined) throw new Error('not served')
    return handler(new Request(url, init))
  }

  beforeEach(() => {
    writeFileSync(join(folder, 'index.html'), '<html>')
    writeFileSync(join(folder, 'main.js'), 'run()')
    serveInterface(folder)
  })

  test('has a strict policy and the right types', async () => {
    const page = await get('app://hearth/')
    expect(await page.text()).toBe('<html>')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("connect-src 'self' ws://127.0.0.1:* ws://localhost:*")
    expect(policy).not.toMatch(/unsafe|https?:/)
    const script = await get('app://hearth/main.js')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('every other path is a page of it, and none leads out', async () => {
    for (const path of ['chats/1', '../../etc/passwd', '..%2f..%2fetc%2fpasswd', '%2e%2e/secret']) {
      expect(await (await get(`app://hearth/${path}`)).text()).toBe('<html>')
    }
    expect((await get('app://hearth/assets/gone.js')).status).toBe(404)
    expect((await get('app://other/')).status).toBe(404)
    expect((await get('app://hearth/', { method: 'POST' })).status).toBe(404)
  })

  test('is a secure scheme, and only its own pages count as it', () => {
    announceInterface()
    expect(electron.protocol.privileged).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    ])
    expect(isInterface('app://hearth/x')).toBe(true)
    expect(isInterface('app://hearthen/x')).toBe(false)
    expect(isInterface('https://app/hearth')).toBe(false)
  })
})

describe('external links', () => {
  function links() {
    const file = openStateFile(join(folder, 'hosts.json'), { hosts: [] as readonly string[] })
    return { file, open: createExternalLinks(file, texts) }
  }
  const window = {} as never

  test('a host is asked for once and remembered', async () => {
    const { open } = links()
    expect(await open('https://example.org/a', window)).toBe(true)
    expect(await open('https://example.org/b?c=d', window)).toBe(true)
    expect(electron.dialog.asked).toHaveLength(1)
    expect(electron.shell.opened).toEqual(['https://example.org/a', 'https://example.org/b?c=d'])
    expect(await links().open('https://example.org/c', window)).toBe(true)
    expect(electron.dialog.asked).toHaveLength(1)
    expect(await open('https://other.example.org/', window)).toBe(true)
    expect(electron.dialog.asked).toHaveLength(2)
  })

  test('who says no is asked again', async () => {
    electron.dialog.answer = { response: 1 }
    const { open, file } = links()
    expect(await open('https://example.org/', window)).toBe(false)
    expect(file.value.hosts).toEqual([])
    expect(electron.shell.opened).toEqual([])
  })

  test.each([
    'http://example.org/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://server/share',
    'https://user:password@example.org/',
    'not a link',
    `https://example.org/${'x'.repeat(3000)}`,
  ])('%s is refused without a question', async (url) => {
    expect(await links().open(url, window)).toBe(false)
    expect(electron.dialog.asked).toEqual([])
  })
})

describe('tray', () => {
  function tray() {
    const actions = { open: vi.fn(), go: vi.fn(), update: vi.fn(), quit: vi.fn() }
    return { actions, icon: createTray('/icons', texts, actions) }
  }
  const labels = (): (string | undefined)[] => FakeTray.last?.menu.map(({ label }) => label) ?? []

  test('shows how the host is and what is unread', () => {
    const { icon } = tray()
    icon.hostState({ kind: 'running', own: true })
    icon.unread(3)
    expect(FakeTray.last?.tip).toBe('Hearth: 3 unread, Running')
    expect(electron.app.badge).toBe(3)
    icon.hostState({ kind: 'waiting', failures: 1, problem: 'ended' })
    expect(labels()).toContain(texts.restarting)
    icon.hostState({ kind: 'failed', problem: 'newer' })
    expect(labels()).toContain(texts.notRunning)
  })

  test('leads to what one does most, and out', () => {
    const { actions, icon } = tray()
    FakeTray.last?.choose(texts.newGroup)
    expect(actions.go).toHaveBeenCalledWith('/groups/new')
    FakeTray.last?.choose(texts.quit)
    expect(actions.quit).toHaveBeenCalledOnce()
    FakeTray.last?.emit('click')
    expect(actions.open).toHaveBeenCalledOnce()
    expect(labels()).not.toContain(texts.updateReady('2.0.0'))
    icon.updateReady('2.0.0')
    FakeTray.last?.choose(texts.updateReady('2.0.0'))
    expect(actions.update).toHaveBeenCalledOnce()
    icon.remove()
    expect(FakeTray.last?.destroyed).toBe(true)
  })
})

describe('notifications', () => {
  function notifications(focused = false) {
    const options = { icons: '/icons', focused: () => focused, open: vi.fn(), reply: vi.fn() }
    return { options, notify: createNotifications(options) }
  }

  test('a click leads to the page, a reply to the interface', () => {
    const { options, notify } = notifications()
    notify({ title: 'Oak', body: 'Hello', path: '/chats/1', reply: 'Reply' })
    const [shown] = FakeNotification.all
    expect(shown?.shown).toBe(true)
    shown?.emit('click')
    expect(options.open).toHaveBeenCalledWith('/chats/1')
    shown?.emit('reply', { reply: ' Hi ' }, ' Hi ')
    shown?.emit('reply', { reply: '  ' }, '')
    expect(options.reply).toHaveBeenCalledExactlyOnceWith('/chats/1', 'Hi')
  })

  test('a newer one of the same chat takes the place of the older', () => {
    const { notify } = notifications()
    notify({ title: 'Oak', body: '1', path: '/chats/1' })
    notify({ title: 'Oak', body: '2', path: '/chats/1' })
    notify({ title: 'Elm', body: '1', path: '/chats/2' })
    expect(FakeNotification.all.map(({ closed }) => closed)).toEqual([true, false, false])
  })

  test('who looks at the window needs none', () => {
    const { notify } = notifications(true)
    notify({ title: 'Oak', body: '1', path: '/chats/1' })
    expect(FakeNotification.all).toEqual([])
  })
})

describe('autostart', () => {
  function place(change: Partial<AutostartPlace> = {}): AutostartPlace {
    return {
      platform: 'linux',
      flatpak: false,
      configHome: folder,
      launch: { path: '/home/ada/My Apps/Hearth.AppImage', arguments: [] },
      reason: 'messages',
      ...change,
    }
  }

  test('Linux: an entry that starts the file itself', async () => {
    await setAutostart(true, place())
    const path = join(folder, 'autostart', 'hearth.desktop')
    expect(readFileSync(path, 'utf8')).toContain('Exec="/home/ada/My Apps/Hearth.AppImage" "--autostart"\n')
    await setAutostart(false, place())
    await setAutostart(false, place())
    expect(() => readFileSync(path)).toThrow('ENOENT')
  })

  test('signs that mean something in an entry are escaped', () => {
    expect(execLine(['/a b/$x"`\\%u'])).toBe('"/a b/\\\\$x\\\\"\\\\`\\\\\\\\%%u"')
    expect(execLine(['hearth'], '%u')).toBe('"hearth" %u')
  })

  test('an AppImage that has another name now is named anew, where it was named at all', () => {
    const old = { path: '/apps/Hearth-0.1.0.AppImage', arguments: [] }
    const launch = { path: '/apps/Hearth-0.2.0.AppImage', arguments: [] }
    const files = ['autostart/hearth.desktop', 'applications/hearth-links.desktop'].map((name) => join(folder, name))
    renewXdgEntries(folder, folder, launch)
    expect(files.map((file) => existsSync(file))).toEqual([false, false])
    setXdgAutostart(true, folder, old)
    writeLinkHandler(folder, old)
    renewXdgEntries(folder, folder, launch)
    for (const file of files) expect(readFileSync(file, 'utf8')).toContain('Exec="/apps/Hearth-0.2.0.AppImage"')
  })

  test('macOS and Windows have switches of their own', async () => {
    await setAutostart(true, place({ platform: 'darwin' }))
    expect(electron.app.loginItem).toEqual({ openAtLogin: true })
    await setAutostart(true, place({ platform: 'win32', launch: { path: 'C:\\Hearth.exe', arguments: ['C:\\a b'] } }))
    expect(electron.app.loginItem).toEqual({
      openAtLogin: true,
      path: 'C:\\Hearth.exe',
      args: ['"C:\\a b"', '--autostart'],
    })
  })

  test('a Flatpak asks the portal', () => {
    const call = portalCall(true, "it's")
    expect(call.at(-1)).toBe(`{'reason': <'it\\'s'>, 'autostart': <true>, 'commandline': <['hearth', '--autostart']>}`)
  })

  test('the program knows who started it, and how it is started again', () => {
    expect(startedBySystem(['hearth', '--autostart'], 'linux')).toBe(true)
    expect(startedBySystem(['hearth'], 'linux')).toBe(false)
    electron.app.openedAtLogin = true
    expect(startedBySystem(['hearth'], 'darwin')).toBe(true)
    const facts = { packaged: true, execPath: '/tmp/.mount/hearth', appPath: '/x', env: { APPIMAGE: '/a.AppImage' } }
    expect(launchOf(facts)).toEqual({ path: '/a.AppImage', arguments: [] })
    expect(launchOf({ ...facts, packaged: false })).toEqual({ path: '/tmp/.mount/hearth', arguments: ['/x'] })
  })

  test('a setting that could not take effect is not kept', async () => {
    const file = openStateFile(join(folder, 'settings.json'), FIRST_SETTINGS)
    const settings = createShellSettings(file, place())
    await settings.change({ startWithSystem: true, startHidden: false })
    expect(settings.current).toEqual({ startWithSystem: true, startHidden: false, keepRunning: true })
    writeFileSync(join(folder, 'file'), '')
    const broken = createShellSettings(openStateFile(join(folder, 'other.json'), FIRST_SETTINGS), {
      ...place(),
      configHome: join(folder, 'file'),
    })
    await expect(broken.change({ startWithSystem: true })).rejects.toThrow()
    expect(broken.current.startWithSystem).toBe(false)
  })
})

describe('what is kept on disk', () => {
  test('survives; what is damaged or of another type has its default', () => {
    const path = join(folder, 'state', 'file.json')
    openStateFile(path, { a: 1, b: 'x' }).update({ a: 2 })
    expect(openStateFile(path, { a: 1, b: 'x' }).value).toEqual({ a: 2, b: 'x' })
    writeFileSync(path, '{"a":"two","b":null,"c":1}')
    expect(openStateFile(path, { a: 1, b: 'x' }).value).toEqual({ a: 1, b: 'x' })
    writeFileSync(path, '{')
    expect(openStateFile(path, { a: 1 }).value).toEqual({ a: 1 })
  })

  test('a window comes back where it was, if a screen is there', () => {
    const state = { x: 100, y: 50, width: 800, height: 600, maximized: false }
    expect(windowPlace(state)).toEqual({ x: 100, y: 50, width: 800, height: 600 })
    expect(windowPlace({ ...state, x: 5000 })).toEqual({ width: 800, height: 600 })
    expect(windowPlace({ ...state, y: -30 })).toEqual({ width: 800, height: 600 })
    expect(windowPlace(FIRST_WINDOW)).toEqual({ width: FIRST_WINDOW.width, height: FIRST_WINDOW.height })
  })

  test('a file goes where the person says, under a plain name', async () => {
    await saveFile('x', new Uint8Array([1]), undefined)
    const path = join(folder, 'qr.png')
    electron.dialog.path = { canceled: false, filePath: path }
    await saveFile('../../.bashrc', new Uint8Array([1, 2]), undefined)
    expect([...readFileSync(path)]).toEqual([1, 2])
    expect(electron.dialog.asked).toEqual([[{ defaultPath: '/downloads/x' }], [{ defaultPath: '/downloads/bashrc' }]])
  })
})

describe('when the host does not run', () => {
  test('the page says what happened, what is safe and what to do, without scripts', () => {
    const page = failurePage('newer', 'line 1\n<script>alert(1)</script>', texts, true)
    for (const text of Object.values(texts.failure.newer)) expect(page).toContain(text.replace(/'/g, '&#39;'))
    expect(page).not.toContain('<script')
    expect(page).toContain(FAILURE_ACTIONS.update)
    expect(failurePage('ended', '', texts, false)).not.toContain(FAILURE_ACTIONS.update)
  })

  test('it shows the last lines of the log', () => {
    const log = Array.from({ length: 100 }, (_, i) => `line ${i}.`).join('\n')
    const page = failurePage('ended', log, texts, false)
    expect(page).toContain('line 99.')
    expect(page).not.toContain('line 69.')
  })
})

test('both languages say everything', () => {
  const german = textsFor('de-AT')
  expect(Object.keys(german)).toEqual(Object.keys(texts))
  expect(Object.keys(german.failure)).toEqual(Object.keys(texts.failure))
  expect(german.quit).not.toBe(texts.quit)
  expect(textsFor('fr')).toBe(texts)
})

test('the menu leads to pages', () => {
  const go = vi.fn()
  setMenu(texts, go)
  electron.Menu.shown[0]?.submenu?.find(({ label }) => label === texts.settings)?.click?.()
  expect(go).toHaveBeenCalledWith('/settings')
})

test('waking up and shutting down are noticed', () => {
  const events = { woke: vi.fn(), shutdown: vi.fn() }
  watchPower(events)
  electron.powerMonitor.emit('resume')
  expect(events.woke).toHaveBeenCalledOnce()
  const preventDefault = vi.fn()
  electron.powerMonitor.emit('shutdown', { preventDefault })
  expect(preventDefault).toHaveBeenCalledOnce()
  expect(events.shutdown).toHaveBeenCalledOnce()
})
