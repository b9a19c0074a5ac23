import type { SuperPeer } from '../superpeer/api.ts'
import { SETTING_NAMES, SETTINGS } from './config.ts'
import type { Diagnostics, HostStatus, RouterState, SettingsView } from './contract/types.ts'
import type { HostLog } from './log.ts'

interface DiagnosticsSources {
  readonly now: number
  readonly log: HostLog
  readonly settings: SettingsView
  readonly superPeer: SuperPeer
  status(): Promise<HostStatus>
}

/** What a person may copy into a question for help: no links, no names, no passwords. */
export async function diagnostics(sources: DiagnosticsSources): Promise<Diagnostics> {
  const { version, startedAt, routers, ...status } = await sources.status()
  const serving = await sources.superPeer.statistics()
  const { groups, connected, connecting, paused, disabled, tasks, jobs, lag } = serving
  return {
    at: sources.now,
    version,
    startedAt,
    node: process.versions.node,
    openssl: process.versions.openssl ?? '',
    platform: `${process.platform} ${process.arch}`,
    status,
    serving: { groups, connected, connecting, paused, disabled, waiting: tasks + jobs.pending, lag },
    routers: routers.map(({ address, ...state }) => ({ ...state, host: hostOf(address) })),
    changedSettings: changed(sources.settings),
    waitingForRestart: sources.settings.waitingForRestart,
    warnings: sources.log.recent(),
  }
}

function hostOf(address: RouterState['address']): string {
  return address.slice(address.lastIndexOf('@') + 1).split(',', 1)[0] ?? ''
}

/** Numbers, switches and choices; texts can be secrets and are only counted. */
function changed({ values }: SettingsView): Record<string, string> {
  const different = SETTING_NAMES.filter(
    (name) => JSON.stringify(values[name]) !== JSON.stringify(SETTINGS[name].default),
  )
  return Object.fromEntries(different.map((name) => [name, shown(values[name])]))
}

function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? `${value.length} given` : 'given'
}
