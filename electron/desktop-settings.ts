import type { DesktopSettings } from '../renderer/runtime/runtime.ts'
import { type AutostartPlace, setAutostart } from './autostart/autostart.ts'
import type { StateFile } from './state-file.ts'

export const FIRST_SETTINGS: DesktopSettings = { startWithSystem: false, startHidden: true, keepRunning: true }

/** What the settings screen changes about the shell. */
export interface ShellSettings {
  readonly current: DesktopSettings
  /** Errors: those of the system's autostart; the settings then stay as they were. */
  change(settings: Partial<DesktopSettings>): Promise<DesktopSettings>
}

export function createShellSettings(file: StateFile<DesktopSettings>, place: AutostartPlace): ShellSettings {
  return {
    get current() {
      return file.value
    },
    async change(settings) {
      const { startWithSystem } = settings
      if (startWithSystem !== undefined && startWithSystem !== file.value.startWithSystem) {
        await setAutostart(startWithSystem, place)
      }
      return file.update(settings)
    },
  }
}
