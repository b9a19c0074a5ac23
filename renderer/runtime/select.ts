import { browserRuntime } from './browser.ts'
import { electronRuntime } from './electron.ts'
import type { Runtime } from './runtime.ts'

/** The shell announces itself; everything else is a browser. */
export function selectRuntime(): Runtime {
  return electronRuntime() ?? browserRuntime()
}
