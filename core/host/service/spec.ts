/** A host that the operating system starts and keeps running, without a screen. */
export interface ServiceSpec {
  /** `user`: while that person is signed in; `system`: from boot on. */
  readonly scope: 'user' | 'system'
  readonly node: string
  /** The command line's script. */
  readonly main: string
  /** Of the program. */
  readonly root: string
  /** The host's data. */
  readonly folder: string
  /** Of `hearth host`, without --dir. */
  readonly flags: readonly string[]
  /** Whom a system service runs as; undefined lets the system make an account. */
  readonly account: string | undefined
}

/** A program that lies in somebody's home can be read there, and by them, at the most. */
export function inHome(...paths: readonly string[]): boolean {
  return paths.some((path) => /^\/(home|root|run\/user)\//.test(path))
}

/** What the service runs. */
export function commandOf({ node, main, folder, flags }: ServiceSpec): string[] {
  return [node, main, 'host', '--dir', folder, ...flags]
}

/** Steps that make a service, or take it away. */
export interface ServicePlan {
  readonly folders: readonly string[]
  /** Account that folders are given to where they are made; undefined: whoever makes them. */
  readonly owner?: string | undefined
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly remove: readonly string[]
  /** Run in this order; one that fails ends the work, unless it is `optional`. */
  readonly commands: readonly { readonly command: readonly [string, ...string[]]; readonly optional?: boolean }[]
  /** Said at the end. */
  readonly notes: readonly string[]
}

export const SERVICE_NAME = 'hearth'
export const SERVICE_TITLE = 'Hearth host'
/** `hearth` ends with these where starting again cannot help: newer data, a setting that is not valid. */
export const FINAL_EXIT_CODES = [65, 78]
/** Seconds for an orderly stop. */
export const STOP_PATIENCE = 30
