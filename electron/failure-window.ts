import { BrowserWindow } from 'electron'
import { FAILURE_ACTIONS, type FailureAction, failurePage } from './failure-page.ts'
import type { FailureKind, Texts } from './texts.ts'

/** Says what keeps the host from running. */
export interface FailureWindow {
  show(kind: FailureKind, log: string): void
  close(): void
}

export function createFailureWindow(
  texts: Texts,
  act: (action: FailureAction) => void,
  updates: () => boolean,
): FailureWindow {
  let window: BrowserWindow | undefined
  let shown: FailureKind | undefined

  function made(): BrowserWindow {
    if (window !== undefined) return window
    const fresh = new BrowserWindow({
      width: 640,
      height: 680,
      title: 'Hearth',
      show: false,
      autoHideMenuBar: true,
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false },
    })
    fresh.webContents.on('will-navigate', (event) => {
      event.preventDefault()
      const { url } = event
      const found = Object.entries(FAILURE_ACTIONS).find(([, address]) => address === url)
      if (found !== undefined) act(found[0] as FailureAction)
    })
    fresh.once('ready-to-show', () => fresh.show())
    fresh.once('closed', () => {
      window = undefined
    })
    window = fresh
    return fresh
  }

  return {
    show(kind, log) {
      // Who closed it has read it; another problem is said again.
      if (kind === shown) return
      shown = kind
      const page = failurePage(kind, log, texts, updates())
      void made().loadURL(`data:text/html;charset=utf-8,${encodeURIComponent(page)}`)
    },
    close() {
      shown = undefined
      window?.destroy()
    },
  }
}
