import { app, type Session, type WebContents } from 'electron'
import { isInterface } from './interface-protocol.ts'

/**
 * What the interface needs of everything that a page can ask the system for: to put a link on the clipboard, and to
 * speak to the host on this machine. Everything else is refused without asking.
 */
const PERMISSIONS: ReadonlySet<string> = new Set([
  'clipboard-sanitized-write',
  'loopback-network',
  'local-network-access',
])

/** Refuses permissions, downloads and every request but those of the interface to itself and to the host. */
export function guardSession(session: Session, hostUrl: () => string | undefined): void {
  const allowed = (permission: string, url: string): boolean => PERMISSIONS.has(permission) && isInterface(url)
  session.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, origin))
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(allowed(permission, requestingUrl)),
  )
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
  session.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !requestAllowed(url, hostUrl()) }))
}

/** The second fence behind the policy of the page. */
function requestAllowed(url: string, host: string | undefined): boolean {
  if (isInterface(url) || /^(data|blob|devtools|chrome-extension):/.test(url)) return true
  return host !== undefined && new URL(url).origin === new URL(host).origin && url.startsWith('ws:')
}

/** Every page, whatever opened it: none leads away, opens another or embeds one. */
export function guardPages(): void {
  app.on('web-contents-created', (_event, contents) => guardPage(contents))
}

function guardPage(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-navigate', (event) => event.preventDefault())
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-frame-navigate', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
}
