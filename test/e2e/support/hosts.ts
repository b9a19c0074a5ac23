import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectedHost, connectToFolder } from '../../../core/host/client.ts'
import type { HostClient } from '../../../core/host/contract.ts'
import { hearth, type Running } from '../../support/processes.ts'

/** A host in a process of its own, in a folder that outlives it. */
export interface TestHost {
  readonly dir: string
  /** What the test itself asks of the host, beside the browser. */
  readonly api: HostClient
  /** Address of its embedded router; empty where it runs none. */
  readonly router: string
  /** Address under which it serves groups; empty where it does not. */
  readonly superPeer: string
  signInLink(): Promise<string>
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Again, after `kill`. */
  start(): Promise<void>
}

interface Started {
  readonly router?: string
  readonly superPeer?: { readonly address: string }
}

/** `args` are those of `hearth host`. */
export async function startHost(folder: string, name: string, ...args: readonly string[]): Promise<TestHost> {
  const dir = join(folder, name)
  let running: Running
  let connected: ConnectedHost
  let started: Started

  async function start(): Promise<void> {
    running = hearth('host', '--dir', dir, '--json', '--log-level', 'warn', ...args)
    started = JSON.parse(await running.line()) as Started
    connected = await connectToFolder(dir)
  }

  withoutOperators(dir)
  await start()
  return {
    dir,
    get api() {
      return connected.api
    },
    get router() {
      return started.router ?? ''
    },
    get superPeer() {
      return started.superPeer?.address ?? ''
    },
    async signInLink() {
      return (await connected.api.sessions.signIn({})).link
    },
    async kill(signal) {
      connected.close()
      await running.kill(signal)
    },
    start,
  }
}

/** Nothing of a test leaves the machine: no operator's super-peers are suggested, unless the folder has a list. */
function withoutOperators(dir: string): void {
  mkdirSync(dir, { recursive: true })
  const file = join(dir, 'operators.json')
  if (!existsSync(file)) writeFileSync(file, '{"updated":"2026-01-01","operators":[]}')
}
