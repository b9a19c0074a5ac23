import type { DesktopSettings, HostAccess, Notice, Runtime } from './runtime.ts'

/** What the preload script of the shell offers: the only thing that the interface knows of it. */
export interface ElectronBridge {
  access(): Promise<HostAccess>
  notify(notice: Notice): void
  onLink(open: (link: string) => void): () => void
  onNavigate(go: (path: string) => void): () => void
  openExternal(url: string): void
  saveFile(name: string, content: Uint8Array): Promise<void>
  setUnread(count: number): void
  settings(): Promise<DesktopSettings>
  setSettings(settings: Partial<DesktopSettings>): Promise<DesktopSettings>
  hostLog(): Promise<string>
}

declare global {
  interface Window {
    readonly hearth?: ElectronBridge
  }
}

/** The interface inside the shell; undefined elsewhere. */
export function electronRuntime(): Runtime | undefined {
  const bridge = window.hearth
  if (bridge === undefined) return undefined
  bridge.onNavigate((path) => {
    window.history.pushState(null, '', path)
    window.dispatchEvent(new PopStateEvent('popstate'))
  })
  return {
    kind: 'electron',
    access: () => bridge.access(),
    notify: (notice) => bridge.notify(notice),
    onLink: (open) => bridge.onLink(open),
    openExternal: (url) => bridge.openExternal(url),
    saveFile: async (name, content) => bridge.saveFile(name, new Uint8Array(await content.arrayBuffer())),
    setUnread: (count) => bridge.setUnread(count),
    desktop: {
      settings: () => bridge.settings(),
      setSettings: (settings) => bridge.setSettings(settings),
      hostLog: () => bridge.hostLog(),
    },
  }
}
