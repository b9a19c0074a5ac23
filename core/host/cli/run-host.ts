import { HearthError } from '../../codec/error.ts'
import { realEnv } from '../../env/real.ts'
import { wait } from '../../env/wait.ts'
import { privateByDefault } from '../files.ts'
import { type RunningHost, startHost } from '../host.ts'
import type { HostFlags, StartedHost } from './host-flags.ts'
import { stopOnSignal } from './signals.ts'

/** Runs a host until a signal or a client ends it; `started` is called once it can be spoken to. */
export async function runHost(flags: HostFlags, started: (host: StartedHost) => void): Promise<void> {
  privateByDefault()
  const host = await startHost({ folder: flags.dir, overrides: overridesOf(flags) })
  const { clock } = realEnv({ log: host.log })
  const stopping = new AbortController()
  stopOnSignal(
    clock,
    () => {
      stopping.abort()
      return host.stop()
    },
    host.stopRequested,
  )
  process.on('SIGHUP', () => reload(host))
  const superPeer =
    flags.superPeer === undefined ? undefined : await becomeSuperPeer(host, flags.superPeer, stopping.signal)
  started({ dir: flags.dir, api: host.apiUrl, router: host.routerAddress, superPeer, signIn: host.signInLink().link })

  /** The address is made on a router, which may not be there yet. */
  async function becomeSuperPeer(running: RunningHost, name: string, signal: AbortSignal) {
    const before = await running.superPeer.address()
    if (before?.displayName === name) return { name, address: before.address }
    for (;;) {
      try {
        const { address } = await running.superPeer.enable({
          displayName: name,
          autoAccept: before?.autoAccept ?? true,
        })
        return { name, address }
      } catch (error) {
        if (!(error instanceof HearthError) || !error.temporary) throw error
        running.log.warn('super-peer address not made yet', { kind: error.kind, code: error.code })
        await wait(clock, RETRY, signal)
      }
    }
  }
}

const RETRY = 2000

function reload(host: RunningHost): void {
  try {
    host.reload()
  } catch (error) {
    host.log.error('configuration not read', { error: error instanceof Error ? error.message : String(error) })
  }
}

function overridesOf(flags: HostFlags): Record<string, unknown> {
  const overrides: Record<string, unknown> = {}
  for (const assignment of flags.set ?? []) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(assignment) ?? []
    if (name === '') throw new HearthError('usage', 'configuration', `--set wants name=value, not "${assignment}"`)
    overrides[name] = jsonOrText(value)
  }
  const named: readonly (readonly [string, unknown])[] = [
    ['routers', flags.router],
    ['router.enabled', flags.embeddedRouter],
    ['router.host', flags.routerHost],
    ['router.port', flags.routerPort],
    ['api.port', flags.port],
    ['api.listen', flags.listen],
    ['api.behindProxy', flags.behindProxy],
    ['log.level', flags.logLevel],
  ]
  for (const [name, value] of named) if (value !== undefined) overrides[name] = value
  return overrides
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
