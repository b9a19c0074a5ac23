import type { DesktopSettings, HostAccess, Notice } from './runtime.ts'

/** What the preload script of the shell offers: the only thing that the interface knows of it. */
export interface ElectronBridge {
  access(): Promise<HostAccess>
  notify(notice: Notice): void
  /** A text that was written into a notification; `path` is the notice's. */
  onReply(reply: (path: string, text: string) => void): () => void
  /** Called at once for a link that waits. */
  onLink(open: (link: string) => void): () => void
  onNavigate(go: (path: string) => void): () => void
  /** The machine woke up. */
  onResume(wake: () => void): () => void
  openExternal(url: string): void
  saveFile(name: string, content: Uint8Array): Promise<void>
  setUnread(count: number): void
  settings(): Promise<DesktopSettings>
  setSettings(settings: Partial<DesktopSettings>): Promise<DesktopSettings>
  hostLog(): Promise<string>
}
