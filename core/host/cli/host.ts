import { fstatSync } from 'node:fs'
import { Command } from 'commander'
import { HearthError } from '../../codec/error.ts'
import type { HostFlags, StartedHost } from './host-flags.ts'
import { collect, port } from './options.ts'

export function hostCommand(): Command {
  return new Command('host')
    .description('run a host without a screen; hearth ctl tells it what to do')
    .option('--dir <folder>', 'its database, configuration and keys; made on first start')
    .option('--router <address>', 'router where queues are made; may be given several times', collect)
    .option('--embedded-router', 'run the embedded router in this process')
    .option('--router-host <name>', 'name or address under which others reach the embedded router')
    .option('--router-port <port>', 'port of the embedded router', port)
    .option('--super-peer <name>', 'serve groups under this name')
    .option('--port <port>', 'port of the local API', port)
    .option('--listen <address>', 'address of the local API')
    .option('--behind-proxy', 'a proxy with TLS stands before the API: allow other than loopback addresses')
    .option('--log-level <level>', 'debug, info, warn, error or silent')
    .option('--set <name=value>', 'any setting of hearth config; the value is JSON or text', collect)
    .option('--json', 'say where the API is as one JSON object on one line')
    .option('--install-service', 'have the system run this host from now on, with these options')
    .option('--uninstall-service', 'undo --install-service; the data stays')
    .option('--user', 'the service is yours and runs while you are signed in (the default)')
    .option('--system', 'the service is the system\u2019s and runs from boot on; needs root')
    .action(async (flags: HostFlags) => {
      if (flags.installService === true || flags.uninstallService === true) {
        const { changeService } = await import('./service.ts')
        return changeService(flags)
      }
      const { dir } = flags
      if (dir === undefined) throw new HearthError('usage', 'folder', 'hearth host needs --dir <folder>')
      const { runHost } = await import('./run-host.ts')
      await runHost(
        { ...flags, dir },
        {
          reachable: (link) => inviteBrowser(dir, link),
          started: flags.json ? printJson : printWords,
        },
      )
    })
}

function printJson(started: StartedHost): void {
  process.stdout.write(`${JSON.stringify(started)}\n`)
}

function printWords({ dir, api, router, superPeer }: StartedHost): void {
  const lines = [`The host runs on ${dir}; its API is ${api}.`]
  if (router !== undefined) lines.push(`The embedded router is ${router}`)
  if (superPeer !== undefined) lines.push(`The super-peer ${superPeer.name} has the address ${superPeer.address}`)
  process.stdout.write(`${lines.join('\n')}\n`)
}

/**
 * The link opens the interface: to standard error, which programs keep less than standard output, unless it goes to the
 * system's journal or to the log of our container, which would keep it.
 */
function inviteBrowser(dir: string, link: string): void {
  const { dev, ino } = fstatSync(process.stderr.fd)
  const kept = process.env.HEARTH_OUTPUT_IS_KEPT === '1' || process.env.JOURNAL_STREAM === `${dev}:${ino}`
  const text = kept
    ? `hearth ctl --dir '${dir}' sign-in prints a link for a browser on this machine.`
    : `Open this link in a browser on this machine (once, within 15 minutes): ${link}`
  process.stderr.write(`${text}\n`)
}
