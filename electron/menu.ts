import { app, Menu, type MenuItemConstructorOptions } from 'electron'
import type { Texts } from './texts.ts'

/** macOS wants a menu for its shortcuts; elsewhere it stays out of sight and carries the same. */
export function setMenu(texts: Texts, go: (path: string) => void): void {
  const file: MenuItemConstructorOptions[] = [
    { label: texts.newGroup, accelerator: 'CmdOrCtrl+Shift+N', click: () => go('/groups/new') },
    { label: texts.join, accelerator: 'CmdOrCtrl+Shift+J', click: () => go('/join') },
    { label: texts.settings, accelerator: 'CmdOrCtrl+,', click: () => go('/settings') },
    { type: 'separator' },
    { role: 'close' },
    { role: 'quit', label: texts.quit },
  ]
  const view: MenuItemConstructorOptions[] = [
    { role: 'resetZoom' },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { type: 'separator' },
    { role: 'togglefullscreen' },
    ...(app.isPackaged ? [] : ([{ role: 'toggleDevTools' }] as const)),
  ]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { label: app.name, submenu: file },
      { role: 'editMenu', label: texts.edit },
      { label: texts.view, submenu: view },
      { role: 'windowMenu', label: texts.window },
    ]),
  )
}
