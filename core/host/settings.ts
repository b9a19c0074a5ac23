import { HearthError } from '../codec/error.ts'
import {
  type Configuration,
  changedSettings,
  isSettingName,
  readConfiguration,
  SETTINGS,
  settingRanges,
} from './config.ts'
import type { SettingsView } from './contract/types.ts'
import { pathIn, readIfPresent, writePrivate } from './files.ts'

/** The settings of a running host: the file, what the command line puts above it, and what waits for a restart. */
export interface Settings {
  readonly current: Configuration
  view(): SettingsView
  /** Writes the file; null returns a setting to its default. Errors: usage `configuration`. */
  set(values: Readonly<Record<string, unknown>>): SettingsView
  /** Reads the file again. Errors: usage `configuration`; nothing changes then. */
  reload(): SettingsView
}

/** `apply` is called with the new values whenever some that need no restart change. */
export function openSettings(
  folder: string,
  overrides: Readonly<Record<string, unknown>>,
  apply: (configuration: Configuration) => void,
): Settings {
  const path = pathIn(folder, 'configuration')
  const atStart = readConfiguration(readIfPresent(path), overrides)
  let current = atStart
  const fixed = Object.keys(overrides).filter(isSettingName)
  const defaults = readConfiguration(undefined)
  const ranges = settingRanges()

  function view(): SettingsView {
    const waiting = changedSettings(atStart, current).filter((name) => SETTINGS[name].restart)
    return { values: current, waitingForRestart: waiting, fixed, defaults, ranges }
  }

  function take(text: string | undefined): SettingsView {
    current = readConfiguration(text, overrides)
    apply(current)
    return view()
  }

  return {
    get current() {
      return current
    },
    view,
    set(values) {
      const unknown = Object.keys(values).find((name) => !isSettingName(name))
      if (unknown !== undefined) throw new HearthError('usage', 'configuration', `there is no setting "${unknown}"`)
      const stored = { ...(JSON.parse(readIfPresent(path) || '{}') as Record<string, unknown>), ...values }
      for (const [name, value] of Object.entries(stored)) if (value === null) delete stored[name]
      const text = `${JSON.stringify(stored, null, 2)}\n`
      readConfiguration(text, overrides)
      writePrivate(path, text)
      return take(text)
    },
    reload: () => take(readIfPresent(path)),
  }
}
