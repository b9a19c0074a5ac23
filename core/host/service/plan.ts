import { join } from 'node:path'
import { HearthError } from '../../codec/error.ts'
import { launchdInstall, launchdUninstall } from './launchd.ts'
import { inHome, type ServicePlan, type ServiceSpec } from './spec.ts'
import { SYSTEM_FOLDER, systemdInstall, systemdUninstall } from './systemd.ts'
import { winswInstall, winswUninstall } from './winsw.ts'

/** What decides how a service is made on this machine. */
export interface Machine {
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly userId: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface ServiceRequest {
  readonly scope: ServiceSpec['scope']
  /** Of the data; undefined takes the usual one. */
  readonly folder: string | undefined
  readonly flags: readonly string[]
  readonly node: string
  readonly main: string
  readonly root: string
  /** The usual folder of this person. */
  readonly ownFolder: string
}

/** Errors: usage `service` where this system has none that we know, or the rights are missing. */
export function planInstall(machine: Machine, request: ServiceRequest): ServicePlan {
  requireRights(machine, request.scope)
  const { home } = machine
  const spec: ServiceSpec = { ...request, folder: folderOf(machine, request), account: accountOf(machine, request) }
  if (machine.platform === 'linux') return systemdInstall(spec, configHome(machine))
  if (machine.platform === 'darwin') return launchdInstall(spec, home, domainOf(machine, spec.scope))
  if (machine.platform === 'win32') return winswInstall(spec)
  throw unknownSystem(machine.platform)
}

/** Errors: as `planInstall`. */
export function planUninstall(machine: Machine, request: ServiceRequest): ServicePlan {
  requireRights(machine, request.scope)
  const { scope } = request
  if (machine.platform === 'linux') return systemdUninstall(scope, configHome(machine))
  if (machine.platform === 'darwin') return launchdUninstall(scope, machine.home, domainOf(machine, scope))
  if (machine.platform === 'win32') return winswUninstall(folderOf(machine, request))
  throw unknownSystem(machine.platform)
}

function unknownSystem(platform: string): HearthError {
  return new HearthError('usage', 'service', `services of ${platform} are not known; run hearth host as it wants them`)
}

function requireRights({ platform, userId }: Machine, scope: ServiceSpec['scope']): void {
  if (platform === 'win32') return
  if (scope === 'system' && userId !== 0) {
    throw new HearthError('usage', 'service', 'a service of the system is made by root: use sudo, or --user')
  }
}

function folderOf({ platform, env }: Machine, { scope, folder, ownFolder }: ServiceRequest): string {
  if (folder !== undefined) return folder
  if (scope === 'user') return ownFolder
  if (platform === 'linux') return SYSTEM_FOLDER
  if (platform === 'darwin') return '/Library/Application Support/Hearth'
  return `${env.ProgramData ?? 'C:\\ProgramData'}\\Hearth`
}

/**
 * Data in a folder of somebody's choice is theirs, and a program in somebody's home is read by nobody else: the service
 * then runs as whoever asked for it.
 */
function accountOf({ platform, env }: Machine, { scope, folder, node, root }: ServiceRequest): string | undefined {
  if (scope === 'user' || platform === 'win32') return undefined
  if (platform === 'linux' && folder === undefined && !inHome(node, root)) return undefined
  return env.SUDO_USER ?? 'root'
}

function configHome({ env, home }: Machine): string {
  return env.XDG_CONFIG_HOME || join(home, '.config')
}

function domainOf({ userId }: Machine, scope: ServiceSpec['scope']): string {
  return scope === 'system' ? 'system' : `gui/${userId ?? 0}`
}
