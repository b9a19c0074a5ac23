import { isIP } from 'node:net'
import { isLoopback } from './loopback.ts'

/** Under which names the local API answers: against DNS rebinding (Host) and foreign web pages (Origin). */
export interface Gate {
  /** `host` is the value of the Host header. */
  hostAllowed(host: string | undefined): boolean
  /** Programs send no Origin; a page must have been served by this host itself or by the desktop shell. */
  originAllowed(origin: string): boolean
  /** Where a browser opens the interface: `http://127.0.0.1:8080`, or the name of the proxy. */
  readonly address: string
}

export interface GateOptions {
  readonly listen: string
  readonly behindProxy: boolean
  /** Values of the Host header answered besides those of the loopback address. */
  readonly hosts: readonly string[]
}

/** Of the interface inside the desktop shell, which brings its own copy. No page of a browser can have this origin. */
const SHELL_ORIGIN = 'app://hearth'

export function createGate({ listen, behindProxy, hosts }: GateOptions, port: number): Gate {
  const local = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
  if (isLoopback(listen)) local.push(`${bracketed(listen)}:${port}`)
  const allowed = new Set([...local, ...hosts.map((host) => host.toLowerCase())])
  const schemes = behindProxy ? ['http', 'https'] : ['http']
  const served = schemes.flatMap((scheme) => [...allowed].map((host) => `${scheme}://${host}`))
  const origins = new Set([SHELL_ORIGIN, ...served])
  const [proxied] = hosts
  return {
    hostAllowed: (host) => allowed.has((host ?? '').toLowerCase()),
    originAllowed: (origin) => origins.has(origin.toLowerCase()),
    address:
      behindProxy && proxied !== undefined
        ? `https://${proxied}`
        : `http://${isLoopback(listen) ? bracketed(listen) : '127.0.0.1'}:${port}`,
  }
}

/** An address as it stands in a URL. */
export function bracketed(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address
}
