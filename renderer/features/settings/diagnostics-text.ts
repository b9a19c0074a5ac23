import type { Diagnostics } from '../../../core/host/contract/types.ts'

/** English and plain, whatever the language of the interface: it is written for whoever helps. */
export function diagnosticsText(
  found: Diagnostics,
  browser: { readonly kind: string; readonly agent: string },
): string {
  const { status, serving, routers, changedSettings, waitingForRestart, warnings } = found
  const { connections, processor } = status
  return [
    `Hearth ${found.version} on ${found.platform}`,
    `Node ${found.node}, OpenSSL ${found.openssl}`,
    `Shown by: ${browser.kind}, ${browser.agent}`,
    `Taken ${iso(found.at)}, running since ${iso(found.startedAt)}`,
    '',
    `Profiles: ${status.profiles}   Groups: ${status.groups}`,
    `Connections: ${connections.subscribed} of ${connections.total} subscribed, ${connections.pendingMessages} messages waiting`,
    `Memory: ${mebibytes(status.memory)}   Database: ${mebibytes(status.databaseSize)}`,
    `Processor: ${Math.round(processor.used / 1000)} s used, ${processor.count} available`,
    '',
    `Serving: ${serving.groups} groups, ${serving.connected} connected, ${serving.connecting} connecting, ${serving.disabled} gone`,
    `Away: ${serving.paused.quota} full, ${serving.paused.backlog} slow, ${serving.paused.catchingUp} catching up`,
    `Waiting: ${serving.waiting}, oldest for ${Math.round(serving.lag / 1000)} s`,
    '',
    'Routers:',
    ...list(
      routers.map(({ host, embedded, connected }) => `${host}${embedded ? ' (embedded)' : ''}: ${state(connected)}`),
    ),
    '',
    'Settings other than default:',
    ...list(Object.entries(changedSettings).map(([name, value]) => `${name} = ${value}`)),
    ...(waitingForRestart.length > 0 ? [`Waiting for a restart: ${waitingForRestart.join(', ')}`] : []),
    '',
    'Latest warnings and errors:',
    ...list(warnings.map(({ at, level, event, fields }) => `${iso(at)} ${level} ${event} ${JSON.stringify(fields)}`)),
  ].join('\n')
}

function list(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['  none'] : lines.map((line) => `  ${line}`)
}

function iso(time: number): string {
  return new Date(time).toISOString()
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}

function state(connected: boolean | undefined): string {
  if (connected === undefined) return 'not used yet'
  return connected ? 'connected' : 'away'
}
