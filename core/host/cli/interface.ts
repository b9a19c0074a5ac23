import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RENDERER_FOLDER } from '../web.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const SOURCES = [join(ROOT, 'renderer')]
const SCRIPT = join(ROOT, 'build', 'interface.ts')
/** Of the build: a machine where it takes longer gets its link all the same. */
const PATIENCE = 20_000

/**
 * Builds the interface where it is missing or older than its sources. Resolves after 20 seconds at the latest; a build
 * that is still under way then goes on, and one that failed is told of.
 */
export function ensureInterface(): Promise<void> {
  if (!existsSync(SCRIPT) || !interfaceOutdated()) return Promise.resolve()
  process.stdout.write('Building the interface, which takes a few seconds …\n')
  const child = spawn(process.execPath, [SCRIPT], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      process.stdout.write('The interface is still being built; until then its pages say so.\n')
      resolve()
    }, PATIENCE)
    child.once('error', () => finish(1))
    child.once('exit', (code) => finish(code ?? 1))
    function finish(code: number): void {
      clearTimeout(late)
      if (code !== 0) process.stderr.write('The interface could not be built; npm run build says why.\n')
      resolve()
    }
  })
}

/** It is missing, or its sources changed after it was built. */
export function interfaceOutdated(): boolean {
  const built = changedAt(join(RENDERER_FOLDER, 'index.html'))
  return built === 0 || SOURCES.some((folder) => newest(folder) > built)
}

function newest(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Math.max(0, ...entries.map((entry) => changedAt(join(entry.parentPath, entry.name))))
}

/** 0 where there is no such file. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
