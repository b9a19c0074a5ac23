import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** The shell prints it when its window has loaded. */
const ANNOUNCEMENT = 'hearth: the window is open'
/** A window takes a few seconds on a slow machine. */
const PATIENCE = 15_000

export type Opened =
  /** It was shown, or an instance that runs already has it; settles when it ended. */
  { readonly window: Promise<number> } | { readonly failed: string }

/** Starts the shell and waits for its window. A shell that shows none is ended. */
export function openWindow(binary: string, root: string, args: readonly string[]): Promise<Opened> {
  const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env
  const child = spawn(binary, [root, ...args], {
    env: { ...env, HEARTH_NODE: process.execPath },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-2000)
  })
  const exit = new Promise<number>((resolve) => {
    child.once('error', (error) => {
      said = error.message
      resolve(1)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const forward = (): void => void child.kill('SIGTERM')
    process.on(signal, forward)
    void exit.then(() => process.off(signal, forward))
  }
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      finish({ failed: 'it did not appear in time' })
    }, PATIENCE)
    function finish(opened: Opened): void {
      clearTimeout(late)
      resolve(opened)
    }
    createInterface(child.stdout).on('line', (line) => {
      if (line === ANNOUNCEMENT) finish({ window: exit })
    })
    void exit.then((code) => finish(code === 0 ? { window: exit } : { failed: reason(said) }))
  })
}

function reason(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  return lines.at(-1)?.slice(0, 200) ?? 'it ended at once'
}
