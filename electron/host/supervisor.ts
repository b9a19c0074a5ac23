import type { HostAccess } from '../../renderer/runtime/runtime.ts'
import type { LogTail } from './log-tail.ts'
import type { HostExit, HostProcess } from './process.ts'

/** Keeps one host running: starts it, watches it, starts it again with growing pauses, stops it in good order. */
export interface Supervisor {
  readonly state: HostState
  onState(listener: (state: HostState) => void): void
  /** Where the host listens; waits for one that starts. */
  access(): Promise<HostAccess>
  /** The address of the running host. */
  readonly url: string | undefined
  start(): void
  /** Starts the host now where it waits or failed. */
  retry(): void
  /** Looks at once whether the host still answers: the machine woke up. */
  check(): void
  stop(): Promise<void>
}

export type HostState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  /** `own`: started here, and stopped with the window. */
  | { readonly kind: 'running'; readonly own: boolean }
  | { readonly kind: 'waiting'; readonly failures: number; readonly problem: HostProblem }
  /** Starting again cannot help before a person did something. */
  | { readonly kind: 'failed'; readonly problem: HostProblem }
  | { readonly kind: 'stopping' }

export type HostProblem =
  /** A newer program has used the data. */
  | 'newer'
  /** Another host has the data and does not answer. */
  | 'locked'
  | 'configuration'
  /** The installed files are not those of the package. */
  | 'damaged'
  /** Node could not be started. */
  | 'missing'
  | 'ended'

export interface SupervisorOptions {
  /** Starts a host. Errors: any; `damaged` says which of them mean that the package was changed. */
  launch(): Promise<HostProcess>
  damaged(error: unknown): boolean
  /** A host that runs already. */
  find(): Promise<HostAccess | undefined>
  /** The access of one that said where it listens. */
  access(url: string): Promise<HostAccess>
  answers(url: string): Promise<boolean>
  readonly log: LogTail
  readonly timers: Timers
}

/** `after` calls once after some milliseconds and returns what takes that back. */
export interface Timers {
  after(delay: number, task: () => void): () => void
  now(): number
}

const FIRST_PAUSE = 1000
const LAST_PAUSE = 60_000
/** A host that ran this long has not failed to start. */
const PROVEN = 60_000
const LOOK_INTERVAL = 30_000
/** Looks in a row without an answer after which a host counts as stuck. */
const STUCK = 4

/** What the exit codes of `hearth` mean. */
const EXIT_CODES: Readonly<Record<number, HostProblem>> = { 65: 'newer', 75: 'locked', 78: 'configuration' }

function problemOf({ code, error }: HostExit): HostProblem {
  if (error !== undefined) return 'missing'
  return EXIT_CODES[code ?? 0] ?? 'ended'
}

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { log, timers } = options
  let state: HostState = { kind: 'stopped' }
  let process: HostProcess | undefined
  let access: HostAccess | undefined
  let failures = 0
  let silent = 0
  let wanted = false
  let cancelTimer = (): void => {}
  let cancelLook = (): void => {}
  let launching: Promise<void> | undefined
  let stopping: Promise<void> | undefined
  const listeners: ((state: HostState) => void)[] = []
  let waiters: ((access: HostAccess) => void)[] = []

  function become(next: HostState): void {
    state = next
    for (const listener of listeners) listener(next)
  }

  async function run(): Promise<void> {
    cancelTimer()
    become({ kind: 'starting' })
    const present = await options.find()
    if (!wanted) return
    if (present !== undefined) return running(present, false)
    let own: HostProcess
    try {
      own = await options.launch()
    } catch (error) {
      log.note(`hearth: ${error instanceof Error ? error.message : String(error)}`)
      if (wanted) become({ kind: 'failed', problem: options.damaged(error) ? 'damaged' : 'missing' })
      return
    }
    if (!wanted) return own.stop()
    process = own
    const startedAt = timers.now()
    void own.exit.then((exit) => ended(own, exit, startedAt))
    void own.ready.then((url) => introduce(own, url))
  }

  async function introduce(own: HostProcess, url: string): Promise<void> {
    try {
      const found = await options.access(url)
      if (process === own && wanted) running(found, true)
    } catch (error) {
      log.note(`hearth: ${error instanceof Error ? error.message : String(error)}`)
      own.kill()
    }
  }

  function begin(): void {
    launching = run()
  }

  function running(found: HostAccess, own: boolean): void {
    access = found
    silent = 0
    become({ kind: 'running', own })
    for (const waiter of waiters) waiter(found)
    waiters = []
    lookLater()
  }

  function ended(own: HostProcess, exit: HostExit, startedAt: number): void {
    if (process !== own) return
    process = undefined
    lost()
    log.note(
      `hearth: the host ended ${exit.error ?? (exit.signal === null ? `with ${exit.code}` : `by ${exit.signal}`)}`,
    )
    if (!wanted) return
    const problem = problemOf(exit)
    if (problem !== 'ended' && problem !== 'locked') {
      become({ kind: 'failed', problem })
    } else {
      failures = timers.now() - startedAt >= PROVEN ? 1 : failures + 1
      again(problem)
    }
  }

  function again(problem: HostProblem): void {
    const pause = Math.min(FIRST_PAUSE * 2 ** (failures - 1), LAST_PAUSE)
    cancelTimer = timers.after(pause, begin)
    become({ kind: 'waiting', failures, problem })
  }

  /** A host that runs without answering is as good as none; one that is not ours can only be waited for. */
  async function look(): Promise<void> {
    const looked = access
    if (looked === undefined) return
    const alive = (await options.answers(looked.url)) || (await moved())
    if (access !== looked || !wanted) return
    silent = alive ? 0 : silent + 1
    if (process !== undefined && silent >= STUCK) {
      log.note('hearth: the host does not answer any more and is started again')
      process.kill()
    } else if (process === undefined && !alive) {
      lost()
      begin()
    } else {
      lookLater()
    }
  }

  /** A host that was told to start anew may listen elsewhere afterwards; true where it does. */
  async function moved(): Promise<boolean> {
    const before = access
    const found = await options.find()
    if (found === undefined || access !== before || !wanted) return false
    running(found, process !== undefined)
    return true
  }

  function lookLater(): void {
    cancelLook()
    cancelLook = timers.after(LOOK_INTERVAL, () => void look())
  }

  function lost(): void {
    access = undefined
    cancelLook()
  }

  async function end(): Promise<void> {
    cancelTimer()
    cancelLook()
    become({ kind: 'stopping' })
    access = undefined
    await launching
    await process?.stop()
    process = undefined
    become({ kind: 'stopped' })
  }

  return {
    get state() {
      return state
    },
    get url() {
      return access?.url
    },
    onState: (listener) => void listeners.push(listener),
    async access() {
      if (access !== undefined && !(await options.answers(access.url))) await moved()
      if (access !== undefined) return access
      return new Promise((resolve) => waiters.push(resolve))
    },
    start() {
      wanted = true
      if (state.kind === 'stopped') begin()
    },
    retry() {
      if (state.kind !== 'waiting' && state.kind !== 'failed') return
      if (state.kind === 'failed') failures = 0
      begin()
    },
    check() {
      if (state.kind === 'waiting') begin()
      else if (access !== undefined) void look()
    },
    stop() {
      wanted = false
      stopping ??= end().finally(() => {
        stopping = undefined
      })
      return stopping
    },
  }
}
