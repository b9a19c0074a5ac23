import { EventEmitter } from 'node:events'

/** As much of Electron as the shell uses, in memory: tests look at what was asked of it and raise its events. */

type Handler = (event: unknown, ...values: unknown[]) => unknown

class FakeApp extends EventEmitter {
  isPackaged = false
  name = 'Hearth'
  locked = true
  paths: Record<string, string> = { downloads: '/downloads', appData: '/app-data', userData: '/user-data' }
  badge = 0
  quits = 0
  exits: number[] = []
  loginItem: Record<string, unknown> = {}
  openedAtLogin = false
  schemeOwner = ''
  schemes: unknown[][] = []
  switches: Record<string, string> = {}
  locale = 'en-GB'
  commandLine = { getSwitchValue: (name: string): string => this.switches[name] ?? '' }
  whenReady = (): Promise<void> => Promise.resolve()
  getAppPath = (): string => '/program'
  getLocale = (): string => this.locale
  getPath = (name: string): string => this.paths[name] ?? `/${name}`
  setPath = (name: string, path: string): void => {
    this.paths[name] = path
  }
  setAppUserModelId = (): void => {}
  requestSingleInstanceLock = (): boolean => this.locked
  setBadgeCount = (count: number): void => {
    this.badge = count
  }
  setLoginItemSettings = (settings: Record<string, unknown>): void => {
    this.loginItem = settings
  }
  getLoginItemSettings = () => ({ wasOpenedAtLogin: this.openedAtLogin })
  getApplicationNameForProtocol = (): string => this.schemeOwner
  setAsDefaultProtocolClient = (...values: unknown[]): void => void this.schemes.push(values)
  exit = (code: number): void => void this.exits.push(code)
  /** As Electron does: whoever listens may keep it from happening. */
  quit = (): void => {
    this.quits += 1
    let prevented = false
    const preventDefault = (): void => {
      prevented = true
    }
    this.emit('before-quit', { preventDefault })
    if (!prevented) this.emit('will-quit')
  }
}

export class FakeContents extends EventEmitter {
  readonly sent: unknown[][] = []
  readonly loaded: string[] = []
  mainFrame = { url: '' }
  windowOpen: ((details: { url: string }) => { action: string }) | undefined
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }): void => {
    this.windowOpen = handler
  }
  send = (...values: unknown[]): void => void this.sent.push(values)
  loadURL = (url: string): Promise<void> => {
    this.loaded.push(url)
    this.mainFrame = { url }
    return Promise.resolve()
  }
  /** What the person would navigate with; true where it was prevented. */
  prevented(event: string, details: object = {}): boolean {
    let prevented = false
    const preventDefault = (): void => {
      prevented = true
    }
    this.emit(event, { ...details, preventDefault })
    return prevented
  }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = []
  readonly webContents = new FakeContents()
  readonly options: Record<string, unknown>
  visible = false
  focused = false
  minimized = false
  maximized = false
  destroyed = false
  bounds = { x: 10, y: 20, width: 900, height: 700 }
  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    FakeWindow.all.push(this)
    electron.app.emit('web-contents-created', {}, this.webContents)
  }
  loadURL = (url: string): Promise<void> => this.webContents.loadURL(url)
  show = (): void => {
    this.visible = true
  }
  hide = (): void => {
    this.visible = false
    this.emit('hide')
  }
  focus = (): void => {
    this.focused = true
  }
  restore = (): void => {
    this.minimized = false
  }
  maximize = (): void => {
    this.maximized = true
  }
  isVisible = (): boolean => this.visible
  isFocused = (): boolean => this.focused
  isMinimized = (): boolean => this.minimized
  isMaximized = (): boolean => this.maximized
  isFullScreen = (): boolean => false
  isDestroyed = (): boolean => this.destroyed
  getNormalBounds = () => this.bounds
  destroy = (): void => {
    this.destroyed = true
    this.emit('closed')
  }
  /** As a person closes it. */
  close(): void {
    let prevented = false
    const preventDefault = (): void => {
      prevented = true
    }
    this.emit('close', { preventDefault })
    if (!prevented) this.destroy()
  }
}

export class FakeTray extends EventEmitter {
  static last: FakeTray | undefined
  tip = ''
  menu: MenuEntry[] = []
  destroyed = false
  readonly image: unknown
  constructor(image: unknown) {
    super()
    this.image = image
    FakeTray.last = this
  }
  setToolTip = (tip: string): void => {
    this.tip = tip
  }
  setContextMenu = (menu: MenuEntry[]): void => {
    this.menu = menu
  }
  destroy = (): void => {
    this.destroyed = true
  }
  choose(label: string): void {
    this.menu.find((entry) => entry.label === label)?.click?.()
  }
}

export interface MenuEntry {
  readonly label?: string
  readonly enabled?: boolean
  readonly role?: string
  readonly click?: () => void
  readonly submenu?: MenuEntry[]
}

export class FakeNotification extends EventEmitter {
  static all: FakeNotification[] = []
  static isSupported = (): boolean => true
  shown = false
  closed = false
  readonly options: Record<string, unknown>
  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    FakeNotification.all.push(this)
  }
  show = (): void => {
    this.shown = true
  }
  close = (): void => {
    this.closed = true
    this.emit('close')
  }
}

class FakeSession extends EventEmitter {
  check: ((contents: unknown, permission: string, origin: string) => boolean) | undefined
  ask:
    | ((contents: unknown, permission: string, answer: (granted: boolean) => void, details: object) => void)
    | undefined
  device: (() => boolean) | undefined
  before: ((details: { url: string }, answer: (response: { cancel: boolean }) => void) => void) | undefined
  setPermissionCheckHandler = (handler: FakeSession['check']): void => {
    this.check = handler
  }
  setPermissionRequestHandler = (handler: FakeSession['ask']): void => {
    this.ask = handler
  }
  setDevicePermissionHandler = (handler: () => boolean): void => {
    this.device = handler
  }
  webRequest = {
    onBeforeRequest: (handler: FakeSession['before']): void => {
      this.before = handler
    },
  }
}

class FakeIpc extends EventEmitter {
  readonly handlers = new Map<string, Handler>()
  handle = (channel: string, handler: Handler): void => void this.handlers.set(channel, handler)
}

class FakeRendererIpc extends EventEmitter {
  readonly asked: unknown[][] = []
  invoke = (...values: unknown[]): Promise<unknown> => {
    this.asked.push(values)
    return Promise.resolve('answer')
  }
  send = (...values: unknown[]): void => void this.asked.push(values)
}

function fresh() {
  return {
    app: new FakeApp(),
    BrowserWindow: FakeWindow,
    Tray: FakeTray,
    Notification: FakeNotification,
    Menu: {
      shown: [] as MenuEntry[],
      buildFromTemplate: (entries: MenuEntry[]): MenuEntry[] => entries,
      setApplicationMenu(menu: MenuEntry[]): void {
        this.shown = menu
      },
    },
    nativeImage: { createFromPath: (path: string) => ({ path }) },
    nativeTheme: { shouldUseDarkColors: false },
    powerMonitor: new EventEmitter(),
    ipcMain: new FakeIpc(),
    ipcRenderer: new FakeRendererIpc(),
    contextBridge: {
      exposed: {} as Record<string, unknown>,
      exposeInMainWorld(name: string, value: unknown): void {
        this.exposed[name] = value
      },
    },
    session: { defaultSession: new FakeSession() },
    screen: {
      displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
      getAllDisplays: () => electron.screen.displays,
    },
    dialog: {
      answer: { response: 0 },
      path: { canceled: true, filePath: '' },
      asked: [] as unknown[][],
      errors: [] as string[],
      showMessageBox: (...values: unknown[]) => {
        electron.dialog.asked.push(values)
        return Promise.resolve(electron.dialog.answer)
      },
      showSaveDialog: (...values: unknown[]) => {
        electron.dialog.asked.push(values)
        return Promise.resolve(electron.dialog.path)
      },
      showErrorBox: (_title: string, text: string): void => void electron.dialog.errors.push(text),
    },
    shell: {
      opened: [] as string[],
      openExternal: (url: string): Promise<void> => {
        electron.shell.opened.push(url)
        return Promise.resolve()
      },
    },
    protocol: {
      privileged: [] as unknown[],
      handlers: new Map<string, (request: Request) => Promise<Response>>(),
      registerSchemesAsPrivileged: (schemes: unknown[]): void => void electron.protocol.privileged.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>): void =>
        void electron.protocol.handlers.set(scheme, handler),
    },
  }
}

export const electron: ReturnType<typeof fresh> = fresh()

/** The state of a program that has just started. */
export function resetElectron(): void {
  Object.assign(electron, fresh())
  FakeWindow.all = []
  FakeNotification.all = []
  FakeTray.last = undefined
}
