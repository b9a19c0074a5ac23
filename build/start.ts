import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureInterface } from '../core/host/cli/interface.ts'
import { run } from '../core/host/cli/program.ts'
import { noWindow } from './window/display.ts'
import { canFetch, electronPackage, fetchBinary, fetchedBinary } from './window/electron-binary.ts'
import { openWindow } from './window/open.ts'

/**
 * `npm start`: the window where one can be shown, the same interface in a browser elsewhere. `--browser` chooses the
 * latter; everything else goes to `hearth start`.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const args = process.argv.slice(2)

const problem = args.includes('--browser') ? undefined : await inWindow()
if (problem !== undefined) process.stdout.write(`No window: ${problem}. Hearth goes on in your browser.\n`)
await run([process.execPath, 'hearth', 'start', ...args.filter((argument) => argument !== '--browser')])

/** Ends the process after a window; otherwise says why there was none. */
async function inWindow(): Promise<string | undefined> {
  const reason = noWindow(process.platform, process.env, process.getuid?.())
  if (reason !== undefined) return reason
  const electron = electronPackage()
  if (electron === undefined) return 'Electron is not installed'
  let binary = fetchedBinary(electron)
  if (binary === undefined) {
    if (!(await canFetch(electron))) return 'Electron is not here and cannot be fetched'
    process.stdout.write('Fetching Electron, once (about 120 MB) …\n')
    binary = await fetchBinary(electron)
    if (binary === undefined) return 'Electron could not be fetched'
  }
  const { buildShell } = await import('./shell.ts')
  await Promise.all([ensureInterface(), buildShell()])
  const opened = await openWindow(binary, root, shellArguments())
  if ('failed' in opened) return opened.failed
  process.exit(await opened.window)
}

function shellArguments(): string[] {
  const { values } = parseArgs({ args, options: { dir: { type: 'string' } }, strict: false })
  return typeof values.dir === 'string' ? [`--dir=${values.dir}`] : []
}
