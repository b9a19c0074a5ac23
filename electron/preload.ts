import { contextBridge, ipcRenderer } from 'electron'
import type { ElectronBridge } from '../renderer/runtime/bridge.ts'
import { CHANNELS, type Channel } from './channels.ts'

/** Listens without handing the event, which leads to Electron's own objects, to the page. */
function on<Arguments extends unknown[]>(channel: Channel, listener: (...values: Arguments) => void): () => void {
  const heard = (_event: unknown, ...values: unknown[]): void => listener(...(values as Arguments))
  ipcRenderer.on(channel, heard)
  return () => void ipcRenderer.off(channel, heard)
}

const bridge: ElectronBridge = {
  access: () => ipcRenderer.invoke(CHANNELS.access),
  notify: (notice) => ipcRenderer.send(CHANNELS.notify, notice),
  onReply: (reply) => on(CHANNELS.reply, reply),
  onLink(open) {
    const stop = on(CHANNELS.link, open)
    ipcRenderer.send(CHANNELS.listening)
    return stop
  },
  onNavigate: (go) => on(CHANNELS.navigate, go),
  onResume: (wake) => on(CHANNELS.resume, wake),
  openExternal: (url) => ipcRenderer.send(CHANNELS.openExternal, url),
  saveFile: (name, content) => ipcRenderer.invoke(CHANNELS.saveFile, name, content),
  setUnread: (count) => ipcRenderer.send(CHANNELS.setUnread, count),
  settings: () => ipcRenderer.invoke(CHANNELS.settings),
  setSettings: (settings) => ipcRenderer.invoke(CHANNELS.setSettings, settings),
  hostLog: () => ipcRenderer.invoke(CHANNELS.hostLog),
}

contextBridge.exposeInMainWorld('hearth', bridge)
