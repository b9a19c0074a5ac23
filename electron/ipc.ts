import { type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent, ipcMain } from 'electron'
import { z } from 'zod'
import type { DesktopSettings, HostAccess, Notice } from '../renderer/runtime/runtime.ts'
import { CHANNELS, type Channel } from './channels.ts'
import { isInterface } from './interface-protocol.ts'

/** What the interface can ask of the shell. */
export interface Desk {
  readonly window: BrowserWindow | undefined
  access(): Promise<HostAccess>
  notify(notice: Notice): void
  openExternal(url: string, window: BrowserWindow): void
  saveFile(name: string, content: Uint8Array): Promise<void>
  setUnread(count: number): void
  settings(): DesktopSettings
  setSettings(settings: Partial<DesktopSettings>): Promise<DesktopSettings>
  hostLog(): string
  /** The interface can take links from now on. */
  listening(): void
}

const FILE_LIMIT = 256 * 1024 * 1024

const noticeSchema = z.object({
  title: z.string().max(500),
  body: z.string().max(2000),
  path: z.string().startsWith('/').max(500),
  reply: z.string().max(100).exactOptional(),
})
const settingsSchema = z
  .object({ startWithSystem: z.boolean(), startHidden: z.boolean(), keepRunning: z.boolean() })
  .partial()
  .strict()
const contentSchema = z.instanceof(Uint8Array).refine(({ byteLength }) => byteLength <= FILE_LIMIT, 'too large')
const count = z.number().int().min(0).max(1_000_000)

/** Answers the interface in its own window and nobody else; what is not as agreed is refused. */
export function answerInterface(desk: Desk): void {
  function trusted({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow | undefined {
    const { window } = desk
    if (window === undefined || senderFrame === null || senderFrame !== window.webContents.mainFrame) return undefined
    return isInterface(senderFrame.url) ? window : undefined
  }

  function handle(channel: Channel, answer: (...values: unknown[]) => unknown): void {
    ipcMain.handle(channel, (event, ...values) => {
      if (trusted(event) === undefined) throw new Error('refused')
      return answer(...values)
    })
  }

  function hear(channel: Channel, take: (window: BrowserWindow, value: unknown) => void): void {
    ipcMain.on(channel, (event, value) => {
      const window = trusted(event)
      if (window !== undefined) take(window, value)
    })
  }

  handle(CHANNELS.access, () => desk.access())
  handle(CHANNELS.saveFile, (name, content) =>
    desk.saveFile(z.string().max(1000).parse(name), contentSchema.parse(content)),
  )
  handle(CHANNELS.settings, () => desk.settings())
  handle(CHANNELS.setSettings, (settings) => desk.setSettings(defined(settingsSchema.parse(settings))))
  handle(CHANNELS.hostLog, () => desk.hostLog())
  hear(CHANNELS.notify, (_window, notice) => {
    const checked = noticeSchema.safeParse(notice)
    if (checked.success) desk.notify(checked.data)
  })
  hear(CHANNELS.openExternal, (window, url) => {
    if (typeof url === 'string') desk.openExternal(url, window)
  })
  hear(CHANNELS.setUnread, (_window, value) => {
    const checked = count.safeParse(value)
    if (checked.success) desk.setUnread(checked.data)
  })
  hear(CHANNELS.listening, () => desk.listening())
}

function defined(settings: z.output<typeof settingsSchema>): Partial<DesktopSettings> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}
