import { join } from 'node:path'
import { app, Notification, session } from 'electron'
import { type AutostartPlace, startedBySystem } from './autostart/autostart.ts'
import { CHANNELS, type Channel } from './channels.ts'
import type { LinkInbox } from './deep-links.ts'
import { createShellSettings, FIRST_SETTINGS } from './desktop-settings.ts'
import { createExternalLinks } from './external-links.ts'
import type { FailureAction } from './failure-page.ts'
import { createFailureWindow } from './failure-window.ts'
import { guardSession } from './guard.ts'
import type { LogTail } from './host/log-tail.ts'
import type { HostState, Supervisor } from './host/supervisor.ts'
import { serveInterface } from './interface-protocol.ts'
import { answerInterface } from './ipc.ts'
import { setMenu } from './menu.ts'
import { createNotifications } from './notifications.ts'
import type { ShellPaths } from './paths.ts'
import { watchPower } from './power.ts'
import { saveFile } from './save-file.ts'
import { openStateFile } from './state-file.ts'
import { textsFor } from './texts.ts'
import { createTray } from './tray.ts'
import { readReleaseSource } from './updates/release.ts'
import { startUpdates, type Updates } from './updates/updates.ts'
import { createMainWindow } from './window.ts'
import { FIRST_WINDOW } from './window-state.ts'

export interface ShellParts {
  readonly paths: ShellPaths
  readonly supervisor: Supervisor
  readonly log: LogTail
  readonly links: LinkInbox
  readonly autostart: Omit<AutostartPlace, 'reason'>
  /** Said once, when there is a window to look at. */
  announce(): void
}

export interface Shell {
  show(): void
}

/** A host that failed this often in a row is told of; it is tried on. */
const PATIENT_FAILURES = 3

/** Puts the desktop around the host together. Electron must be ready. */
export async function startShell(parts: ShellParts): Promise<Shell> {
  const { paths, supervisor, log, links, announce } = parts
  const texts = textsFor(app.getLocale())
  const state = (name: string): string => join(app.getPath('userData'), name)
  const settings = createShellSettings(openStateFile(state('settings.json'), FIRST_SETTINGS), {
    ...parts.autostart,
    reason: texts.background,
  })
  const told = openStateFile(state('told.json'), { staysInTray: false })
  const openExternal = createExternalLinks(
    openStateFile(state('hosts.json'), { hosts: [] as readonly string[] }),
    texts,
  )
  let leaving = false
  let listening = false
  let wantedPath: string | undefined
  let updates: Updates | undefined

  serveInterface(paths.interface)
  guardSession(session.defaultSession, () => supervisor.url)
  const main = createMainWindow({
    preload: paths.preload,
    icons: paths.icons,
    place: openStateFile(state('window.json'), FIRST_WINDOW),
    hideOnClose() {
      if (leaving || !settings.current.keepRunning) return false
      sayThatItStays()
      return true
    },
    deaf() {
      listening = false
      links.close()
    },
    loaded: announce,
  })

  function send(channel: Channel, ...values: unknown[]): void {
    main.window?.webContents.send(channel, ...values)
  }

  function go(path: string): void {
    main.show()
    if (listening) send(CHANNELS.navigate, path)
    else wantedPath = path
  }

  function sayThatItStays(): void {
    if (told.value.staysInTray || !Notification.isSupported()) return
    told.update({ staysInTray: true })
    new Notification({ title: 'Hearth', body: texts.staysInTray }).show()
  }

  const notify = createNotifications({
    icons: paths.icons,
    focused: () => main.focused,
    open: go,
    reply: (path, text) => (listening ? send(CHANNELS.reply, path, text) : go(path)),
  })

  const tray = createTray(paths.icons, texts, { open: main.show, go, update: leaveForUpdate, quit: () => app.quit() })
  const failure = createFailureWindow(texts, act, () => updates !== undefined)

  function act(action: FailureAction): void {
    if (action === 'retry') supervisor.retry()
    else if (action === 'update') updates?.check()
    else if (action === 'quit') app.quit()
    else void saveFile('hearth-log.txt', Buffer.from(log.text()), undefined)
    if (action === 'retry') failure.close()
  }

  function hostChanged(next: HostState): void {
    tray.hostState(next)
    if (next.kind === 'running') failure.close()
    else if (next.kind === 'failed') failure.show(next.problem, log.text())
    else if (next.kind === 'waiting' && next.failures >= PATIENT_FAILURES) failure.show(next.problem, log.text())
  }

  function leaveForUpdate(): void {
    leaving = true
    void supervisor.stop().then(() => {
      if (updates?.install() !== true) app.quit()
    })
  }

  answerInterface({
    get window() {
      return main.window
    },
    access: () => supervisor.access(),
    notify,
    openExternal: (url, window) => void openExternal(url, window),
    saveFile: (name, content) => saveFile(name, content, main.window),
    setUnread: tray.unread,
    settings: () => settings.current,
    setSettings: settings.change,
    hostLog: log.text,
    listening() {
      listening = true
      links.open((link) => {
        main.show()
        send(CHANNELS.link, link)
      })
      if (wantedPath !== undefined) send(CHANNELS.navigate, wantedPath)
      wantedPath = undefined
    },
  })
  setMenu(texts, go)
  watchPower({
    woke() {
      supervisor.check()
      send(CHANNELS.resume)
    },
    shutdown: () => app.quit(),
  })

  app.on('before-quit', (event) => {
    leaving = true
    if (supervisor.state.kind === 'stopped') return
    event.preventDefault()
    void supervisor.stop().then(() => app.quit())
  })
  app.on('window-all-closed', () => {
    if (!settings.current.keepRunning) app.quit()
  })
  app.on('will-quit', () => tray.remove())

  supervisor.onState(hostChanged)
  supervisor.start()
  if (settings.current.startHidden && startedBySystem(process.argv, process.platform)) main.prepare()
  else main.show()
  updates = await startUpdates(readReleaseSource(paths.release), tray.updateReady, (reason) => log.note(reason))
  return { show: main.show }
}
