import { HearthError } from '../../codec/error.ts'
import { realClock } from '../../env/real.ts'
import { wait } from '../../env/wait.ts'
import { localTime } from '../backup/words.ts'
import { privateByDefault } from '../files.ts'
import { type RunningHost, startHost } from '../host.ts'
import { heldInWords } from '../instance/view.ts'
import { fail } from './fail.ts'
import type { HostFlags, RunFlags, StartedHost } from './host-flags.ts'
import { stopOnSignal } from './signals.ts'

/** What is told about a host on its way. */
export interface HostNews {
  /** The interface can be opened. */
  reachable(signIn: string): void
  /** It does all that it was told to on the command line; that waits for routers. */
  started(host: StartedHost): void
}

/** Runs a host until a signal or a client ends it; one that a client restarts goes on in this process. */
export async function runHost(flags: RunFlags, news: HostNews): Promise<void> {
  privateByDefault()
  const options = { folder: flags.dir, overrides: overridesOf(flags) }
  const stopping = new AbortController()
  const stopRequest = Promise.withResolvers<void>()
  let host = await startHost(options)
  let restarting: Promise<void> = Promise.resolve()

  function follow(running: RunningHost): void {
    void running.stopRequested.then(stopRequest.resolve)
    void running.restartRequested.then(() => {
      restarting = restart(running).catch(fail)
    })
  }

  async function restart(before: RunningHost): Promise<void> {
    await before.stop()
    if (stopping.signal.aborted) return
    host = await startHost(options)
    sayIfHeld(host)
    follow(host)
  }

  follow(host)
  stopOnSignal(
    realClock,
    async () => {
      stopping.abort()
      await restarting
      await host.stop()
    },
    stopRequest.promise,
  )
  process.on('SIGHUP', () => reload(host))
  news.reachable(host.signInLink().link)
  sayIfHeld(host)
  const superPeer =
    flags.superPeer === undefined || host.instance().held !== undefined
      ? undefined
      : await becomeSuperPeer(flags.superPeer)
  news.started({ dir: flags.dir, api: host.apiUrl, router: host.routerAddress, superPeer })

  /** The address is made on a router, which may not be there yet. */
  async function becomeSuperPeer(name: string): Promise<{ readonly name: string; readonly address: string }> {
    for (;;) {
      const { superPeer: own, log } = host
      try {
        const before = await own.address()
        if (before?.displayName === name) return { name, address: before.address }
        const { address } = await own.enable({ displayName: name, autoAccept: before?.autoAccept ?? true })
        return { name, address }
      } catch (error) {
        const replaced = own !== host.superPeer
        if (!replaced && (!(error instanceof HearthError) || !error.temporary)) throw error
        log.warn('super-peer address not made yet', error instanceof HearthError ? { code: error.code } : {})
        await wait(realClock, RETRY, stopping.signal)
      }
    }
  }
}

const RETRY = 2000

/** A copy that must not be used looks like any other host until one knows why it says nothing. */
function sayIfHeld(host: RunningHost): void {
  const view = host.instance()
  if (view.held !== undefined) process.stderr.write(`hearth: ${heldInWords(view, localTime)}\n`)
}

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
