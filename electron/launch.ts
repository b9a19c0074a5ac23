/** How the system starts this program again: for autostart and for links. */
export interface Launch {
  readonly path: string
  readonly arguments: readonly string[]
}

export interface LaunchFacts {
  readonly packaged: boolean
  readonly execPath: string
  readonly appPath: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** An AppImage runs from a folder that is gone afterwards; the file itself is what can be started. */
export function launchOf({ packaged, execPath, appPath, env }: LaunchFacts): Launch {
  if (!packaged) return { path: execPath, arguments: [appPath] }
  return { path: env.APPIMAGE ?? execPath, arguments: [] }
}

/** Says that the system started the program, not a person. */
export const AUTOSTART = '--autostart'
