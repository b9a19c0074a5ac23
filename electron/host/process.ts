import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { LogTail } from './log-tail.ts'

/** One run of `hearth host`. */
export interface HostProcess {
  /** `ws://…` of its local API, once it can be spoken to; never settles for one that ends before. */
  readonly ready: Promise<string>
  readonly exit: Promise<HostExit>
  /** Asks for an orderly stop; kills what has not ended after a while. Resolves when it has ended. */
  stop(): Promise<void>
  kill(): void
}

export interface HostExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Why it could not even be started. */
  readonly error?: string
}

export interface HostCommand {
  readonly node: string
  readonly main: string
  readonly folder: string
  readonly arguments: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Compiled code beside the sources is faster, but nobody has verified it. */
  readonly keepCompiled: boolean
}

/** The host ends by itself 15 seconds after it was told to. */
const PATIENCE = 20_000
/** Settings for Electron or for other programs' Nodes, which the host must not inherit. */
const FOREIGN = /^(ELECTRON_|NODE_|npm_)/i

export function startHostProcess(command: HostCommand, log: LogTail): HostProcess {
  const child = spawn(command.node, [command.main, ...command.arguments], {
    cwd: command.folder,
    env: hostEnvironment(command),
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  })
  child.stdin.on('error', () => {})
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => log.add(chunk))
  return {
    ready: addressOf(child),
    exit: exitOf(child),
    async stop() {
      const kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
      child.stdin.end()
      await this.exit
      clearTimeout(kill)
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function hostEnvironment({ env, keepCompiled }: HostCommand): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !FOREIGN.test(name))
  return {
    ...Object.fromEntries(own),
    HEARTH_ENDS_WITH_INPUT: '1',
    ...(keepCompiled ? {} : { NODE_DISABLE_COMPILE_CACHE: '1' }),
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  if (child.stdout === null) return promise
  createInterface(child.stdout).on('line', (line) => {
    const address = startedAddress(line)
    if (address !== undefined) resolve(address)
  })
  return promise
}

/** From the line that `hearth host --json` prints once it runs. */
function startedAddress(line: string): string | undefined {
  try {
    const { api } = JSON.parse(line) as { api?: unknown }
    return typeof api === 'string' && /^ws:\/\/[^/]+$/.test(api) ? api : undefined
  } catch {
    return undefined
  }
}

function exitOf(child: ChildProcess): Promise<HostExit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error: error.message }))
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}
