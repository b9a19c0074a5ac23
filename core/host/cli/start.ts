import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import type { StartedHost } from './host-flags.ts'

export function startCommand(): Command {
  return new Command('start')
    .description('run a host with an embedded router in your own data folder, and say how to talk to it')
    .option('--dir <folder>', 'another folder')
    .action(async ({ dir }: { dir?: string }) => {
      const { runHost } = await import('./run-host.ts')
      const flags = { dir: dir ?? dataFolder(), embeddedRouter: true, logLevel: 'warn' }
      await runHost(flags, greet)
    })
}

/** Where the system wants programs to keep what is theirs. */
function dataFolder(): string {
  const { env, platform } = process
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Hearth')
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Hearth')
  return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'hearth')
}

function greet({ dir, api, router }: StartedHost): void {
  const ctl = `npm run -s hearth -- ctl --dir '${dir}'`
  process.stdout.write(`Hearth is running. Everything it keeps is in ${dir}

  Its router      ${router ?? 'none'}
  Its local API   ${api} (token in api-token)

Talk to it from another terminal, for example:

  ${ctl} create-profile Ada
  ${ctl} become-super-peer Oak
  ${ctl} create-group 'Harbour news' --super-peer <address>
  ${ctl} join <link>
  ${ctl} list
  ${ctl} send <group> 'Hello'
  ${ctl} tail

${ctl} --help lists the rest. Ctrl-C stops Hearth in good order.
`)
}
