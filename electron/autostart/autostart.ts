import { app } from 'electron'
import { AUTOSTART, type Launch } from '../launch.ts'
import { setFlatpakAutostart } from './flatpak.ts'
import { setXdgAutostart } from './xdg.ts'

export interface AutostartPlace {
  readonly platform: NodeJS.Platform
  readonly flatpak: boolean
  readonly configHome: string
  readonly launch: Launch
  /** Said to the person where the system asks them. */
  readonly reason: string
}

/** Has the system start the program when the person signs in, or no longer. */
export async function setAutostart(enabled: boolean, place: AutostartPlace): Promise<void> {
  const { platform, flatpak, configHome, launch, reason } = place
  if (platform === 'darwin') return app.setLoginItemSettings({ openAtLogin: enabled })
  if (platform === 'win32') {
    const args = [...launch.arguments.map((argument) => `"${argument}"`), AUTOSTART]
    return app.setLoginItemSettings({ openAtLogin: enabled, path: launch.path, args })
  }
  if (flatpak) return setFlatpakAutostart(enabled, reason)
  setXdgAutostart(enabled, configHome, launch)
}

/** The system started us, so nobody waits for a window. */
export function startedBySystem(argv: readonly string[], platform: NodeJS.Platform): boolean {
  return argv.includes(AUTOSTART) || (platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin)
}
