import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Runs the hearth command line as a person would, in processes of their own. */

const MAIN = new URL('../../core/host/cli/main.ts', import.meta.url).pathname

export interface Running {
  readonly child: ChildProcess
  /** Lines of standard output so far. */
  readonly lines: readonly string[]
  /** The first line that `match` accepts, seen already or to come; rejects when the process ends without it. */
  line(match?: (line: string) => boolean): Promise<string>
  readonly exit: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  kill(signal?: NodeJS.Signals): Promise<void>
}

export function hearth(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  const lines: string[] = []
  const watchers = new Set<() => void>()
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  child.stdin.on('error', () => {})
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line)
    for (const watcher of [...watchers]) watcher()
  })
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  return {
    child,
    lines,
    exit,
    line(match = () => true) {
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
        void exit.then(({ code }) => {
          look()
          reject(new Error(`hearth ${args[0]} ended with ${code}: ${errors}`))
        })
      })
    },
    async kill(signal = 'SIGKILL') {
      child.kill(signal)
      await exit
    },
  }
}
