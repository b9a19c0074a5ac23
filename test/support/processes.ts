import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Runs the hearth command line as a person would, in processes of their own. */

const MAIN = new URL('../../core/host/cli/main.ts', import.meta.url).pathname
const START = new URL('../../build/start.ts', import.meta.url).pathname

export interface Running {
  readonly child: ChildProcess
  /** Lines of standard output so far. */
  readonly lines: readonly string[]
  /** The first line that `match` accepts, seen already or to come; rejects when the process ends without it. */
  line(match?: (line: string) => boolean): Promise<string>
  /** The same for standard error. */
  errorLine(match?: (line: string) => boolean): Promise<string>
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  kill(signal?: NodeJS.Signals): Promise<void>
}

export function hearth(...args: readonly string[]): Running {
  return run(args[0] ?? '', [MAIN, ...args], process.env)
}

/** The same with variables of the environment. */
export function hearthWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Running {
  return run(args[0] ?? '', [MAIN, ...args], { ...process.env, ...env })
}

/** What `npm start` runs, on a machine without a display. */
export function npmStart(...args: readonly string[]): Running {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...env } = process.env
  return run('start', [START, ...args], env)
}

function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
  child.stdin.on('error', () => {})
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const output = follow(child.stdout)
  const errors = follow(child.stderr)
  const ended = exit.then(({ code }) => new Error(`hearth ${name} ended with ${code}: ${errors.lines.join('\n')}`))
  return {
    child,
    lines: output.lines,
    exit,
    line: (match) => output.line(match, ended),
    errorLine: (match) => errors.line(match, ended),
    async kill(signal = 'SIGKILL') {
      child.kill(signal)
      await exit
    },
  }
}

function follow(stream: Readable) {
  const lines: string[] = []
  const watchers = new Set<() => void>()
  createInterface(stream).on('line', (line) => {
    lines.push(line)
    for (const watcher of [...watchers]) watcher()
  })
  return {
    lines,
    line(match: (line: string) => boolean = () => true, ended: Promise<Error>): Promise<string> {
      return new Promise((resolve, reject) => {
        let seen = 0
        function look(): void {
          for (; seen < lines.length; seen += 1) {
            const line = lines[seen] as string
            if (!match(line)) continue
            watchers.delete(look)
            resolve(line)
            return
          }
        }
        watchers.add(look)
        look()
        void ended.then((error) => {
          look()
          reject(error)
        })
      })
    },
  }
}
