import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connectToFolder } from '../core/host/client.ts'
import type { HostClient } from '../core/host/contract.ts'

/** `hearth host` on a folder, as people run it, and its API. */
export interface HostProcess {
  readonly api: HostClient
  signInLink(): Promise<string>
  /** In good order. */
  stop(): Promise<void>
}

const MAIN = fileURLToPath(new URL('../core/host/cli/main.ts', import.meta.url))

export async function startHostProcess(folder: string, args: readonly string[]): Promise<HostProcess> {
  const child = spawn(process.execPath, [MAIN, 'host', '--dir', folder, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exit = once(child, 'exit')
  await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exit.then(() => Promise.reject(new Error('the host ended'))),
  ])
  const connected = await connectToFolder(folder)
  return {
    api: connected.api,
    signInLink: async () => (await connected.api.sessions.signIn({})).link,
    async stop() {
      connected.close()
      child.kill('SIGTERM')
      await exit
    },
  }
}
