/** Options of `hearth host`. */
export interface HostFlags {
  readonly dir: string
  readonly router?: readonly string[]
  readonly embeddedRouter?: boolean
  readonly routerHost?: string
  readonly routerPort?: number
  readonly superPeer?: string
  readonly port?: number
  readonly listen?: string
  readonly behindProxy?: boolean
  readonly logLevel?: string
  readonly set?: readonly string[]
  readonly json?: boolean
}

/** What a started host says about itself. */
export interface StartedHost {
  readonly dir: string
  readonly api: string
  readonly router: string | undefined
  readonly superPeer: { readonly name: string; readonly address: string } | undefined
}
