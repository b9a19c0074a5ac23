/**
 * What the interface needs from the program that shows it. A browser and the Electron shell implement it; nothing else
 * of the interface knows which of them it runs in.
 */
export interface Runtime {
  readonly kind: 'browser' | 'electron'
  /** Where the host listens and the secret that opens it. Rejects with SignInError where nobody is signed in. */
  access(): Promise<HostAccess>
  /** Shows a notification of the system, where it has them and the person allowed them. */
  notify(notification: Notice): void
  /** A text that the person wrote into a notification; `path` is the notification's. */
  onReply(reply: (path: string, text: string) => void): () => void
  /** A link that came from the operating system (`simplex:`, `https:`); called at once for one that waits. */
  onLink(open: (link: string) => void): () => void
  /** Opens a page outside the interface. */
  openExternal(url: string): void
  /** Lets the person keep a file. */
  saveFile(name: string, content: Blob): Promise<void>
  /** Number shown on the icon, where there is one. */
  setUnread(count: number): void
  /** What only a desktop shell can do; absent in a browser. */
  readonly desktop: Desktop | undefined
}

export interface HostAccess {
  /** `ws://…` */
  readonly url: string
  readonly token: string
}

export interface Notice {
  readonly title: string
  readonly body: string
  /** Path inside the interface that a click leads to. */
  readonly path: string
  /** Shown in the field for a reply, where the system has one; without it no reply is offered. */
  readonly reply?: string
}

export interface Desktop {
  settings(): Promise<DesktopSettings>
  setSettings(settings: Partial<DesktopSettings>): Promise<DesktopSettings>
  /** What the host said last, where it did not start. */
  hostLog(): Promise<string>
}

export interface DesktopSettings {
  readonly startWithSystem: boolean
  readonly startHidden: boolean
  readonly keepRunning: boolean
}

/** Nobody is signed in: the one-time link is missing, used or too old. */
export class SignInError extends Error {
  constructor() {
    super('not signed in')
    this.name = 'SignInError'
  }
}
