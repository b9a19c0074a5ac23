import { Command } from 'commander'
import { openBrowser } from './browser.ts'
import { dataFolder } from './data-folder.ts'

export function startCommand(): Command {
  return new Command('start')
    .description('run a host in your own data folder, and open its interface')
    .option('--dir <folder>', 'another folder')
    .action(async ({ dir }: { dir?: string }) => {
      const [{ runHost }, { ensureInterface }] = await Promise.all([import('./run-host.ts'), import('./interface.ts')])
      const built = ensureInterface()
      const flags = { dir: dir ?? dataFolder(), logLevel: 'warn' }
      await runHost(flags, { reachable: (link) => void built.then(() => greet(flags.dir, link)), started() {} })
    })
}

function greet(dir: string, signIn: string): void {
  const opened = openBrowser(signIn)
  process.stdout.write(`Hearth is running. Everything it keeps is in ${dir}

${opened ? 'It opens in your browser. Otherwise open this link' : 'Open this link in a browser on this machine'}:

  ${signIn}

The link works once, within 15 minutes. This gives another one:

  npm run -s hearth -- ctl --dir '${dir}' sign-in

Ctrl-C stops Hearth in good order.
`)
}
