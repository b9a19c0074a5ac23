import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/**
 * Thirteen processes of a demonstration start faster when stripped and compiled sources are kept. They are kept with the
 * installation: the system's folder for temporary files may be anybody's. A package, which brings no build folder, keeps
 * none: the desktop shell starts nothing beside which there is a file that it does not know.
 */
export function keepCompiled(): void {
  if (!existsSync(new URL('../../../build', import.meta.url))) return
  enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/hearth', import.meta.url)))
}
