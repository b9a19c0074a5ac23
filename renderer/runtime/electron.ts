import type { ElectronBridge } from './bridge.ts'
import type { Runtime } from './runtime.ts'

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
  // What listens for the system's network coming back tries the host again at once.
  bridge.onResume(() => window.dispatchEvent(new Event('online')))
  return {
    kind: 'electron',
    access: () => bridge.access(),
    notify: (notice) => bridge.notify(notice),
    onReply: (reply) => bridge.onReply(reply),
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
