import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HearthError } from '../../codec/error.ts'

/** The processes of a demonstration: all of them end with it, however it ends. */
export interface Processes {
  /**
   * Starts `hearth` with `args` and resolves with the first line that it prints.
   * Errors: usage `demo` where it ends before that.
   */
  start(name: string, args: readonly string[]): Promise<StartedProcess>
  /** Kills everything that still runs; synchronous, for the end of this process. */
  killAll(): void
}

export interface StartedProcess {
  readonly firstLine: string
  /** Resolves when it is gone. */
  readonly gone: Promise<void>
  signal(name: 'SIGKILL' | 'SIGTERM'): void
}

const MAIN = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
/** Lines of a process's log that are shown when it fails. */
const LOG_TAIL = 5

/** Logs of the processes go to files in `folder`. */
export function createProcesses(folder: string): Processes {
  const running = new Set<ChildProcess>()
  mkdirSync(folder, { recursive: true })

  function tail(path: string): string {
    return readFileSync(path, 'utf8').trim().split('\n').slice(-LOG_TAIL).join('\n')
  }

  function start(name: string, args: readonly string[]): Promise<StartedProcess> {
    const path = join(folder, `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.log`)
    const log = openSync(path, 'a', 0o600)
    const child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', log],
      env: { ...process.env, HEARTH_ENDS_WITH_PARENT: '1' },
      // Ctrl-C reaches the demonstration alone, which ends the others.
      detached: true,
    })
    closeSync(log)
    running.add(child)
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.once('close', () => running.delete(child))
    return new Promise((resolve, reject) => {
      let text = ''
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        const end = text.indexOf('\n')
        if (end < 0) return
        resolve({ firstLine: text.slice(0, end), gone, signal: (signal) => void child.kill(signal) })
      })
      child.once('error', reject)
      child.once('close', (code, signal) => {
        const how = signal ?? `code ${code}`
        reject(new HearthError('usage', 'demo', `${name} ended with ${how} before it served:\n${tail(path)}`))
      })
    })
  }

  return {
    start,
    killAll() {
      for (const child of running) child.kill('SIGKILL')
    },
  }
}
