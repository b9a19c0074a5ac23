import { Command } from 'commander'
import { openBrowser } from './browser.ts'
import { dataFolder } from './data-folder.ts'

export function startCommand(): Command {
  return new Command('start')
    .description('run a host in your own data folder, and open its interface')
    .option('--dir <folder>', 'another folder')
    .action(async ({ dir = dataFolder() }: { dir?: string }) => {
      const [{ runHost }, { ensureInterface }] = await Promise.all([import('./run-host.ts'), import('./interface.ts')])
      const built = ensureInterface()
      const present = await linkOfRunning(dir)
      if (present !== undefined) {
        await built
        return greet(dir, 'running already', present)
      }
      const flags = { dir, logLevel: 'warn' }
      await runHost(flags, {
        reachable: (link) =>
          void built.then(() => greet(dir, 'running', link, '\nCtrl-C stops Hearth in good order.\n')),
        started() {},
      })
    })
}

/** Of a host that runs on the folder already: a service, or another terminal. Undefined where nobody answers there. */
async function linkOfRunning(dir: string): Promise<string | undefined> {
  const { connectToFolder } = await import('../client.ts')
  const host = await connectToFolder(dir).catch(() => undefined)
  if (host === undefined) return undefined
  try {
    return (await host.api.sessions.signIn()).link
  } finally {
    host.close()
    await host.closed
  }
}

function greet(dir: string, state: string, signIn: string, more = ''): void {
  const opened = openBrowser(signIn)
  process.stdout.write(`Hearth is ${state}. Everything it keeps is in ${dir}

${opened ? 'It opens in your browser. Otherwise open this link' : 'Open this link in a browser on this machine'}:

  ${signIn}

The link works once, within 15 minutes. This gives another one:

  npm run -s hearth -- ctl --dir '${dir}' sign-in
${more}`)
}
