import { join } from 'node:path'
import { BrowserWindow, nativeTheme } from 'electron'
import { INTERFACE_ORIGIN } from './interface-protocol.ts'
import type { StateFile } from './state-file.ts'
import { keepWindowPlace, type WindowState, windowPlace } from './window-state.ts'

/** The one window with the interface. It is made on first use and hidden rather than closed. */
export interface MainWindow {
  show(): void
  /** Makes it without showing it: the interface notifies from then on. */
  prepare(): void
  readonly window: BrowserWindow | undefined
  readonly focused: boolean
}

export interface WindowOptions {
  readonly preload: string
  readonly icons: string
  readonly place: StateFile<WindowState>
  /** The person closed it: true where it is to be hidden instead. */
  hideOnClose(): boolean
  /** A page begins or ended: nobody listens to what the shell sends. */
  deaf(): void
  /** The interface is there. */
  loaded(): void
}

const HOME = `${INTERFACE_ORIGIN}/`
const BACKGROUND = { light: '#fbfaf8', dark: '#171411' }

export function createMainWindow({ preload, icons, place, hideOnClose, deaf, loaded }: WindowOptions): MainWindow {
  let window: BrowserWindow | undefined
  const reloads = seldom(3, 60_000)

  function made(): BrowserWindow {
    if (window !== undefined) return window
    const fresh = new BrowserWindow({
      ...windowPlace(place.value),
      minWidth: 400,
      minHeight: 480,
      show: false,
      title: 'Hearth',
      icon: join(icons, 'icon.png'),
      backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
      autoHideMenuBar: true,
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        webviewTag: false,
        webSecurity: true,
        navigateOnDragDrop: false,
        spellcheck: false,
        // Notifications come from the interface, also while it is hidden.
        backgroundThrottling: false,
      },
    })
    window = fresh
    keepWindowPlace(fresh, place)
    fresh.on('close', (event) => {
      if (!hideOnClose()) return
      event.preventDefault()
      fresh.hide()
    })
    fresh.once('closed', () => {
      window = undefined
    })
    const contents = fresh.webContents
    contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) deaf()
    })
    contents.on('did-finish-load', loaded)
    contents.on('render-process-gone', () => {
      deaf()
      // A page that dies again at once is left alone until the window is opened anew.
      if (reloads.add()) void contents.loadURL(HOME)
    })
    void contents.loadURL(HOME)
    return fresh
  }

  return {
    prepare: () => void made(),
    show() {
      const shown = made()
      if (shown.isMinimized()) shown.restore()
      if (place.value.maximized && !shown.isVisible()) shown.maximize()
      shown.show()
      shown.focus()
    },
    get window() {
      return window
    },
    get focused() {
      return window?.isFocused() ?? false
    },
  }
}

/** Lets `most` things happen within `span` milliseconds. */
function seldom(most: number, span: number): { add(): boolean } {
  let times: number[] = []
  return {
    add() {
      const now = performance.now()
      times = times.filter((time) => now - time < span)
      if (times.length >= most) return false
      times.push(now)
      return true
    },
  }
}
