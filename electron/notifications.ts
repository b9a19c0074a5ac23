import { join } from 'node:path'
import { Notification } from 'electron'
import type { Notice } from '../renderer/runtime/runtime.ts'

export interface NotificationOptions {
  readonly icons: string
  /** The person looks at the window. */
  focused(): boolean
  /** Shows the page of the notice. */
  open(path: string): void
  reply(path: string, text: string): void
}

const REPLY = process.platform === 'darwin' || process.platform === 'win32'

/** Notifications of the system; a newer one about the same page takes the place of the older. */
export function createNotifications({ icons, focused, open, reply }: NotificationOptions) {
  // They are kept here: a notification that is forgotten loses its listeners.
  const shown = new Map<string, Notification>()
  return function notify({ title, body, path, reply: placeholder }: Notice): void {
    if (focused() || !Notification.isSupported()) return
    shown.get(path)?.close()
    const notification = new Notification({
      title,
      body,
      icon: join(icons, 'icon.png'),
      ...(REPLY && placeholder !== undefined ? { hasReply: true, replyPlaceholder: placeholder } : {}),
    })
    shown.set(path, notification)
    notification.on('click', () => open(path))
    notification.on('reply', (event, before) => {
      const text = (event.reply ?? before).trim()
      if (text !== '') reply(path, text)
    })
    notification.on('close', () => {
      if (shown.get(path) === notification) shown.delete(path)
    })
    notification.show()
  }
}
