import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HearthError } from '../../codec/error.ts'
import { perform } from '../service/perform.ts'
import { type Machine, planInstall, planUninstall, type ServiceRequest } from '../service/plan.ts'
import { dataFolder } from './data-folder.ts'
import type { HostFlags } from './host-flags.ts'

/** `hearth host --install-service` and `--uninstall-service`. */
export async function changeService(flags: HostFlags): Promise<void> {
  if (flags.user === true && flags.system === true) {
    throw new HearthError('usage', 'service', 'a service belongs to the system or to a user: leave one of both out')
  }
  const machine: Machine = {
    platform: process.platform,
    home: homedir(),
    userId: process.getuid?.(),
    env: process.env,
  }
  const request: ServiceRequest = {
    scope: flags.system === true ? 'system' : 'user',
    folder: flags.dir === undefined ? undefined : resolve(flags.dir),
    flags: serviceFlags(flags),
    node: process.execPath,
    main: fileURLToPath(new URL('./main.ts', import.meta.url)),
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    ownFolder: dataFolder(),
  }
  const plan = flags.uninstallService === true ? planUninstall(machine, request) : planInstall(machine, request)
  await perform(plan, (line) => process.stdout.write(`${line}\n`))
}

/** The options that the host is to run with, as they were given. */
export function serviceFlags(flags: HostFlags): string[] {
  const one = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [name, String(value)]
  const each = (name: string, values: readonly string[] = []): string[] => values.flatMap((value) => [name, value])
  const on = (name: string, value: boolean | undefined): string[] => (value === true ? [name] : [])
  return [
    ...each('--router', flags.router),
    ...on('--embedded-router', flags.embeddedRouter),
    ...one('--router-host', flags.routerHost),
    ...one('--router-port', flags.routerPort),
    ...one('--super-peer', flags.superPeer),
    ...one('--port', flags.port),
    ...one('--listen', flags.listen),
    ...on('--behind-proxy', flags.behindProxy),
    ...one('--log-level', flags.logLevel),
    ...each('--set', flags.set),
  ]
}
