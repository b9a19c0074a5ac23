import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** Processes of a benchmark: each part that is measured runs in one of its own and answers questions over IPC. */
export interface Child<Calls extends Protocol> {
  ask<Name extends keyof Calls & string>(
    name: Name,
    ...input: Parameters<Calls[Name]>
  ): Promise<Awaited<ReturnType<Calls[Name]>>>
  usage(): Promise<Usage>
  stop(): Promise<void>
}

export type Protocol = Readonly<Record<string, (...input: never[]) => unknown>>

/** Since the process started. */
export interface Usage {
  /** Milliseconds of processor time, all threads. */
  readonly cpuMs: number
  /** Highest resident set so far. */
  readonly peakRssMB: number
}

interface Request {
  readonly id: number
  readonly name: string
  readonly input: readonly unknown[]
}

interface Reply {
  readonly id: number
  readonly output?: unknown
  readonly error?: string
}

/** Starts `module` (a file of this folder), which calls `serve`. */
export function start<Calls extends Protocol>(module: string, args: readonly string[] = []): Child<Calls> {
  const child = fork(new URL(module, import.meta.url), args, { serialization: 'advanced' })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let next = 0
  child.on('message', ({ id, output, error }: Reply) => {
    const caller = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) caller?.resolve(output)
    else caller?.reject(new Error(`${module}: ${error}`))
  })
  child.on('exit', (code) => {
    for (const caller of waiting.values()) caller.reject(new Error(`${module} ended with ${code}`))
    waiting.clear()
  })

  function ask(name: string, ...input: readonly unknown[]): Promise<never> {
    const id = next++
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      if (child.connected) child.send({ id, name, input } satisfies Request)
      else reject(new Error(`${module} has ended`))
    })
  }
  return { ask, usage: () => ask('usage'), stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.disconnect()
  await ended
  clearTimeout(timer)
}

/** In the child: answers questions until the parent goes away; then `end` runs. */
export function serve(calls: Protocol, end: () => unknown = () => {}): void {
  // A parent that has gone away needs no answer.
  const reply = (message: Reply) => process.send?.(message, undefined, {}, () => {})
  process.on('message', async ({ id, name, input }: Request) => {
    try {
      const call = name === 'usage' ? usage : (calls[name] as (...input: readonly unknown[]) => unknown)
      reply({ id, output: await call(...input) })
    } catch (error) {
      reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
  let ending = false
  const finish = async () => {
    if (ending) return
    ending = true
    await end()
    process.exit(0)
  }
  // Interrupting the benchmark interrupts all its processes; none leaves its folder behind.
  for (const event of ['disconnect', 'SIGINT', 'SIGTERM'] as const) process.on(event, finish)
}

/** Of this process. */
export function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, peakRssMB: Math.round(process.resourceUsage().maxRSS / 1024) }
}
