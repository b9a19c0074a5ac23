import { join } from 'node:path'
import { app, Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron'
import type { HostState } from './host/supervisor.ts'
import type { Texts } from './texts.ts'

/** The icon that stays when the window is closed: how the host is, and what one does most. */
export interface TrayIcon {
  hostState(state: HostState): void
  unread(count: number): void
  /** An update waits for a restart. */
  updateReady(version: string): void
  remove(): void
}

export interface TrayActions {
  open(): void
  go(path: string): void
  update(): void
  quit(): void
}

export function createTray(icons: string, texts: Texts, actions: TrayActions): TrayIcon {
  const mac = process.platform === 'darwin'
  const image = nativeImage.createFromPath(join(icons, mac ? 'trayTemplate.png' : 'tray.png'))
  const tray = new Tray(image)
  let state: HostState = { kind: 'stopped' }
  let unread = 0
  let update: string | undefined

  function refresh(): void {
    const summary = stateText(state, texts)
    const lines = unread > 0 ? [texts.unread(unread), summary] : [summary]
    tray.setToolTip(`Hearth: ${lines.join(', ')}`)
    const entries: MenuItemConstructorOptions[] = [
      ...lines.map((label) => ({ label, enabled: false })),
      { type: 'separator' },
      { label: texts.open, click: actions.open },
      { label: texts.newGroup, click: () => actions.go('/groups/new') },
      { label: texts.join, click: () => actions.go('/join') },
      { label: texts.serve, click: () => actions.go('/serve') },
      { label: texts.settings, click: () => actions.go('/settings') },
      { type: 'separator' },
      ...(update === undefined ? [] : [{ label: texts.updateReady(update), click: actions.update }]),
      { label: texts.quit, click: actions.quit },
    ]
    tray.setContextMenu(Menu.buildFromTemplate(entries))
  }

  if (!mac) tray.on('click', actions.open)
  refresh()
  return {
    hostState(next) {
      state = next
      refresh()
    },
    unread(count) {
      unread = count
      app.setBadgeCount(count)
      refresh()
    },
    updateReady(version) {
      update = version
      refresh()
    },
    remove: () => tray.destroy(),
  }
}

function stateText(state: HostState, texts: Texts): string {
  switch (state.kind) {
    case 'starting':
      return texts.startsNow
    case 'running':
      return state.own ? texts.running : texts.runningElsewhere
    case 'waiting':
      return texts.restarting
    case 'stopping':
      return texts.stopping
    case 'failed':
    case 'stopped':
      return texts.notRunning
  }
}
