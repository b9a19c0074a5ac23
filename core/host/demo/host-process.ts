import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { HearthError } from '../../codec/error.ts'
import type { StartedHost } from '../cli/host-flags.ts'
import { type ConnectedHost, connectToFolder } from '../client.ts'
import type { Message, Position } from '../contract/types.ts'
import type { HostClient } from '../contract.ts'
import type { Processes, StartedProcess } from './processes.ts'

/** A host of the demonstration: a process on a folder of its own that can be killed and started again. */
export interface DemoHost {
  readonly name: string
  /** Errors: usage `demo` while it is down. */
  readonly api: HostClient
  readonly up: boolean
  start(): Promise<void>
  /** At once, without a chance to tidy up. */
  kill(): Promise<void>
  /** In good order. */
  stop(): Promise<void>
  /** Resolves when it runs; at once where it does. */
  untilUp(): Promise<void>
}

export interface DemoHostOptions {
  readonly name: string
  readonly folder: string
  readonly processes: Processes
  readonly args: readonly string[]
  /** Called with a message, and whether its host announced it as new, or it was found in the listing at a start. */
  readonly message?: (message: Message, announced: boolean) => void
  /** The host ended by itself. */
  readonly failed: (error: Error) => void
}

const PAGE = 500

export function createDemoHost(options: DemoHostOptions): DemoHost {
  const folder = join(options.folder, options.name.toLowerCase().replaceAll(' ', '-'))
  const args = ['host', '--dir', folder, '--json', '--log-level', 'warn', ...options.args]
  let child: StartedProcess | undefined
  let host: ConnectedHost | undefined
  let port: string | undefined
  let wanted = false
  const waiting: (() => void)[] = []

  async function start(): Promise<void> {
    wanted = true
    // After a kill the address of the last run is still there.
    rmSync(join(folder, 'api-address'), { force: true })
    const started = await options.processes.start(options.name, port === undefined ? args : [...args, '--port', port])
    child = started
    port = new URL((JSON.parse(started.firstLine) as StartedHost).api).port
    void started.gone.then(() => {
      host = undefined
      if (wanted) options.failed(new HearthError('usage', 'demo', `${options.name} ended by itself`))
    })
    const connected = await connectToFolder(folder)
    if (options.message !== undefined) await listen(connected, options.message)
    host = connected
    for (const resume of waiting.splice(0)) resume()
  }

  /** Everything that is stored, then everything that is announced, without a gap between the two. */
  async function listen(connected: ConnectedHost, message: (message: Message, announced: boolean) => void) {
    const { position, groups } = await connected.api.changes.snapshot({})
    await list(connected.api, groups, message)
    void follow(connected, position, message).catch((error: unknown) => {
      if (wanted && host === connected) options.failed(error instanceof Error ? error : new Error(String(error)))
    })
  }

  async function follow(
    connected: ConnectedHost,
    from: Position,
    message: (message: Message, announced: boolean) => void,
  ): Promise<void> {
    for await (const entry of await connected.api.changes.follow(from)) {
      if ('reset' in entry) {
        await list(connected.api, await connected.api.groups.list({}), message)
      } else if (entry.change.type === 'message' && entry.change.change === 'added') {
        if (entry.change.message !== undefined) message(entry.change.message, true)
      }
    }
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    wanted = false
    host = undefined
    child?.signal(signal)
    await child?.gone
    child = undefined
  }

  return {
    name: options.name,
    get api() {
      if (host === undefined) throw new HearthError('usage', 'demo', `${options.name} is down`, true)
      return host.api
    },
    get up() {
      return host !== undefined
    },
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    untilUp: () => (host === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
  }
}

async function list(
  api: HostClient,
  groups: readonly { readonly id: number }[],
  message: (message: Message, announced: boolean) => void,
): Promise<void> {
  for (const { id: group } of groups) {
    let page = await api.messages.list({ group, limit: PAGE })
    while (page.length > 0) {
      for (const item of page) message(item, false)
      page = await api.messages.list({ group, limit: PAGE, before: Math.min(...page.map(({ id }) => id)) })
    }
  }
}
