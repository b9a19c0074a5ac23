/** Options of `hearth host`. */
export interface HostFlags {
  readonly dir?: string
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
  readonly installService?: boolean
  readonly uninstallService?: boolean
  /** Of a service: the system's, or (without it) this person's. */
  readonly system?: boolean
  readonly user?: boolean
}

/** A host needs a folder; a service has a usual one. */
export type RunFlags = HostFlags & { readonly dir: string }

/** What a started host says about itself. */
export interface StartedHost {
  readonly dir: string
  readonly api: string
  readonly router: string | undefined
  readonly superPeer: { readonly name: string; readonly address: string } | undefined
}
