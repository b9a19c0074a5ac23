import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { protocol } from 'electron'

/**
 * `app://hearth/…`: the built interface from the package itself. Its origin stays the same whatever port the host has,
 * and the window shows something before the host runs.
 */
export const INTERFACE_ORIGIN = 'app://hearth'
const SCHEME = 'app'
const INDEX = '/index.html'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

/** Nothing but the interface's own files runs, and nothing but a host on this machine is spoken to. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Must be called before Electron is ready. */
export function announceInterface(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves the files in `folder`; a path that is none of them is a page of the interface. */
export function serveInterface(folder: string): void {
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/${relative(folder, path).split(sep).join('/')}`, path]),
  )
  protocol.handle(SCHEME, async (request) => {
    const { host, pathname } = new URL(request.url)
    if (`${SCHEME}://${host}` !== INTERFACE_ORIGIN || request.method !== 'GET')
      return new Response(null, { status: 404 })
    const file = files.get(pathname) ?? (pathname.startsWith('/assets/') ? undefined : files.get(INDEX))
    if (file === undefined) return new Response(null, { status: 404 })
    return new Response(await readFile(file), {
      headers: {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': POLICY,
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      },
    })
  })
}

/** The page belongs to the interface. */
export function isInterface(url: string): boolean {
  return url === INTERFACE_ORIGIN || url.startsWith(`${INTERFACE_ORIGIN}/`)
}
