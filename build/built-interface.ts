import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { interfaceOutdated } from '../core/host/cli/interface.ts'

const BUILD = fileURLToPath(new URL('interface.ts', import.meta.url))

/** What hosts serve is built from the sources as they are, for tests, pictures and measurements. */
export async function builtInterface(): Promise<void> {
  if (!interfaceOutdated()) return
  const child = spawn(process.execPath, [BUILD], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('the interface could not be built: npm run build')
}
